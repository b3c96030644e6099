"""What a tour needs to work with, made for each learner anew: orders that can be shipped, one that has been."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.catalog.queries import channels
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.queries import stock
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.queries import lines_with_promises
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.waiting import ready_to_ship
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import LIMITS, Actor, system_actor
from orderwell.web.help.tours.rights import offered
from orderwell.web.help.tours.steps import Tour
from orderwell.web.templatetags.orderwell import localname

UNITS = Decimal(3)
MOST = 1000


def prepare(tour: Tour, learner: Actor, *, now: datetime) -> dict[str, Any]:
    """The steps that are offered to this learner, and what they need: the first order by id and number.

    Everything lies where the learner may see it: in their channels and warehouses, with a customer of their teams.
    """
    if not settings.SANDBOX:
        raise NotFound(kind="practice company", reference=tour.code)
    made: dict[str, Any] = {"tasks": [task.key for task in offered(tour, learner)]}
    if not made["tasks"] or not (tour.orders or tour.shipped):
        return made
    actor = replace(
        system_actor(label="practice"),
        **{name: getattr(learner, name) for name in LIMITS},
    )
    placed = [_order(actor, now) for _ in range(max(tour.orders, 1))]
    if tour.shipped:
        ship(order_id=placed[0].order_id, actor=actor, now=now)
    made |= {"order_id": placed[0].order_id, "order": placed[0].number, **_where(actor, placed[0].order_id)}
    if tour.returned:
        order, document = _returned(actor, now)
        made |= {"returned_id": order.order_id, "returned": order.number, "return": document.number}
        order, document = _returned(actor, now)
        made |= {"kept_id": order.order_id, "kept": document.number}
    return made


def _returned(actor: Actor, now: datetime) -> tuple[Placed, Return]:
    """Shipped, invoiced, paid, and one piece of it back in the warehouse: what is left is the bookkeeper's."""
    order = _order(actor, now)
    ship(order_id=order.order_id, actor=actor, now=now)
    issue_invoice(order_id=order.order_id, actor=actor, now=now)
    reference = f"PRACTICE-{order.number}"
    payment = PaymentDraft(order.order_id, order.total_amount, "bank", reference)
    record_payment(payment=payment, actor=actor, now=now)
    units = [ReturnedUnits(line.pk, Decimal(1)) for line in lines_with_promises(order.order_id) if line.variant]
    reason = str(_("The customer sent one back"))
    return order, record_return(order_id=order.order_id, lines=units, reason=reason, actor=actor, now=now)


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
    """Of what there is plenty of, from a warehouse and through a channel of the learner's."""
    customer = visible_customers(actor).filter(active=True, currency="CNY").order_by("id").first()
    for channel in channels(actor, active=True).filter(currency="CNY").order_by("id"):
        for sku, city in _plenty(actor):
            draft = OrderDraft(
                channel=channel.code,
                customer=customer.number if customer else None,
                customer_name="" if customer else "练习客户",
                ship_to=AddressDraft(recipient="练习收件人", street="练习路1号", city=city or "上海市", country="CN"),
                lines=(LineDraft(sku, UNITS),),
            )
            outcome = place_orders([draft], actor=actor, now=now)[0]
            if not isinstance(outcome, Placed):
                continue
            if actor.warehouse_ids is None or _where(actor, outcome.order_id).get("warehouse"):
                return outcome
            # It would leave from a warehouse that the learner doesn't see.
            cancel_units(order_id=outcome.order_id, lines=None, reason="-", actor=actor, now=now)
    raise NotFound(kind="stock", reference="practice")


def _plenty(actor: Actor) -> list[tuple[str, str]]:
    """SKUs that lie in the learner's warehouses, with the city: an order from there is sent from there, if it can be."""
    rows = stock(actor).filter(on_hand__gte=F("reserved") + 4 * UNITS * 10_000).select_related("variant", "warehouse")
    return list(dict.fromkeys((row.variant.sku, row.warehouse.city) for row in rows.order_by("-on_hand")[:20]))
