"""Reading users, roles and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import ApiKey, Role, Team, User
from orderwell.platform.accounts.services.row_scopes import holders_within
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared


def user_list(actor: Actor, *, text: str = "", cursor: str | None = None, limit: int = 50) -> Page[User]:
    """One page of users by user name, with roles, teams and row filters at hand."""
    return keyset_page(users(actor, text=text), order=("username",), cursor=cursor, limit=limit)


def users(actor: Actor, *, text: str = "", role: str = "", active: bool | None = None) -> QuerySet[User]:
    """Users with roles, teams and row filters; `text` is part of the user name or the name. Raises PermissionDenied."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    rows = holders_within(User.objects.prefetch_related("roles", "teams", "row_scopes"), actor)
    if active is not None:
        rows = rows.filter(is_active=active)
    if role:
        rows = rows.filter(roles__code=role)
    if text.strip():
        rows = rows.filter(Q(username__icontains=text.strip()) | Q(name__icontains=text.strip()))
    return rows


def people() -> list[User]:
    """Those who can sign in, by name."""
    return sorted(_active(), key=str)


@prepared()
def _active() -> QuerySet[User]:
    return User.objects.filter(is_active=True)[:500]


@prepared()
def roles() -> QuerySet[Role]:
    """Roles to choose from; their names are no secret."""
    return Role.objects.order_by("code")


@prepared([int])
def roles_held(user_ids: Sequence[int]) -> QuerySet[Any, tuple[int, str]]:
    """Users with the title of each of their roles."""
    held = User.roles.through.objects.filter(user__in=user_ids)
    return held.order_by("role").values_list("user_id", "role__title")


@prepared([int])
def teams_joined(user_ids: Sequence[int]) -> QuerySet[Any, tuple[int, str]]:
    """Users with the name of each of their teams."""
    joined = User.teams.through.objects.filter(user__in=user_ids)
    return joined.order_by("team").values_list("user_id", "team__name")


@prepared()
def teams() -> QuerySet[Team]:
    return Team.objects.order_by("name")


def user_detail(actor: Actor, user_id: int) -> User:
    actor.require(Permission.SYSTEM_USER_MANAGE)
    user = users(actor).filter(pk=user_id).first()
    if user is None:
        raise NotFound(kind="user", reference=user_id)
    return user


def role_list(actor: Actor) -> list[Role]:
    """Roles, those that come with the product first."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    return list(Role.objects.order_by("-built_in", "id"))


def key_list(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[ApiKey]:
    """One page of API keys, newest first."""
    actor.require(Permission.SYSTEM_API_KEY_MANAGE)
    rows = holders_within(ApiKey.objects.prefetch_related("row_scopes"), actor)
    return keyset_page(rows, order=("-id",), cursor=cursor, limit=limit)


def key_detail(actor: Actor, key_id: int) -> ApiKey:
    actor.require(Permission.SYSTEM_API_KEY_MANAGE)
    key = holders_within(ApiKey.objects.all(), actor).filter(pk=key_id).first()
    if key is None:
        raise NotFound(kind="API key", reference=key_id)
    return key
