"""Roles: the sets of permissions that users have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import ExceedsOwnPermissions
from orderwell.platform.accounts.events import AccountEvent
from orderwell.platform.accounts.models import Role
from orderwell.platform.accounts.scopes import expand_scopes
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import BUILT_IN_ROLES, EVERYTHING, Permission


def sync_built_in_roles() -> int:
    """Create the product's roles and give them permissions that a new version added; the number of roles written.

    What an administrator took away from a role stays away: only permissions that were never offered before are added.
    The administrator role always has every permission, or nobody could repair the others.
    """
    written = 0
    with atomic():
        existing = {role.code: role for role in Role.objects.select_for_update()}
        for code, (title, permissions) in BUILT_IN_ROLES.items():
            role = existing.get(code) or Role(code=code, title=title, built_in=True)
            kept = {name for name in role.permissions if name in EVERYTHING}
            new = kept | (set(permissions) - set(role.offered))
            target = sorted(EVERYTHING if code == "administrator" else new)
            if role.pk and role.permissions == target and role.offered == sorted(permissions):
                continue
            role.permissions, role.offered = target, sorted(permissions)
            role.save()
            written += 1
    return written


def set_role_permissions(*, code: str, scopes: Sequence[str], actor: Actor, now: datetime) -> Role:
    """Replace what the users of a role may do."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    permissions = expand_scopes(scopes)
    require_own(actor, permissions)
    with atomic():
        role = find_roles([code])[0]
        before, role.permissions = role.permissions, sorted(permissions)
        role.save(update_fields=["permissions"])
        data = {"role": code, "before": before, "after": role.permissions}
        record(Fact(AccountEvent.ROLE_CHANGED, f"role:{role.pk}", f"role:{role.pk}", data), actor=actor, now=now)
    return role


def find_roles(codes: Sequence[str]) -> list[Role]:
    """The roles with these codes, in this order. Raises NotFound, with its place in the list, for an unknown one."""
    found = {role.code: role for role in Role.objects.filter(code__in=codes)}
    for index, code in enumerate(codes):
        if code not in found:
            raise NotFound(kind=_("role"), reference=code, pointer=f"/roles/{index}")
    return [found[code] for code in codes]


def require_own(actor: Actor, permissions: Collection[str]) -> None:
    """Nobody hands out more than they have."""
    if beyond := sorted(set(permissions) - actor.permissions):
        raise ExceedsOwnPermissions(permissions=", ".join(beyond))
