"""Changing a placed order: same rules, same checks, same number; every difference stands on the timeline.

What was shipped cannot be changed, what was invoiced keeps its price. Lowering a quantity gives stock back, raising it or
adding a line takes stock by the channel's policy, in the same transaction in which it was checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.catalog.resolving import reference
from orderwell.domains.orders import errors
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft, Submission
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import Plan, PlannedLine, alive
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.reserve import reserve_in_arrival_order
from orderwell.domains.orders.placement.resolve import resolve
from orderwell.domains.orders.placement.write import ADDRESS_FIELDS, address_columns, insert_lines
from orderwell.domains.orders.pricing import goods_value, spread_order_discount
from orderwell.domains.orders.services.loading import check_holds, lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.domains.orders.services.promises import demand_of, give_back, promise
from orderwell.domains.orders.services.totals import write_line_amounts, write_order_totals
from orderwell.domains.orders.sourcing import Demand
from orderwell.domains.orders.validation import problems
from orderwell.kernel.errors import ErrorDetail, Refusal
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New values of one line; what is left out stays."""

    line_id: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None


class OrderChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """New values of an order; what is left out stays. `add_lines` are new lines at the end."""

    lines: tuple[LineChange, ...] = ()
    add_lines: tuple[LineDraft, ...] = ()
    discount: Decimal | None = None
    ship_to: AddressDraft | None = None
    note: str | None = None
    priority: int | None = None
    requested_at: datetime | None = None
    custom: dict[str, Any] | None = None


def change_order(*, order_id: int, change: OrderChange, version: int | None, actor: Actor, now: datetime) -> Order:
    """Change a placed order. Raises NotFound, StaleVersion, OrderStateForbids, HeldOrder, or Refusal with every problem."""
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE, version=version)
        require_state(order, Order.State.PLACED, Order.State.COMPLETED)
        check_holds(order, "change")
        lines = {line.pk: line for line in lines_of(order)}
        plan = _plan(order, change, actor)
        _check(order, change, lines, actor)
        differences = _change_header(order, change, now)
        differences |= _change_lines(order, change, lines, plan)
        _settle_stock(order, change, lines, plan, now)
        _write(order, lines, plan)
        stream = f"order:{order.pk}"
        record(Fact(OrderEvent.CHANGED, stream, stream, {"changes": differences}), actor=actor, now=now)
        refresh_states([order.pk], actor=actor, now=now)
    return Order.objects.get(pk=order_id)


def _plan(order: Order, change: OrderChange, actor: Actor) -> Plan:
    """The added lines, resolved and priced like those of a new order."""
    draft = OrderDraft(
        channel=order.channel.code,
        customer=order.customer.number if order.customer else None,
        currency=order.currency,
        lines=change.add_lines,
        priority=order.priority if change.priority is None else change.priority,
        ship_to=change.ship_to,
        note=change.note or "",
        requested_at=change.requested_at,
        discount=change.discount or ZERO,
    )
    found = [item for item in problems(draft, order.currency) if item.code != errors.NoLines.code]
    if found:
        raise Refusal([_renamed(item) for item in found])
    plan = Plan(Submission(msgspec.structs.replace(draft, discount=ZERO), actor))
    if change.add_lines:
        resolve([plan])
        for living in alive([plan]):
            price(living)
    else:
        plan.channel = reference().channels.get(order.channel.code)
    if isinstance(plan.outcome, Refused):
        raise Refusal([_renamed(item) for item in plan.outcome.errors])
    return plan


def _renamed(item: ErrorDetail) -> ErrorDetail:
    pointer = (item.pointer or "").replace("/lines/", "/add_lines/", 1)
    return ErrorDetail(item.code, item.message, pointer, item.data)


