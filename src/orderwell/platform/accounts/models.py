"""Users, roles, teams, row scopes and API keys: records only."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from orderwell.platform.prepared import prepared


class Team(models.Model):
    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A named set of permissions; `permissions` is a list of `scope:resource:action` names."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    permissions = models.JSONField(default=list)
    # What the product gave this role when it last looked: only what is new since then is added at an upgrade.
    offered = models.JSONField(default=list)
    built_in = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())

    def get(self, *args: Any, **kwargs: Any) -> User:
        """By the key alone, every request asks for its user."""
        if args or list(kwargs) != ["pk"] or not isinstance(kwargs["pk"], int):
            return super().get(*args, **kwargs)
        for user in _user_of_key(kwargs["pk"]):
            return user
        raise User.DoesNotExist


class User(AbstractBaseUser):
    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, default="auto")
    time_zone = models.CharField(max_length=40, blank=True)
    # Which kind of work the start page and the navigation are arranged for; empty: by what the user may do.
    desk = models.CharField(max_length=20, blank=True, default="", db_default="")
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    roles = models.ManyToManyField(Role, related_name="+")
    teams = models.ManyToManyField(Team, related_name="+")

    USERNAME_FIELD = "username"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.username


@prepared(int)
def _user_of_key(pk: int) -> models.QuerySet[User]:
    return User.objects.filter(pk=pk)


class ApiKey(models.Model):
    """A bearer key. Only its SHA-256 is kept; `prefix` finds the row and tells keys apart on the screen."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class RowScope(models.Model):
    """Limits a user or an API key to some rows. No row of a kind means that the holder sees all of that kind."""

    class Kind(models.TextChoices):
        CHANNEL = "channel"
        WAREHOUSE = "warehouse"
        TEAM = "team"

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="row_scopes")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, null=True, related_name="row_scopes")
    kind = models.CharField(max_length=10, choices=Kind)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(api_key__isnull=True), name="row_scope_one_holder"
            ),
            models.UniqueConstraint(fields=["user", "kind", "object_id"], name="row_scope_user_once"),
            models.UniqueConstraint(fields=["api_key", "kind", "object_id"], name="row_scope_key_once"),
        ]


class SignInFailure(models.Model):
    """A failed sign-in, kept to slow down guessing."""

    username = models.CharField(max_length=80)
    address = models.CharField(max_length=45)
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["username", "failed_at"], name="sign_in_failure_user"),
            models.Index(fields=["address", "failed_at"], name="sign_in_failure_address"),
        ]
