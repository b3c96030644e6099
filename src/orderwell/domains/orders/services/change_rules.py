"""What may be changed of a placed order, and everything that is wrong with a change, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace as replaced
from datetime import datetime
from decimal import Decimal

import msgspec
from django.utils.translation import gettext_noop as _

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.resolving import reference
from orderwell.domains.orders import errors
from orderwell.domains.orders.changes import MAX_REASON, LineChange, OrderChange
from orderwell.domains.orders.drafts import LineDraft, OrderDraft, Submission
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import ONE, Plan, PlannedLine, alive
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.resolve import CHARGE_TAX_CATEGORY, resolve
from orderwell.domains.orders.pricing import goods_value
from orderwell.domains.orders.services.repricing import units_kept
from orderwell.domains.orders.validation import MAX_LINES, problems
from orderwell.kernel.errors import DomainError, ErrorDetail, Refusal
from orderwell.kernel.money import MAX_AMOUNT
from orderwell.kernel.quantities import has_scale, plain
from orderwell.kernel.refusals import amount_problems, moment_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.custom_fields import custom_problems, recent_custom_fields
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
GOODS, SHIPPING = OrderLine.Kind.GOODS, OrderLine.Kind.SHIPPING
_FIELDS = {"unit_price": _("unit price"), "discount": _("discount")}
# Of a change's own fields to those that the rules of a new order know them by.
_RENAMED = (("/lines/", "/add_lines/"), ("/charges/", "/add_charges/"))


def check_past(order: Order, change: OrderChange) -> None:
    """Raises PastOrderFixed. Notes, dates and the address of a past order may be put right."""
    goods = change.lines or change.add_lines or change.remove_lines
    money = change.add_charges or change.shipping is not None or change.discount is not None
    if order.history and (goods or money):
        raise errors.PastOrderFixed(number=order.number)


def planned(order: Order, *, change: OrderChange, lines: Mapping[int, OrderLine], actor: Actor, now: datetime) -> Plan:
    """The added lines and charges, resolved and priced like those of a new order."""
    draft = OrderDraft(
        channel=order.channel.code,
        customer=order.customer.number if order.customer else None,
        currency=order.currency,
        lines=change.add_lines,
        charges=change.add_charges,
        priority=order.priority if change.priority is None else change.priority,
        ship_to=change.ship_to,
        note=change.note or "",
        requested_at=change.requested_at if change.requested_at is not msgspec.UNSET else None,
        discount=change.discount or ZERO,
        shipping=change.shipping or ZERO,
        custom=change.custom or {},
    )
    found = [_renamed(item) for item in problems(draft, order.currency) if item.code != errors.NoLines.code]
    found += [error.detail() for error in _own_problems(order, change)]
    if change.custom is not None:
        found += custom_problems(recent_custom_fields("order"), change.custom, entity="order")
    if found:
        raise Refusal(found)
    # The order's own customer, discount and address have passed already; only what is added is resolved.
    plan = Plan(Submission(msgspec.structs.replace(draft, discount=ZERO, shipping=ZERO, custom={}), actor))
    if change.add_lines or change.add_charges:
        plan.ordered = units_kept(change, lines)
        resolve([plan], now=now, look_only=True)
        _price(plan)
    else:
        plan.channel = reference().channels.get(order.channel.code)
    if isinstance(plan.outcome, Refused):
        raise Refusal([_renamed(item) for item in plan.outcome.errors])
    plan.currency = order.currency
    return plan


def _price(plan: Plan) -> None:
    """Goods alone: whether charges may make the sum negative is decided for the whole order."""
    for living in alive([plan]):
        every = living.lines
        living.lines = [line for line in every if line.kind == GOODS]
        price(living)
        living.lines = every


def _own_problems(order: Order, change: OrderChange) -> Iterator[DomainError]:
    """Of the fields that a new order doesn't have."""
    if isinstance(change.promised_at, msgspec.UnsetType) or change.promised_at is None:
        pass
    else:
        yield from moment_problems(change.promised_at, "/promised_at")
    yield from text_problems(change.reason, "/reason", MAX_REASON, lines=True)
    if change.shipping is not None:
        yield from amount_problems(change.shipping, "/shipping", order.currency)


def _renamed(item: ErrorDetail) -> ErrorDetail:
    pointer = item.pointer or ""
    for old, new in _RENAMED:
        if pointer.startswith(old):
            pointer = pointer.replace(old, new, 1)
    return ErrorDetail(item.code, item.message, pointer or None, item.data)


