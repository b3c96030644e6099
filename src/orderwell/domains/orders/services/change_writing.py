"""Carrying out a checked change: header, lines, stock, money. Inside the transaction, with the order locked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext_noop as _

from orderwell.domains.inventory.services.ledger import lock_stock
from orderwell.domains.orders import errors
from orderwell.domains.orders.changes import OrderChange
from orderwell.domains.orders.models import Amendment, Order, OrderLine
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import Plan, PlannedLine
from orderwell.domains.orders.placement.reserve import reserve_in_arrival_order
from orderwell.domains.orders.placement.write import ADDRESS_FIELDS, address_columns, insert_lines
from orderwell.domains.orders.pricing import (
    goods_value,
    line_amounts,
    spread_order_discount,
    with_tax,
)
from orderwell.domains.orders.services.change_rules import new_shipping_line, shipping_line
from orderwell.domains.orders.services.promises import demand_of, follow_priority, give_back, promise
from orderwell.domains.orders.services.totals import write_order_totals
from orderwell.domains.orders.snapshots import MONEY, OWN, Snapshot
from orderwell.domains.orders.sourcing import Demand
from orderwell.kernel.errors import ErrorDetail, Refusal
from orderwell.kernel.money import MAX_AMOUNT
from orderwell.platform.database import allocate_ids

ZERO = Decimal(0)
GOODS = OrderLine.Kind.GOODS
WRITTEN = (*OWN, *MONEY)


def change_header(order: Order, change: OrderChange) -> None:
    for name in ("note", "priority", "custom"):
        if (value := getattr(change, name)) is not None:
            setattr(order, name, value)
    for name in ("requested_at", "promised_at"):
        if not isinstance(value := getattr(change, name), msgspec.UnsetType):
            setattr(order, name, value)
    if change.ship_to is not None:
        for name, column in zip(ADDRESS_FIELDS, address_columns(change.ship_to), strict=True):
            setattr(order, name, column)


def change_lines(order: Order, change: OrderChange, lines: Mapping[int, OrderLine], plan: Plan) -> None:
    """Set new values on `lines` and finish the planned ones; nothing is written yet."""
    for item in change.lines:
        line = lines[item.line_id]
        for name, value in (
            ("quantity", item.quantity),
            ("unit_price", item.unit_price),
            ("line_discount", item.discount),
        ):
            if value is not None:
                setattr(line, name, value)
    if change.shipping is not None:
        present = shipping_line(lines)
        if present is not None:
            present.unit_price = change.shipping
        elif change.shipping:
            plan.lines.append(new_shipping_line(change.shipping))
    _spread(order, change, lines, plan)
    for added in plan.lines:
        base = goods_value(added.quantity, added.unit_price, order.currency)
        base -= added.line_discount + added.order_discount_share
        added.amounts = with_tax(base, added.tax_rate, order.currency, prices_include_tax=order.prices_include_tax)


def _spread(order: Order, change: OrderChange, lines: Mapping[int, OrderLine], plan: Plan) -> None:
    """The order's discount over its goods by their value, as at first entry; what is invoiced keeps its share."""
    discount = order.order_discount if change.discount is None else change.discount
    if any(line.quantity_invoiced for line in lines.values()) or not (discount or order.order_discount):
        return
    goods: list[OrderLine | PlannedLine] = [
        line for pk, line in lines.items() if line.kind == GOODS and pk not in change.remove_lines
    ]
    goods += [added for added in plan.lines if added.kind == GOODS]
    bases = [goods_value(line.quantity, line.unit_price, order.currency) - line.line_discount for line in goods]
    if discount > (limit := sum(bases, ZERO)):
        wrong = errors.DiscountTooLarge(pointer="/discount", value=str(discount), limit=str(limit))
        raise Refusal([wrong.detail()])
    if change.discount is None and not _other_worth(change, plan):
        return
    for line, share in zip(goods, spread_order_discount(discount, bases, order.currency), strict=True):
        line.order_discount_share = share
    order.order_discount = discount


def _other_worth(change: OrderChange, plan: Plan) -> bool:
    return bool(change.lines or change.remove_lines or plan.lines)