def _check(order: Order, change: OrderChange, lines: Mapping[int, OrderLine], actor: Actor) -> None:
    found = []
    pricing = change.discount is not None or any(
        item.unit_price is not None or item.discount is not None for item in change.lines
    )
    if pricing and not actor.may(Permission.ORDERS_PRICE_OVERRIDE):
        denied = errors.PriceOverrideDenied(
            actor=actor.label, sku="*", price="*", permission=str(Permission.ORDERS_PRICE_OVERRIDE)
        )
        found.append(denied.detail())
    if change.discount is not None and any(line.quantity_invoiced for line in lines.values()):
        found.append(_fixed("/discount", order.number, "discount", "part of the order is invoiced"))
    for index, item in enumerate(change.lines):
        line = lines.get(item.line_id)
        pointer = f"/lines/{index}"
        if line is None:
            found.append(
                errors.UnknownLine(pointer=f"{pointer}/line_id", number=order.number, value=item.line_id).detail()
            )
            continue
        found += _line_problems(line, item, pointer)
    if found:
        raise Refusal(found)


def _fixed(pointer: str, sku: str, field: str, reason: str) -> ErrorDetail:
    return errors.LineNotChangeable(pointer=pointer, sku=sku, field=field, reason=reason).detail()


def _line_problems(line: OrderLine, item: LineChange, pointer: str) -> list[ErrorDetail]:
    quantity = line.quantity if item.quantity is None else item.quantity
    probe = OrderDraft(
        channel="",
        lines=(LineDraft(line.sku, quantity, item.unit_price, item.discount or ZERO),),
    )
    found = [
        ErrorDetail(detail.code, detail.message, pointer + (detail.pointer or "").removeprefix("/lines/0"), detail.data)
        for detail in problems(probe, line.order.currency)
        # A rebate or surcharge may be negative; only goods have a price range.
        if line.kind == OrderLine.Kind.GOODS or detail.code != errors.PriceOutOfRange.code
    ]
    if found:
        return found
    least = line.quantity_cancelled + max(line.quantity_shipped, line.quantity_invoiced)
    if quantity < least:
        return [
            _fixed(f"{pointer}/quantity", line.sku, "quantity", f"{least} are already shipped, invoiced or cancelled")
        ]
    if line.kind != OrderLine.Kind.GOODS and quantity != line.quantity:
        return [_fixed(f"{pointer}/quantity", line.sku, "quantity", "charges have no quantity")]
    if (item.unit_price is not None or item.discount is not None) and line.quantity_invoiced:
        return [_fixed(f"{pointer}/unit_price", line.sku, "unit_price", "part of the line is invoiced")]
    unit_price = line.unit_price if item.unit_price is None else item.unit_price
    discount = line.line_discount if item.discount is None else item.discount
    value = goods_value(quantity, unit_price, line.order.currency)
    if line.kind == OrderLine.Kind.GOODS and discount + line.order_discount_share > value:
        return [
            errors.DiscountTooLarge(
                pointer=f"{pointer}/discount", value=str(discount + line.order_discount_share), limit=str(value)
            ).detail()
        ]
    return []


def _change_header(order: Order, change: OrderChange, now: datetime) -> dict[str, Any]:
    differences: dict[str, Any] = {}
    for name in ("note", "priority", "requested_at", "custom"):
        value = getattr(change, name)
        if value is not None and value != getattr(order, name):
            differences[name] = {"old": getattr(order, name), "new": value}
            setattr(order, name, value)
    if change.ship_to is not None:
        old = (order.ship_country, order.ship_region, order.ship_city, order.ship_postcode)
        for name, value in zip(ADDRESS_FIELDS, address_columns(change.ship_to), strict=True):
            setattr(order, name, value)
        new = (order.ship_country, order.ship_region, order.ship_city, order.ship_postcode)
        # Street, phone and e-mail stay out of the event: personal data lives in encrypted columns only.
        differences["ship_to"] = {"old": " ".join(filter(None, old)), "new": " ".join(filter(None, new))}
    order.updated_at = now
    order.save()
    return differences