def shipping_line(lines: Mapping[int, OrderLine]) -> OrderLine | None:
    """The order's shipping charge, if it has one that counts."""
    return next((row for row in lines.values() if row.kind == SHIPPING and row.quantity > row.quantity_cancelled), None)


def new_shipping_line(amount: Decimal) -> PlannedLine:
    rate = reference().tax_rates.get(CHARGE_TAX_CATEGORY, ZERO)
    why = {"price": {"source": "given"}, "tax": {"category": CHARGE_TAX_CATEGORY}}
    return PlannedLine(SHIPPING, "SHIPPING", "Shipping", ONE, amount, rate, explanation=why)


def check(order: Order, *, change: OrderChange, lines: Mapping[int, OrderLine], plan: Plan, actor: Actor) -> None:
    """Raises Refusal with everything that is wrong with changing these lines."""
    found = [*_pricing_problems(order, change, lines, actor), *_discount_problems(order, change, lines)]
    places = _places(change, lines)
    seen: set[int] = set()
    for index, item in enumerate(change.lines):
        line = lines.get(item.line_id)
        pointer = f"/lines/{index}"
        if line is None or item.line_id in seen or item.line_id in change.remove_lines:
            found.append(
                errors.UnknownLine(pointer=f"{pointer}/line_id", number=order.number, value=item.line_id).detail()
            )
            continue
        seen.add(item.line_id)
        found += _line_problems(order, line, item, pointer, places.get(line.variant_id or 0, 4), lines)
    found += _removal_problems(order, change, lines)
    kept = len(lines) - len(set(change.remove_lines) & lines.keys())
    if not kept and not plan.lines and not change.shipping:
        found.append(errors.NoLines(pointer="/remove_lines").detail())
    if (count := kept + len(plan.lines)) > MAX_LINES:
        found.append(errors.TooManyLines(pointer="/add_lines", limit=MAX_LINES, count=count).detail())
    if found:
        raise Refusal(found[:100])


def _pricing_problems(
    order: Order, change: OrderChange, lines: Mapping[int, OrderLine], actor: Actor
) -> Iterator[ErrorDetail]:
    """Prices of goods and discounts need the same permission as at first entry; charges don't."""
    if actor.may(Permission.ORDERS_PRICE_OVERRIDE):
        return
    permission = str(Permission.ORDERS_PRICE_OVERRIDE)
    for index, item in enumerate(change.lines):
        line = lines.get(item.line_id)
        if line is None or line.kind != GOODS:
            continue
        price = None if item.reprice else item.unit_price  # the price lists' own price is nobody's override
        for name, value, now in (
            ("unit_price", price, line.unit_price),
            ("discount", item.discount, line.line_discount),
        ):
            if value is not None and value != now:
                yield errors.PriceOverrideDenied(
                    pointer=f"/lines/{index}/{name}",
                    actor=actor.label,
                    sku=line.sku,
                    price=plain(line.unit_price),
                    permission=permission,
                ).detail()
    if change.discount is not None and change.discount != order.order_discount:
        yield errors.OrderDiscountDenied(pointer="/discount", actor=actor.label, permission=permission).detail()


def _discount_problems(order: Order, change: OrderChange, lines: Mapping[int, OrderLine]) -> Iterator[ErrorDetail]:
    if change.discount is None or change.discount == order.order_discount:
        return
    if any(line.quantity_invoiced for line in lines.values()):
        yield _fixed("/discount", order.number, _("discount"), _("part of the order is invoiced"))


def _fixed(pointer: str, sku: str, field: str, reason: str) -> ErrorDetail:
    return errors.LineNotChangeable(pointer=pointer, sku=sku, field=field, reason=reason).detail()


def _places(change: OrderChange, lines: Mapping[int, OrderLine]) -> dict[int, int]:
    """How finely each product is divisible whose quantity changes."""
    wanted = {lines[item.line_id].variant_id or 0 for item in change.lines if item.line_id in lines}
    return dict(Variant.objects.filter(pk__in=wanted).values_list("pk", "quantity_places"))


