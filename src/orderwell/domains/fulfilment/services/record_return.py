"""Goods come back: into stock again or scrapped, never more than was shipped.

The money of a return is cumulative like that of an invoice: what all units returned so far are worth, less what earlier
returns of the line were given. However a line comes back in parts, the parts add up to what was charged, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum

from orderwell.domains.catalog.models import Variant
from orderwell.domains.fulfilment.errors import QuantityAboveShipped, WarehouseNeeded
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Return, ReturnedItem, ReturnLine, ShipmentLine
from orderwell.domains.fulfilment.services.warehouses import warehouse_id_of
from orderwell.domains.inventory.models import StockMovement, Warehouse
from orderwell.domains.inventory.services.ledger import NewMovement, ensure_stock_items, lock_items, post_movements
from orderwell.domains.orders.errors import NothingToDo, UnknownLine
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts, amounts_of_units
from orderwell.domains.orders.services.loading import lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import record_returned, refresh_states
from orderwell.domains.orders.services.promises import demand_of
from orderwell.kernel.errors import DomainError, ErrorDetail, InvalidValue, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import quantity_value
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission

ZERO, ONE = Decimal(0), Decimal(1)
Disposition = ReturnLine.Disposition
_PHYSICAL = (Disposition.RESTOCK, Disposition.SCRAP)


@dataclass(frozen=True, slots=True)
class ReturnedUnits:
    """`quantity` units of an order line came back. Restocked goods go into `warehouse`, or whence they came.

    With `shipment_id` they are units of that shipment, otherwise of the oldest that has some left.
    """

    line_id: int
    quantity: Decimal
    disposition: str = "restock"
    warehouse: str | None = None
    shipment_id: int | None = None


@dataclass(slots=True)
class _Item:
    """`quantity` of a stocked variant on its way back."""

    variant_id: int
    quantity: Decimal
    shipment_line: ShipmentLine | None
    warehouse_id: int | None  # None: scrapped


@dataclass(slots=True)
class _Plan:
    wish: ReturnedUnits
    line: OrderLine
    amounts: Amounts
    items: list[_Item] = field(default_factory=list)


def record_return(*, order_id: int, lines: Sequence[ReturnedUnits], reason: str, actor: Actor, now: datetime) -> Return:
    """Record what came back of an order. Raises NotFound, OrderStateForbids, NothingToDo, or Refusal with all problems."""
    actor.require(Permission.FULFILMENT_RETURN_CREATE)
    problems: list[DomainError] = list(text_problems(reason, "/reason", 240, needed=True, lines=True))
    if problems:
        raise Refusal([problem.detail() for problem in problems])
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.FULFILMENT_RETURN_CREATE)
        require_state(order, Order.State.PLACED, Order.State.COMPLETED)
        if not lines:
            raise NothingToDo(step="return", number=order.number)
        plans = _plan(order, lines, actor)
        document = _write(order, plans, reason.strip(), actor, now)
        returned: dict[int, Decimal] = defaultdict(Decimal)
        for plan in plans:
            returned[plan.line.pk] += plan.wish.quantity
        record_returned(returned)
        refresh_states([order.pk], actor=actor, now=now)
    return document


def _plan(order: Order, lines: Sequence[ReturnedUnits], actor: Actor) -> list[_Plan]:
    known = {line.pk: line for line in lines_of(order) if line.kind == OrderLine.Kind.GOODS}
    places = dict(
        Variant.objects.filter(pk__in=[line.variant_id for line in known.values()]).values_list("pk", "quantity_places")
    )
    given = _given_so_far(known)
    source = _ShippedGoods(known)
    returned = {pk: line.quantity_returned for pk, line in known.items()}
    plans: list[_Plan] = []
    problems: list[ErrorDetail] = []
    for index, wish in enumerate(lines):
        pointer = f"/lines/{index}"
        line = known.get(wish.line_id)
        if line is None:
            unknown = UnknownLine(pointer=f"{pointer}/line_id", number=order.number, value=wish.line_id)
            problems.append(unknown.detail())
            continue
        try:
            _check(wish, line, places.get(line.variant_id or 0, 0), line.quantity_shipped - returned[line.pk], pointer)
            items = source.take(line, wish, actor, pointer)
        except DomainError as problem:
            problems += problem.details
            continue
        returned[line.pk] += wish.quantity
        amounts = amounts_of_units(order, line, returned[line.pk]) - given[line.pk]
        given[line.pk] += amounts
        plans.append(_Plan(wish, line, amounts, items))
    if problems:
        raise Refusal(problems)
    return plans


def _check(wish: ReturnedUnits, line: OrderLine, places: int, left: Decimal, pointer: str) -> None:
    wrong = list(quantity_problems(wish.quantity, f"{pointer}/quantity", sku=line.sku, places=places))
    if wrong:
        raise Refusal([problem.detail() for problem in wrong])
    if wish.disposition not in _PHYSICAL:
        expected = " / ".join(_PHYSICAL)
        raise InvalidValue(pointer=f"{pointer}/disposition", value=wish.disposition[:20], expected=expected)
    if wish.quantity > left:
        raise QuantityAboveShipped(
            pointer=f"{pointer}/quantity", sku=line.sku, value=plain(wish.quantity), left=plain(left)
        )


def _given_so_far(line_ids: Iterable[int]) -> dict[int, Amounts]:
    """What earlier returns of each line are worth; those that were undone are worth nothing."""
    given: dict[int, Amounts] = defaultdict(lambda: NOTHING)
    rows = (
        ReturnLine.objects.filter(order_line_id__in=list(line_ids), return_document__undone_at=None)
        .order_by()
        .values("order_line_id")
        .annotate(net=Sum("net_amount"), tax=Sum("tax_amount"), gross=Sum("gross_amount"))
    )
    for row in rows:
        given[row["order_line_id"]] = Amounts(row["net"], row["tax"], row["gross"])
    return given


class _ShippedGoods:
    """What shipments took out and has not come back, oldest first; counts down while a return is planned."""

    def __init__(self, line_ids: Iterable[int]) -> None:
        rows = (
            ShipmentLine.objects.filter(order_line_id__in=list(line_ids), quantity__gt=F("quantity_returned"))
            .select_related("stock_item")
            .order_by("pk")
        )
        self._rows: dict[int, list[ShipmentLine]] = defaultdict(list)
        self._left: dict[int, Decimal] = {}
        for row in rows:
            self._rows[row.order_line_id].append(row)
            self._left[row.pk] = row.quantity - row.quantity_returned

    def take(self, line: OrderLine, wish: ReturnedUnits, actor: Actor, pointer: str) -> list[_Item]:
        scrapped = wish.disposition == Disposition.SCRAP
        into = None
        if wish.warehouse is not None and not scrapped:
            into = warehouse_id_of(wish.warehouse, actor=actor, pointer=f"{pointer}/warehouse")
        items = []
        for variant_id, each in demand_of(line, ONE).items():
            wanted = each * wish.quantity
            for row in self._of(line, variant_id, wish.shipment_id):
                quantity = min(wanted, self._left[row.pk])
                if quantity:
                    self._left[row.pk] -= quantity
                    wanted -= quantity
                    place = None if scrapped else into or row.stock_item.warehouse_id
                    items.append(_Item(variant_id, quantity, row, place))
            if not wanted:
                continue
            if not line.order.history:
                left = plain(wish.quantity - wanted / each)
                raise QuantityAboveShipped(
                    pointer=f"{pointer}/quantity", sku=line.sku, value=plain(wish.quantity), left=left
                )
            if into is None and not scrapped:
                raise WarehouseNeeded(pointer=f"{pointer}/warehouse", sku=line.sku)
            items.append(_Item(variant_id, wanted, None, into))
        return items

    def _of(self, line: OrderLine, variant_id: int, shipment_id: int | None) -> list[ShipmentLine]:
        return [
            row
            for row in self._rows[line.pk]
            if row.stock_item.variant_id == variant_id and shipment_id in (None, row.shipment_id)
        ]


def _write(order: Order, plans: Sequence[_Plan], reason: str, actor: Actor, now: datetime) -> Return:
    total = sum((plan.amounts for plan in plans), NOTHING)
    pk = allocate_ids({Return: 1})[Return][0]
    document = Return(
        pk=pk,
        number=numbers_of_keys("fulfilment.return_number_template", [pk], now=now)[0],
        order_id=order.pk,
        customer_id=order.customer_id,
        channel_id=order.channel_id,
        reason=reason,
        currency=order.currency,
        net_amount=total.net,
        tax_amount=total.tax,
        gross_amount=total.gross,
        received_at=now,
        actor_label=actor.label,
        awaits_credit=True,
    )
    document.save(force_insert=True)
    restocked = _write_items(document, plans, actor, now)
    data = {
        "number": document.number,
        "amount": total.gross,
        "currency": order.currency,
        "reason": reason,
        "lines": [
            {"sku": plan.line.sku, "quantity": plain(plan.wish.quantity), "disposition": plan.wish.disposition}
            for plan in plans
        ],
        "freed_variants": sorted(restocked),
    }
    record(Fact(FulfilmentEvent.RETURNED, f"order:{order.pk}", f"return:{pk}", data), actor=actor, now=now)
    return document


def _write_items(document: Return, plans: Sequence[_Plan], actor: Actor, now: datetime) -> set[int]:
    """Lines, what physically came back, and the movements of what goes into stock; returns the variants restocked."""
    pairs = {(item.variant_id, item.warehouse_id) for plan in plans for item in plan.items if item.warehouse_id}
    negative = dict(Warehouse.objects.filter(pk__in={place for _, place in pairs}).values_list("pk", "allow_negative"))
    stock = ensure_stock_items([(variant, place, negative[place]) for variant, place in sorted(pairs)]) if pairs else {}
    lock_items(stock.values())
    movements: dict[int, Decimal] = defaultdict(Decimal)
    for plan in plans:
        line = ReturnLine.objects.create(
            return_document=document,
            order_line=plan.line,
            variant_id=plan.line.variant_id,
            sku=plan.line.sku,
            name=plan.line.name,
            quantity=plan.wish.quantity,
            disposition=plan.wish.disposition,
            tax_rate=plan.line.tax_rate,
            net_amount=plan.amounts.net,
            tax_amount=plan.amounts.tax,
            gross_amount=plan.amounts.gross,
        )
        for item in plan.items:
            stock_item = stock[item.variant_id, item.warehouse_id] if item.warehouse_id else None
            ReturnedItem.objects.create(
                return_line=line, shipment_line=item.shipment_line, stock_item_id=stock_item, quantity=item.quantity
            )
            if stock_item is not None:
                movements[stock_item] += item.quantity
            if item.shipment_line is not None:
                ShipmentLine.objects.filter(pk=item.shipment_line.pk).update(
                    quantity_returned=F("quantity_returned") + quantity_value(item.quantity)
                )
    rows = [
        NewMovement(item, StockMovement.Kind.RETURN, quantity, f"return:{document.pk}", note=document.reason)
        for item, quantity in sorted(movements.items())
    ]
    if rows:
        post_movements(rows, actor_label=actor.label, now=now)
    return {item.variant_id for plan in plans for item in plan.items if item.warehouse_id}