def _change_lines(order: Order, change: OrderChange, lines: Mapping[int, OrderLine], plan: Plan) -> dict[str, Any]:
    differences: dict[str, Any] = {}
    for item in change.lines:
        line = lines[item.line_id]
        for name, value in (
            ("quantity", item.quantity),
            ("unit_price", item.unit_price),
            ("line_discount", item.discount),
        ):
            if value is not None and value != getattr(line, name):
                differences[f"{line.sku}.{name}"] = {"old": getattr(line, name), "new": value}
                setattr(line, name, value)
    if change.discount is not None and change.discount != order.order_discount:
        goods = [line for line in lines.values() if line.kind == OrderLine.Kind.GOODS]
        bases = [goods_value(line.quantity, line.unit_price, order.currency) - line.line_discount for line in goods]
        if change.discount > sum(bases, ZERO):
            limit = str(sum(bases, ZERO))
            raise Refusal(
                [errors.DiscountTooLarge(pointer="/discount", value=str(change.discount), limit=limit).detail()]
            )
        for line, share in zip(goods, spread_order_discount(change.discount, bases, order.currency), strict=True):
            line.order_discount_share = share
        differences["discount"] = {"old": order.order_discount, "new": change.discount}
        order.order_discount = change.discount
        order.save(update_fields=["order_discount"])
    for added in plan.lines:
        differences[f"{added.sku}.added"] = {"old": ZERO, "new": added.quantity}
    return differences


def _settle_stock(order: Order, change: OrderChange, lines: Mapping[int, OrderLine], plan: Plan, now: datetime) -> None:
    """Give back what smaller quantities free, then source what larger ones and new lines need, all at once."""
    stored = OrderLine.objects.filter(order=order, kind=OrderLine.Kind.GOODS)
    before = dict(stored.values_list("pk", "quantity"))
    less = {pk: before[pk] - line.quantity for pk, line in lines.items() if pk in before and line.quantity < before[pk]}
    give_back({pk: demand_of(lines[pk], quantity) for pk, quantity in less.items()})
    more = [line for pk, line in lines.items() if pk in before and line.quantity > before[pk]]
    raised = [_raised(line, line.quantity - before[line.pk]) for line in more]
    added = list(plan.lines)
    plan.lines = raised + added
    reserve_in_arrival_order([plan])
    if isinstance(plan.outcome, Refused):
        raise Refusal([_at_origin(item, raised, more, change) for item in plan.outcome.errors])
    for line, wish in zip(more, raised, strict=True):
        promise(line, wish.demands, priority=order.priority, now=now)
    plan.lines = added


def _raised(line: OrderLine, quantity: Decimal) -> PlannedLine:
    demands = [Demand(variant, units) for variant, units in demand_of(line, quantity).items()]
    return PlannedLine(
        OrderLine.Kind.GOODS, line.sku, line.name, quantity, line.unit_price, line.tax_rate, demands=demands
    )


def _at_origin(item: ErrorDetail, raised: list[PlannedLine], more: list[OrderLine], change: OrderChange) -> ErrorDetail:
    """Sourcing saw raised and added lines as one list; the caller gave two."""
    index = int((item.pointer or "/lines/0").split("/")[2])
    if index >= len(raised):
        return ErrorDetail(item.code, item.message, f"/add_lines/{index - len(raised)}", item.data)
    origin = next(i for i, wish in enumerate(change.lines) if wish.line_id == more[index].pk)
    return ErrorDetail(item.code, item.message, f"/lines/{origin}/quantity", item.data)


def _write(order: Order, lines: Mapping[int, OrderLine], plan: Plan) -> None:
    for line in lines.values():
        write_line_amounts(line)
    plan.order_id = order.pk
    if plan.lines:
        ids = allocate_ids({OrderLine: len(plan.lines)})[OrderLine]
        after = max((line.position for line in lines.values()), default=0)
        insert_lines([plan], ids, first_position=after + 1, now=order.updated_at)
    write_order_totals(order, OrderLine.objects.filter(order=order))
