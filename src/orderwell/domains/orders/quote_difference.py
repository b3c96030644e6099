"""What a quote says now and what somebody wanted to write over it, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.lines_alike import numbered
from orderwell.kernel.quantities import plain

HEADER = ("external_id", "customer", "discount", "shipping", "note", "priority", "requested_at", "custom", "charges")
# Of an address these are kept encrypted only: a difference names them and tells no value.
PERSONAL = ("recipient", "phone", "email", "street", "district")
PLACE = ("city", "region", "postcode", "country")


def quote_differences(theirs: OrderDraft, yours: OrderDraft) -> list[dict[str, Any]]:
    """`field` is a pointer into the body that was sent; a line that only the quote has is "/lines" without a number."""
    return list(_found(theirs, yours))


def _found(theirs: OrderDraft, yours: OrderDraft) -> Iterator[dict[str, Any]]:
    if theirs.channel != yours.channel:
        yield _step("/channel", theirs.channel, yours.channel)
    if yours.currency is not None and yours.currency != theirs.currency:
        yield _step("/currency", theirs.currency, yours.currency)
    for name in HEADER:
        old, new = getattr(theirs, name), getattr(yours, name)
        if old != new:
            yield _step(f"/{name}", old, new)
    yield from _address(theirs.ship_to or AddressDraft(), yours.ship_to or AddressDraft())
    yield from _lines(theirs, yours)


def _address(theirs: AddressDraft, yours: AddressDraft) -> Iterator[dict[str, Any]]:
    for name in (*PERSONAL, *PLACE):
        old, new = getattr(theirs, name), getattr(yours, name)
        if old != new:
            yield {"field": f"/ship_to/{name}"} if name in PERSONAL else _step(f"/ship_to/{name}", old, new)


def _lines(theirs: OrderDraft, yours: OrderDraft) -> Iterator[dict[str, Any]]:
    now = numbered(theirs.lines)
    typed = numbered(yours.lines)
    for index, (key, line) in enumerate(typed.items()):
        pointer = f"/lines/{index}"
        stored = now.get(key)
        if stored is None:
            yield _step(pointer, None, _line(line))
            continue
        for name in ("quantity", "unit_price", "discount"):
            old, new = getattr(stored, name), getattr(line, name)
            # No price of one's own means that of the day: it contradicts none.
            if old != new and new is not None:
                yield _step(f"{pointer}/{name}", old, new)
    for key, line in now.items():
        if key not in typed:
            yield _step("/lines", _line(line), None)


def _line(line: LineDraft) -> dict[str, Any]:
    price = None if line.unit_price is None else plain(line.unit_price)
    return {"sku": line.sku, "quantity": plain(line.quantity), "unit_price": price, "discount": plain(line.discount)}


def _step(pointer: str, theirs: Any, yours: Any) -> dict[str, Any]:
    return {"field": pointer, "theirs": _said(theirs), "yours": _said(yours)}


def _said(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else msgspec.to_builtins(value, str_keys=True)
