"""Prices in a change of a placed order: what stays, stays as it was agreed; what is asked to be priced anew is, by today's rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.orders import errors
from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.price_reasons import reason
from orderwell.domains.prices.resolving import price_book, price_day
from orderwell.domains.prices.rule import Buyer, choose
from orderwell.kernel.errors import Refusal

GOODS = OrderLine.Kind.GOODS
Reasons = dict[int, dict[str, Any]]


def units_kept(change: OrderChange, lines: Mapping[int, OrderLine]) -> dict[str, Decimal]:
    """Units of each SKU in the lines that were there, with their new quantities; cancelled ones don't count."""
    given = {item.line_id: item.quantity for item in change.lines if item.quantity is not None}
    units: dict[str, Decimal] = defaultdict(Decimal)
    for pk, line in lines.items():
        if line.kind == GOODS and pk not in change.remove_lines:
            units[line.sku] += given.get(pk, line.quantity) - line.quantity_cancelled
    return units


def repriced(
    order: Order, change: OrderChange, lines: Mapping[int, OrderLine], *, number: int, now: datetime
) -> tuple[OrderChange, Reasons]:
    """The change with a price for each line that is to be priced anew, and the reasons of all prices that change.

    Raises Refusal where a product has no price any more.
    """
    wanted = {
        item.line_id: lines[item.line_id]
        for item in change.lines
        if (item.reprice or item.unit_price is not None)
        and item.line_id in lines
        and lines[item.line_id].kind == GOODS
        and lines[item.line_id].variant_id is not None
    }
    if not wanted:
        return change, {}
    buyer = _buyer(order)
    currency = order.currency
    book = price_book({(line.variant_id or 0, currency) for line in wanted.values()}, {buyer}, day=price_day(now))
    scopes = book.scopes_for(buyer, currency)
    units = units_kept(change, lines)
    for draft in change.add_lines:
        units[draft.sku] += draft.quantity
    items: list[LineChange] = []
    reasons: Reasons = {}
    wrong = []
    for index, item in enumerate(change.lines):
        line = wanted.get(item.line_id)
        if line is None:
            items.append(item)
            continue
        variant = line.variant_id or 0
        chosen, base = choose(book.offers(variant, scopes), units[line.sku]), book.listed.get((variant, currency))
        price = item.unit_price
        if item.reprice:
            price = chosen.price if chosen is not None else base
            if price is None:
                missing = errors.NoPrice(pointer=f"/lines/{index}/reprice", sku=line.sku, currency=currency)
                wrong.append(missing.detail())
                continue
        items.append(msgspec.structs.replace(item, unit_price=price))
        if price != line.unit_price:
            why = reason(chosen, base, units=units[line.sku], given=not item.reprice)
            reasons[line.pk] = {**why, "change": number} if item.reprice else why
    if wrong:
        raise Refusal(wrong)
    return msgspec.structs.replace(change, lines=tuple(items)), reasons


def _buyer(order: Order) -> Buyer:
    group = order.customer.group_id if order.customer is not None else None
    return Buyer(order.customer_id, group, order.channel_id, order.prices_include_tax)
