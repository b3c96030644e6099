"""Roles: the sets of permissions that users have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext as _

from orderwell.kernel.errors import InvalidValue, NotFound, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import (
    AboveOwnPermissions,
    AdministratorFixed,
    ExceedsOwnPermissions,
    LastAdministrator,
    RoleCodeTaken,
)
from orderwell.platform.accounts.events import AccountEvent
from orderwell.platform.accounts.models import Role, User
from orderwell.platform.accounts.scopes import expand_scopes
from orderwell.platform.batches import find_if_taken
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
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


@find_if_taken
def create_role(*, code: str, title: str, scopes: Sequence[str] = (), actor: Actor, now: datetime) -> Role:
    """A role of the company's own beside those that come with the product."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    code, title = code.strip(), title.strip()
    wrong = [problem.detail() for problem in text_problems(title, "/title", 80, needed=True)]
    wrong += [problem.detail() for problem in text_problems(code, "/code", 40, needed=True)]
    if code and not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in code):
        wrong.append(
            InvalidValue(pointer="/code", value=code[:40], expected="letters, digits, hyphens, underscores").detail()
        )
    if wrong:
        raise Refusal(wrong)
    permissions = expand_scopes(scopes)
    require_own(actor, permissions)
    with atomic():
        if Role.objects.filter(code=code).exists():
            raise RoleCodeTaken(pointer="/code", role=code)
        role = Role.objects.create(code=code, title=title, permissions=sorted(permissions))
        data = {"role": code, "title": title, "after": role.permissions}
        record(Fact(AccountEvent.ROLE_CREATED, f"role:{role.pk}", f"role:{role.pk}", data), actor=actor, now=now)
    return role


def set_role_permissions(
    *, code: str, scopes: Sequence[str], version: int | None = None, actor: Actor, now: datetime
) -> Role:
    """Replace what the users of a role may do. The administrators' role keeps every permission. Raises StaleVersion."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    permissions = expand_scopes(scopes)
    require_own(actor, permissions)
    with atomic():
        role = find_roles([code], lock=True)[0]
        require_version(version, f"role:{role.pk}", kind="role")
        if code == "administrator" and permissions != EVERYTHING:
            raise AdministratorFixed(pointer="/scopes")
        with somebody_still_manages_users():
            before, role.permissions = role.permissions, sorted(permissions)
            role.save(update_fields=["permissions"])
        data = {"role": code, "before": before, "after": role.permissions}
        record(Fact(AccountEvent.ROLE_CHANGED, f"role:{role.pk}", f"role:{role.pk}", data), actor=actor, now=now)
    return role


@contextmanager
def somebody_still_manages_users() -> Iterator[None]:
    """What happens inside must leave at least one active user who may manage users, if there was one before."""
    before = _somebody_manages_users()
    yield
    if before and not _somebody_manages_users():
        raise LastAdministrator


def _somebody_manages_users() -> bool:
    roles = [
        pk
        for pk, names in Role.objects.values_list("pk", "permissions")
        if Permission.SYSTEM_USER_MANAGE.value in names
    ]
    return User.objects.filter(is_active=True, roles__in=roles).exists()


def find_roles(codes: Sequence[str], *, lock: bool = False) -> list[Role]:
    """The roles with these codes, in this order. Raises NotFound, with its place in the list, for an unknown one."""
    rows = Role.objects.filter(code__in=codes).order_by("pk")
    found = {role.code: role for role in (rows.select_for_update() if lock else rows)}
    for index, code in enumerate(codes):
        if code not in found:
            raise NotFound(kind=_("role"), reference=code, pointer=f"/roles/{index}")
    return [found[code] for code in codes]


def require_not_above(actor: Actor, user: User) -> None:
    """Nobody takes over, closes or changes the account of somebody who may do more: that would be a way to do it too."""
    theirs = {permission for names in user.roles.values_list("permissions", flat=True) for permission in names}
    if beyond := sorted(theirs - actor.permissions):
        raise AboveOwnPermissions(username=user.username, permissions=", ".join(beyond))


def require_own(actor: Actor, permissions: Collection[str]) -> None:
    """Nobody hands out more than they have."""
    if beyond := sorted(set(permissions) - actor.permissions):
        raise ExceedsOwnPermissions(permissions=", ".join(beyond))