def settle_stock(
    order: Order,
    change: OrderChange,
    lines: Mapping[int, OrderLine],
    before: Snapshot,
    plan: Plan,
    *,
    number: int,
    now: datetime,
) -> None:
    """Give back what smaller quantities free, then source what larger ones and new lines need, all at once."""
    goods = {pk: line for pk, line in lines.items() if line.kind == GOODS}
    less = {pk: before.lines[pk].quantity - line.quantity for pk, line in goods.items()}
    less |= {pk: line.quantity for pk, line in goods.items() if pk in change.remove_lines}
    returning = {pk: demand_of(goods[pk], quantity) for pk, quantity in less.items() if quantity > 0}
    more = [line for pk, line in goods.items() if less[pk] < 0]
    raised = [_raised(line, -less[line.pk]) for line in more]
    # Every row that becomes scarcer or free again, once, in primary-key order.
    variants = {variant for parts in returning.values() for variant in parts}
    variants |= {demand.variant_id for line in (*raised, *plan.lines) for demand in line.demands}
    if variants:
        lock_stock(variants)
    if returning:
        give_back(returning)
    added = list(plan.lines)
    plan.lines = raised + added
    reserve_in_arrival_order([plan])
    if isinstance(plan.outcome, Refused):
        raise Refusal([_at_origin(item, raised, more, change) for item in plan.outcome.errors])
    for line, wish in zip(more, raised, strict=True):
        promise(line, wish.demands, priority=order.priority, now=now)
        chosen = [{**choice, "change": number} for choice in wish.explanation.get("sourcing", [])]
        line.explanation = {**line.explanation, "sourcing": [*line.explanation.get("sourcing", []), *chosen]}
    plan.lines = added


def _raised(line: OrderLine, quantity: Decimal) -> PlannedLine:
    demands = [Demand(variant, units) for variant, units in demand_of(line, quantity).items()]
    return PlannedLine(GOODS, line.sku, line.name, quantity, line.unit_price, line.tax_rate, demands=demands)


def _at_origin(item: ErrorDetail, raised: list[PlannedLine], more: list[OrderLine], change: OrderChange) -> ErrorDetail:
    """Sourcing saw raised and added lines as one list; the caller gave two."""
    index = int((item.pointer or "/lines/0").split("/")[2])
    if index >= len(raised):
        return ErrorDetail(item.code, item.message, f"/add_lines/{index - len(raised)}", item.data)
    origin = next(i for i, wish in enumerate(change.lines) if wish.line_id == more[index].pk)
    return ErrorDetail(item.code, item.message, f"/lines/{origin}/quantity", item.data)


def write(
    order: Order,
    change: OrderChange,
    lines: Mapping[int, OrderLine],
    before: Snapshot,
    plan: Plan,
    *,
    now: datetime,
) -> None:
    """Everything that was decided; lines that stay as they were aren't touched."""
    going = set(change.remove_lines)
    present = shipping_line(lines)
    if present is not None and change.shipping == 0:
        going.add(present.pk)
    _remove(order, [line for pk, line in lines.items() if pk in going])
    write_lines(order, [line for pk, line in lines.items() if pk not in going and _differs(line, before)])
    plan.order_id = order.pk
    if plan.lines:
        ids = allocate_ids({OrderLine: len(plan.lines)})[OrderLine]
        insert_lines([plan], ids, first_position=last_position(order, before) + 1, now=now)
    if order.priority != before.header.priority:
        follow_priority(order)
    order.updated_at = now
    order.save()
    total = write_order_totals(order, OrderLine.objects.filter(order=order).only(*MONEY))
    if total.gross < 0:
        wrong = errors.AmountOutOfRange(pointer="/discount", value=str(total.gross), low="0", high=str(MAX_AMOUNT))
        raise Refusal([wrong.detail()])


def _differs(line: OrderLine, before: Snapshot) -> bool:
    return any(getattr(line, name) != getattr(before.lines[line.pk], name) for name in OWN)


def write_lines(order: Order, lines: list[OrderLine]) -> None:
    """Amounts follow from the new values; one statement for a few hundred lines."""
    for line in lines:
        amounts = line_amounts(order, line)
        line.net_amount, line.tax_amount, line.gross_amount = amounts.net, amounts.tax, amounts.gross
    if lines:
        OrderLine.objects.bulk_update(lines, WRITTEN, batch_size=200)


def _remove(order: Order, lines: list[OrderLine]) -> None:
    for line in lines:
        try:
            line.delete()
        except ProtectedError:
            # An invoice that was reversed, a shipment that came back: the line has to stay for their sake.
            wrong = errors.LineNotRemovable(
                pointer="/remove_lines", sku=line.sku, reason=_("other documents refer to it")
            )
            raise Refusal([wrong.detail()]) from None


def last_position(order: Order, before: Snapshot) -> int:
    """The last position ever taken: a line that is removed keeps its place for the case that it comes back."""
    taken = [line.position for line in before.lines.values()]
    for stored in Amendment.objects.filter(order=order, undone_at=None).values_list("before", flat=True):
        taken += [line["position"] for line in stored.get("lines", {}).values()]
    return max(taken, default=0)
