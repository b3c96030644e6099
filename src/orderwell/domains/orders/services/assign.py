"""Who looks after an order: a person, a team. Nothing of what was promised depends on it, so any state will do."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.loading import lock_order
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import Team, User
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def assign_order(
    *, order_id: int, owner_id: int | None, team_id: int | None, actor: Actor, now: datetime
) -> dict[str, int | None] | None:
    """Set owner and team; what they were before, or None when nothing changes. Raises NotFound, PermissionDenied."""
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE)
        before = {"owner": order.owner_id, "team": order.team_id}
        if (owner_id, team_id) == (order.owner_id, order.team_id):
            return None
        people = {user.pk: str(user) for user in User.objects.filter(pk__in=[owner_id or 0, order.owner_id or 0])}
        teams = {team.pk: str(team) for team in Team.objects.filter(pk__in=[team_id or 0, order.team_id or 0])}
        if owner_id is not None and owner_id not in people:
            raise NotFound(kind="user", reference=str(owner_id), pointer="/owner")
        if team_id is not None and team_id not in teams:
            raise NotFound(kind="team", reference=str(team_id), pointer="/team")
        changes = {}
        if owner_id != order.owner_id:
            changes["owner"] = {"old": people.get(order.owner_id or 0, ""), "new": people.get(owner_id or 0, "")}
        if team_id != order.team_id:
            changes["team"] = {"old": teams.get(order.team_id or 0, ""), "new": teams.get(team_id or 0, "")}
        order.owner_id, order.team_id, order.updated_at = owner_id, team_id, now
        order.version += 1
        order.save(update_fields=["owner", "team", "updated_at", "version"])
        stream = f"order:{order.pk}"
        record(Fact(OrderEvent.CHANGED, stream, stream, {"changes": changes}), actor=actor, now=now)
    return before


def assigned(order_id: int) -> tuple[int | None, int | None]:
    """Owner and team now; nobody when there is no such order."""
    found = Order.objects.filter(pk=order_id).values_list("owner_id", "team_id").first()
    return found or (None, None)
