"""Taking back a return that was booked by mistake: it stays, and what it put into stock is taken out by movements of its own.

The goods are with the customer again, as before. Possible as long as nothing was settled for the return and what it put
into stock is still free there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.catalog.models import Variant
from orderwell.domains.fulfilment.errors import ImportedReturn, ReturnedGoodsGone, ReturnSettled, ReturnUndone
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Return, ReturnedItem, ShipmentLine
from orderwell.domains.fulfilment.queries import returned_units, visible_returns
from orderwell.domains.fulfilment.services.track import everything_arrived
from orderwell.domains.inventory.models import StockMovement, Warehouse
from orderwell.domains.inventory.services.ledger import NewMovement, lock_items, post_movements
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.loading import lock_order, require_state
from orderwell.domains.orders.services.progress import record_returned, refresh_states
from orderwell.kernel.errors import ErrorDetail, NotFound, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import quantity_value
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


def take_return_back(
    *, return_id: int, reason: str, unless: Callable[[Return], None], actor: Actor, now: datetime
) -> Return:
    """The goods never came back, or not so. `unless` raises where money followed the return: it is asked once the order is
    locked, with which everything about its money is written.

    Raises NotFound, OrderStateForbids, ImportedReturn, ReturnUndone, ReturnSettled, or Refusal for the reason and for
    goods that are no longer free.
    """
    actor.require(Permission.FULFILMENT_RETURN_CREATE)
    refuse(text_problems(reason, "/reason", 240, needed=True))
    with atomic():
        known = visible_returns(actor).filter(pk=return_id).first()
        if known is None:
            raise NotFound(kind="return", reference=str(return_id))
        if known.history or known.order_id is None:
            raise ImportedReturn(number=known.number)
        # The order first, as everywhere: two who undo at once stand in line here.
        order = lock_order(known.order_id, actor=actor, permission=Permission.FULFILMENT_RETURN_CREATE)
        require_state(order, Order.State.PLACED, Order.State.COMPLETED)
        document = Return.objects.select_for_update().get(pk=return_id)
        unless(document)
        if document.undone_at is not None:
            raise already_undone(document)
        if document.settled_without:
            raise ReturnSettled(number=document.number, reason=document.settled_without)
        document.undone_at, document.undone_by, document.undone_reason = now, actor.label, reason.strip()
        document.awaits_credit = False
        document.save(update_fields=["undone_at", "undone_by", "undone_reason", "awaits_credit"])
        _take_out_of_stock(document, actor, now)
        _give_back_to_shipments(document)
        record_returned({line: -quantity for line, quantity in returned_units(document).items()})
        data = {
            "number": document.number,
            "amount": document.gross_amount,
            "currency": document.currency,
            "reason": document.undone_reason,
        }
        fact = Fact(FulfilmentEvent.RETURN_UNDONE, f"order:{order.pk}", f"return:{document.pk}", data)
        record(fact, actor=actor, now=now)
        # An order of which everything had come back may have shipments that are still under way.
        refresh_states([order.pk], actor=actor, now=now, delivered={order.pk: everything_arrived(order.pk)})
    return document


def already_undone(document: Return) -> ReturnUndone:
    return ReturnUndone(
        number=document.number, who=document.undone_by, moment=document.undone_at, reason=document.undone_reason
    )


def _take_out_of_stock(document: Return, actor: Actor, now: datetime) -> None:
    """The opposite of what the return put in. Raises Refusal where less than that is free."""
    put_in: dict[int, Decimal] = defaultdict(Decimal)
    items = ReturnedItem.objects.filter(return_line__return_document=document, stock_item__isnull=False)
    for item, quantity in items.values_list("stock_item_id", "quantity"):
        put_in[item or 0] += quantity
    if not put_in:
        return
    problems: list[ErrorDetail] = []
    for row in lock_items(put_in):
        if not row.allow_negative and row.free < put_in[row.id]:
            sku = Variant.objects.filter(pk=row.variant_id).values_list("sku", flat=True).get()
            place = Warehouse.objects.filter(pk=row.warehouse_id).values_list("code", flat=True).get()
            free = plain(max(row.free, ZERO))
            problems.append(
                ReturnedGoodsGone(sku=sku, value=plain(put_in[row.id]), warehouse=place, free=free).detail()
            )
    if problems:
        raise Refusal(problems)
    cause, note = f"return:{document.pk}", document.undone_reason
    rows = [
        NewMovement(item, StockMovement.Kind.RETURN, -quantity, cause, note=note)
        for item, quantity in sorted(put_in.items())
    ]
    post_movements(rows, actor_label=actor.label, now=now)


def _give_back_to_shipments(document: Return) -> None:
    """What these shipments had back they no longer have."""
    items = ReturnedItem.objects.filter(return_line__return_document=document, shipment_line__isnull=False)
    for pk, quantity in items.order_by("shipment_line_id").values_list("shipment_line_id", "quantity"):
        left = F("quantity_returned") - quantity_value(quantity)
        ShipmentLine.objects.filter(pk=pk).update(quantity_returned=left)
