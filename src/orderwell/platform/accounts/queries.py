"""Short lists of accounts that a screen offers to choose from."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import Role, Team, User
from orderwell.platform.permissions import Permission


def people() -> list[User]:
    """Those who can sign in, by name."""
    return sorted(User.objects.filter(is_active=True)[:500], key=str)


def teams() -> list[Team]:
    return list(Team.objects.order_by("name"))


def roles() -> list[Role]:
    return list(Role.objects.order_by("code"))


def users(actor: Actor, *, text: str = "", role: str = "", active: bool | None = None) -> QuerySet[User]:
    """Users with their roles and teams; `text` is part of the user name or the name. Raises PermissionDenied."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    rows = User.objects.prefetch_related("roles", "teams")
    if active is not None:
        rows = rows.filter(is_active=active)
    if role:
        rows = rows.filter(roles__code=role)
    if text.strip():
        rows = rows.filter(Q(username__icontains=text.strip()) | Q(name__icontains=text.strip()))
    return rows
