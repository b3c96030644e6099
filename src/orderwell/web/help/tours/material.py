"""What a tour needs to work with, made for each learner anew: orders that can be shipped, one that has been."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation

from orderwell.domains.catalog.queries import channels
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.queries import stock
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.queries import lines_with_promises
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.waiting import ready_to_ship
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.web.help.tours.catalogue import Tour
from orderwell.web.templatetags.orderwell import localname

UNITS = Decimal(3)
MOST = 1000


def prepare(tour: Tour, *, now: datetime) -> dict[str, Any]:
    """Place what the tour needs; its first order by id and number."""
    if not settings.SANDBOX:
        raise NotFound(kind="practice company", reference=tour.code)
    if not (tour.orders or tour.shipped):
        return {}
    actor = system_actor(label="practice")
    placed = [_order(actor, now) for _ in range(max(tour.orders, 1))]
    if tour.shipped:
        ship(order_id=placed[0].order_id, actor=actor, now=now)
    return {"order_id": placed[0].order_id, "order": placed[0].number, **_where(actor, placed[0].order_id)}


def _where(actor: Actor, order_id: int) -> dict[str, Any]:
    """The warehouse an order leaves from, by its name in each language, and a product that lies there."""
    sku = next((line.variant.sku for line in lines_with_promises(order_id) if line.variant), "")
    for house in visible_warehouses(actor):
        if any(order.pk == order_id for order in ready_to_ship(actor, warehouse_id=house.pk, limit=MOST)):
            return {"warehouse": _names(house), "sku": sku}
    return {"sku": sku}


def _names(house: Warehouse) -> dict[str, str]:
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = localname(house)
    return found


def _order(actor: Actor, now: datetime) -> Placed:
    """Of what there is plenty of, through a channel that may take it."""
    rows = stock(actor).filter(on_hand__gte=F("reserved") + 4 * UNITS * 10_000).select_related("variant")
    skus = list(dict.fromkeys(row.variant.sku for row in rows.order_by("-on_hand")[:20]))
    customer = visible_customers(actor).filter(active=True, currency="CNY").order_by("id").first()
    for channel in channels(actor, active=True).filter(currency="CNY").order_by("id"):
        for sku in skus:
            draft = OrderDraft(
                channel=channel.code,
                customer=customer.number if customer else None,
                customer_name="" if customer else "练习客户",
                ship_to=AddressDraft(recipient="练习收件人", street="练习路1号", city="上海市", country="CN"),
                lines=(LineDraft(sku, UNITS),),
            )
            outcome = place_orders([draft], actor=actor, now=now)[0]
            if isinstance(outcome, Placed):
                return outcome
    raise NotFound(kind="stock", reference="practice")
