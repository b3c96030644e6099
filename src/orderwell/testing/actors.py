"""Three actors that make permission tests read alike: the owner may everything, the clerk sells, the outsider nothing."""

from __future__ import annotations

from dataclasses import replace

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import BUILT_IN_ROLES, EVERYTHING


def owner() -> Actor:
    """May do everything and sees every row."""
    return Actor(kind="user", id=1, label="Olive Owner", permissions=frozenset(EVERYTHING))


def clerk() -> Actor:
    """The built-in sales clerk; sees every row."""
    return Actor(kind="user", id=2, label="Carl Clerk", permissions=_role("sales-clerk"))


def warehouse_worker() -> Actor:
    return Actor(kind="user", id=3, label="Wei Worker", permissions=_role("warehouse-worker"))


def outsider() -> Actor:
    """Signed in, without any permission."""
    return Actor(kind="user", id=4, label="Otto Outsider")


def limited(
    actor: Actor,
    *,
    channels: frozenset[int] | None = None,
    warehouses: frozenset[int] | None = None,
    teams: frozenset[int] | None = None,
) -> Actor:
    """The same actor seeing only rows of these channels, warehouses and teams."""
    return replace(actor, channel_ids=channels, warehouse_ids=warehouses, team_ids=teams)


def _role(code: str) -> frozenset[str]:
    return frozenset(BUILT_IN_ROLES[code][1])
