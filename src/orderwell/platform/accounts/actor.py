"""Who acts: every use case and every query takes an `Actor`, never a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from orderwell.platform.accounts.errors import OutsideOwnRows
from orderwell.platform.permissions import EVERYTHING, Permission, PermissionDenied


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, an API key or the system itself, with what it may do and which rows it may see.

    The three id sets are row filters; None means "all". `source` and `address` say from where it acts.
    """

    kind: str
    id: int | None
    label: str
    permissions: frozenset[str] = frozenset()
    channel_ids: frozenset[int] | None = None
    warehouse_ids: frozenset[int] | None = None
    team_ids: frozenset[int] | None = None
    source: str = "web"
    address: str = ""

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises PermissionDenied. Call it before the object is looked up, so that its existence is not revealed."""
        if permission not in self.permissions:
            raise PermissionDenied(actor=self.label, permission=str(permission))

    @property
    def is_limited(self) -> bool:
        """Whether there is anything that the row filters keep from it."""
        return any(getattr(self, name) is not None for name in LIMITS)

    def require_row(self, kind: str, key: int | None) -> None:
        """Raises OutsideOwnRows unless the row filter of this kind ("channel") leaves the row; None: a new one."""
        ids = getattr(self, f"{kind}_ids")
        if ids is not None and key not in ids:
            raise OutsideOwnRows

    def require_every_row(self) -> None:
        """Raises OutsideOwnRows for who is limited at all: for what is everybody's."""
        if self.is_limited:
            raise OutsideOwnRows

    def via(self, source: str, address: str = "") -> Actor:
        return replace(self, source=source, address=address)

    def on_every_row(self) -> Actor:
        """The same rights without the row filters: for a sum that says nothing unless it is of everything."""
        return replace(self, channel_ids=None, warehouse_ids=None, team_ids=None)


def system_actor(*, source: str = "job", label: str = "system") -> Actor:
    """The system itself: schedules, event handlers, the command line. May do everything and sees every row."""
    return Actor(kind="system", id=None, label=label, permissions=frozenset(EVERYTHING), source=source)


# Its row filters.
LIMITS = ("channel_ids", "warehouse_ids", "team_ids")


def actor_as_json(actor: Actor) -> dict[str, Any]:
    """The actor as JSON, so that a worker acts with the rights that the caller had when asking."""
    plain = asdict(actor) | {"permissions": sorted(actor.permissions)}
    for name in LIMITS:
        ids = getattr(actor, name)
        plain[name] = None if ids is None else sorted(ids)
    return plain


def actor_from_json(plain: Mapping[str, Any]) -> Actor:
    limits = {name: None if plain[name] is None else frozenset(plain[name]) for name in LIMITS}
    return Actor(**{**plain, **limits, "permissions": frozenset(plain["permissions"])})