def _line_problems(
    order: Order, line: OrderLine, item: LineChange, pointer: str, places: int, lines: Mapping[int, OrderLine]
) -> list[ErrorDetail]:
    quantity = line.quantity if item.quantity is None else item.quantity
    probe = OrderDraft(channel="", lines=(LineDraft(line.sku, quantity, item.unit_price, item.discount or ZERO),))
    found = [
        replaced(detail, pointer=pointer + (detail.pointer or "").removeprefix("/lines/0"))
        for detail in problems(probe, order.currency)
        # A rebate or surcharge may be negative; only goods have a price range.
        if line.kind == GOODS or detail.code != errors.PriceOutOfRange.code
    ]
    if found:
        return found
    if quantity != line.quantity and not has_scale(quantity, places):
        wrong = errors.QuantityTooPrecise(
            pointer=f"{pointer}/quantity", sku=line.sku, places=places, value=str(quantity)
        )
        return [wrong.detail()]
    least = line.quantity_cancelled + max(line.quantity_shipped, line.quantity_invoiced + line.quantity_unbilled)
    if quantity < least:
        return [errors.BelowDone(pointer=f"{pointer}/quantity", sku=line.sku, count=plain(least)).detail()]
    if line.kind != GOODS and quantity != line.quantity:
        return [_fixed(f"{pointer}/quantity", line.sku, _("quantity"), _("charges have no quantity"))]
    # A discount is spread over the units of its line: over others, those that are invoiced would be worth something else.
    if quantity != line.quantity and line.quantity_invoiced and (line.line_discount or line.order_discount_share):
        why = _("part of it is invoiced with its discount; add a line for more of it, or cancel what is too much")
        return [_fixed(f"{pointer}/quantity", line.sku, _("quantity"), why)]
    for name, value, now in (
        ("unit_price", item.unit_price, line.unit_price),
        ("discount", item.discount, line.line_discount),
    ):
        if value is not None and value != now and line.quantity_invoiced:
            return [_fixed(f"{pointer}/{name}", line.sku, _FIELDS[name], _("part of the line is invoiced"))]
    return _worth_problems(order, line, item, quantity, pointer, lines)


def _worth_problems(
    order: Order,
    line: OrderLine,
    item: LineChange,
    quantity: Decimal,
    pointer: str,
    lines: Mapping[int, OrderLine],
) -> list[ErrorDetail]:
    if line.kind != GOODS:
        return []
    value = goods_value(quantity, line.unit_price if item.unit_price is None else item.unit_price, order.currency)
    if value > MAX_AMOUNT:
        return [
            errors.AmountOutOfRange(
                pointer=f"{pointer}/unit_price", value=str(value), low="0", high=str(MAX_AMOUNT)
            ).detail()
        ]
    discount = line.line_discount if item.discount is None else item.discount
    if any(row.quantity_invoiced for row in lines.values()):
        discount += line.order_discount_share  # stays as it was charged; else the order's discount is spread anew
    if discount > value:
        name = "discount" if item.discount is not None else "quantity" if item.quantity is not None else "unit_price"
        wrong = errors.DiscountTooLarge(pointer=f"{pointer}/{name}", value=plain(discount), limit=plain(value))
        return [wrong.detail()]
    return []


def _removal_problems(order: Order, change: OrderChange, lines: Mapping[int, OrderLine]) -> Iterator[ErrorDetail]:
    invoiced = any(line.quantity_invoiced for line in lines.values())
    for index, pk in enumerate(change.remove_lines):
        pointer = f"/remove_lines/{index}"
        line = lines.get(pk)
        if line is None:
            yield errors.UnknownLine(pointer=pointer, number=order.number, value=pk).detail()
        elif problem := removal_problem(line, anything_invoiced=invoiced):
            yield errors.LineNotRemovable(pointer=pointer, sku=line.sku, reason=problem).detail()
    line = shipping_line(lines)
    given = change.shipping
    if given is not None and line is not None and line.quantity_invoiced and given != line.unit_price:
        yield _fixed("/shipping", line.sku, _("shipping charge"), _("it is invoiced"))


def removal_problem(line: OrderLine, *, anything_invoiced: bool) -> str:
    """Why a line has to stay, in English; empty when it can go."""
    if line.quantity_shipped:
        return _("part of it is shipped")
    if line.quantity_invoiced:
        return _("part of it is invoiced")
    if line.quantity_cancelled:
        return _("part of it is cancelled")
    if anything_invoiced and line.order_discount_share:
        return _("its share of the order discount is invoiced")
    return ""
