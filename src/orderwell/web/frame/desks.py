"""Which desk somebody sits at: chosen by the person, or guessed from what they may do."""

from __future__ import annotations

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.frame.places import DESKS

P = Permission


def desks_of(actor: Actor) -> list[str]:
    """The desks whose work the actor may do."""
    return [name for name, desk in DESKS.items() if actor.may(desk.permission)]


def usual_desk(actor: Actor) -> str:
    """The narrowest work that explains the permissions: who ships and can't sell is no clerk."""
    if actor.may(P.SYSTEM_USER_MANAGE):
        return "administrator"
    if actor.may(P.ORDERS_HOLD_RELEASE) and actor.may(P.REPORTS_DASHBOARD_VIEW):
        return "manager"
    for name in ("bookkeeper", "clerk", "warehouse", "manager"):
        if actor.may(DESKS[name].permission):
            return name
    return ""


def desk_of(actor: Actor, chosen: str) -> str:
    return chosen if chosen in DESKS and actor.may(DESKS[chosen].permission) else usual_desk(actor)
