"""What is different between two moments of an order: money, lines, stock, dates. Pure; shown before a change is made."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.orders.snapshots import HEADER, OWN, LineState, Snapshot, plain

ZERO = Decimal(0)
ADDRESS = ("ship_country", "ship_region", "ship_city", "ship_postcode")


class Step(msgspec.Struct, frozen=True):
    """A number before and after."""

    old: Decimal
    new: Decimal

    @property
    def delta(self) -> Decimal:
        return self.new - self.old


class Move(msgspec.Struct, frozen=True):
    """Stock of one product in one warehouse that is taken (positive) or becomes free again (negative)."""

    sku: str
    warehouse: str
    quantity: Decimal


class Missing(msgspec.Struct, frozen=True):
    """Units of a product that wait for stock, before and after."""

    sku: str
    old: Decimal
    new: Decimal

    @property
    def delta(self) -> Decimal:
        return self.new - self.old


class LineDifference(msgspec.Struct, frozen=True):
    """`kind` is "added", "removed" or "changed". `amount` is with tax, `net` without. `sourcing` says why new goods come from where they come from.

    `price` is the reason of a price that is new: of an added line, or of one that was changed.
    """

    kind: str
    line_kind: str
    line_id: int | None
    sku: str
    name: str
    quantity: Step
    unit_price: Step
    discount: Step
    amount: Step
    sourcing: list[dict[str, Any]] = []
    price: dict[str, Any] = {}
    net: Step = Step(ZERO, ZERO)


class FieldDifference(msgspec.Struct, frozen=True):
    name: str
    old: Any
    new: Any


class Difference(msgspec.Struct, frozen=True):
    """`fingerprint` names exactly this difference: who agreed to it can be held to it."""

    net: Step
    tax: Step
    total: Step
    discount: Step
    due: Step
    lines: list[LineDifference]
    stock: list[Move]
    missing: list[Missing]
    fields: list[FieldDifference]
    fingerprint: str = ""

    @property
    def nothing(self) -> bool:
        return not (self.lines or self.stock or self.missing or self.fields or self.discount.delta)

    @property
    def keeps_prices(self) -> bool:
        """A line has another quantity and the price it had: the reader may expect that of the new quantity."""
        return any(
            line.kind == "changed" and line.line_kind == "goods" and line.quantity.delta and not line.unit_price.delta
            for line in self.lines
        )

    @property
    def freed(self) -> list[Move]:
        return [move for move in self.stock if move.quantity < 0]

    @property
    def taken(self) -> list[Move]:
        return [move for move in self.stock if move.quantity > 0]


def compare(before: Snapshot, after: Snapshot) -> Difference:
    found = Difference(
        net=Step(before.net_amount, after.net_amount),
        tax=Step(before.tax_amount, after.tax_amount),
        total=Step(before.total_amount, after.total_amount),
        discount=Step(before.header.order_discount, after.header.order_discount),
        due=Step(before.due, after.due),
        lines=list(_lines(before, after)),
        stock=_stock(before, after),
        missing=_missing(before, after),
        fields=list(_fields(before, after)),
    )
    return msgspec.structs.replace(found, fingerprint=_fingerprint(found))


def _fingerprint(found: Difference) -> str:
    # New lines get their ids when they are written; nobody agrees to an id.
    lines = [msgspec.structs.replace(line, line_id=None, sourcing=[], price={}) for line in found.lines]
    encoded = msgspec.json.encode(msgspec.structs.replace(found, lines=lines), order="sorted")
    return hashlib.sha256(encoded).hexdigest()[:24]


def touched(before: Snapshot, after: Snapshot) -> list[str]:
    """Names of all that differs: header fields, and lines as "line:7"."""
    keys = [name for name in HEADER if getattr(before.header, name) != getattr(after.header, name)]
    if before.ship_to != after.ship_to:
        keys.append("ship_to")
    lines = [
        pk for pk in before.lines.keys() | after.lines.keys() if _differ(before.lines.get(pk), after.lines.get(pk))
    ]
    return [*keys, *(f"line:{pk}" for pk in sorted(lines))]


def _differ(old: LineState | None, new: LineState | None) -> bool:
    if old is None or new is None:
        return True
    names = (*OWN, "quantity_cancelled", "reserved", "waiting")
    return any(getattr(old, name) != getattr(new, name) for name in names)


def _lines(before: Snapshot, after: Snapshot) -> Iterator[LineDifference]:
    known = {**after.lines, **before.lines}
    for pk in sorted(known, key=lambda key: known[key].position):
        old, new = before.lines.get(pk), after.lines.get(pk)
        there = new or old
        if there is None:
            continue
        found = LineDifference(
            kind="added" if old is None else "removed" if new is None else "changed",
            line_kind=there.kind,
            line_id=pk,
            sku=there.sku,
            name=there.name,
            quantity=Step(_active(old), _active(new)),
            unit_price=Step(old.unit_price if old else ZERO, new.unit_price if new else ZERO),
            discount=Step(_discount(old), _discount(new)),
            amount=Step(old.gross_amount if old else ZERO, new.gross_amount if new else ZERO),
            sourcing=_sourcing(old, new),
            price=_new_price(old, new),
            net=Step(old.net_amount if old else ZERO, new.net_amount if new else ZERO),
        )
        if any(step.delta for step in (found.quantity, found.unit_price, found.discount, found.amount)):
            yield found


def _active(line: LineState | None) -> Decimal:
    return line.quantity - line.quantity_cancelled if line else ZERO


def _discount(line: LineState | None) -> Decimal:
    return line.line_discount + line.order_discount_share if line else ZERO


def _sourcing(old: LineState | None, new: LineState | None) -> list[dict[str, Any]]:
    if new is None:
        return []
    chosen = new.explanation.get("sourcing", [])
    return list(chosen[len(old.explanation.get("sourcing", [])) if old else 0 :])


def _new_price(old: LineState | None, new: LineState | None) -> dict[str, Any]:
    if new is None or (old is not None and old.unit_price == new.unit_price):
        return {}
    return dict(new.explanation.get("price", {}))


def _stock(before: Snapshot, after: Snapshot) -> list[Move]:
    change: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for snapshot, sign in ((before, -1), (after, 1)):
        for line in snapshot.lines.values():
            for item, quantity in line.reserved.items():
                sku, warehouse, _ = snapshot.places[item]
                change[sku, warehouse] += sign * quantity
    return [Move(sku, warehouse, quantity) for (sku, warehouse), quantity in sorted(change.items()) if quantity]


def _missing(before: Snapshot, after: Snapshot) -> list[Missing]:
    """By the line's own product: a bundle counts the units of its components."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for index, snapshot in enumerate((before, after)):
        for line in snapshot.lines.values():
            for waiting in line.waiting.values():
                sums[line.sku][index] += waiting.quantity
    return [Missing(sku, old, new) for sku, (old, new) in sorted(sums.items()) if old != new]


def _fields(before: Snapshot, after: Snapshot) -> Iterator[FieldDifference]:
    for name in ("requested_at", "promised_at", "priority", "note", "custom"):
        old, new = getattr(before.header, name), getattr(after.header, name)
        if old != new:
            yield FieldDifference(name, plain(old), plain(new))
    if before.ship_to != after.ship_to or _place(before) != _place(after):
        # Street, phone and e-mail stay out: personal data lives in encrypted columns only.
        yield FieldDifference("ship_to", _place(before), _place(after))


def _place(snapshot: Snapshot) -> str:
    return " ".join(filter(None, (getattr(snapshot.header, name) for name in ADDRESS)))
