"""Available to promise by date: a pure rule on what is free now, what comes and what is already owed.

ATP at a moment is the least that is left at that moment or any later one, so that promising it never takes goods that a
later commitment counts on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Goods on their way to a warehouse. `kind` is "expected_receipt" or "transfer"; `due_at` is None where nobody said."""

    warehouse: str
    quantity: Decimal
    due_at: datetime | None
    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class Owed:
    """Goods that are promised without being reserved, such as backorders. `due_at` None means as soon as possible."""

    quantity: Decimal
    due_at: datetime | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What a channel must not promise of one product: `own` of the warehouses named there, `shared` once over all others."""

    own: Mapping[str, Decimal]
    shared: Decimal

    def of(self, free: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """How much of `free` is held back in each warehouse, never more than lies there.

        `free` stands in order of preference. The last ones hold back first, so that the best keeps what it can send.
        """
        held, left = {}, self.shared
        for code in reversed(list(free)):
            there = max(free[code], ZERO)
            if code in self.own:
                held[code] = min(there, self.own[code])
            else:
                held[code] = min(there, left)
                left -= held[code]
        return held


NOTHING = HeldBack({}, ZERO)


@dataclass(frozen=True, slots=True)
class Step:
    """One input of the calculation, in the order in which they count. `counted` says why not, when it does not."""

    moment: datetime
    kind: str
    quantity: Decimal
    reference: str
    counted: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """From `moment` on, `quantity` can be promised, until the next point says otherwise."""

    moment: datetime
    quantity: Decimal


def promise_series(
    free: Mapping[str, Decimal],
    incoming: Iterable[Incoming],
    owed: Iterable[Owed],
    *,
    held_back: HeldBack = NOTHING,
    now: datetime,
) -> tuple[list[Point], list[Step]]:
    """`free` is what each warehouse has left after reservations; it may be negative. `held_back` comes off it, and off
    what arrives as long as too little is there.

    A warehouse that lacks stock does not take it from another one: its next goods fill the gap first. Goods whose date
    has passed, or that have none, are listed but not counted, because nobody can promise them.
    """
    steps = [Step(now, "free", quantity, warehouse) for warehouse, quantity in sorted(free.items())]
    steps += [Step(now, "buffer", -quantity, place) for place, quantity in sorted(held_back.own.items()) if quantity]
    if held_back.shared and free.keys() - held_back.own.keys():
        steps.append(Step(now, "buffer", -held_back.shared, ""))
    coming = sorted(incoming, key=lambda goods: (goods.due_at or now, goods.reference))
    wanted = sorted(owed, key=lambda debt: (debt.due_at or now, debt.reference))
    moments: set[datetime] = {now}
    counted: list[Incoming] = []
    for goods in coming:
        reason = "no_date" if goods.due_at is None else "overdue" if goods.due_at <= now else ""
        moment = goods.due_at or now
        steps.append(Step(moment, goods.kind, goods.quantity, goods.reference, not reason, reason))
        if not reason:
            counted.append(goods)
            moments.add(moment)
    for debt in wanted:
        moment = max(debt.due_at or now, now)
        steps.append(Step(moment, "backorder", -debt.quantity, debt.reference))
        moments.add(moment)
    ordered = sorted(moments)
    left = [_left(free, counted, wanted, held_back, moment, now) for moment in ordered]
    return _points(ordered, left), sorted(steps, key=lambda step: step.moment)


def _left(
    free: Mapping[str, Decimal],
    incoming: Sequence[Incoming],
    owed: Sequence[Owed],
    held_back: HeldBack,
    moment: datetime,
    now: datetime,
) -> Decimal:
    """What is left at `moment` when everything due until then has happened."""
    positions = dict(free)
    for goods in incoming:
        if goods.due_at is not None and goods.due_at <= moment:
            positions[goods.warehouse] = positions.get(goods.warehouse, ZERO) + goods.quantity
    there = sum((max(position, ZERO) for position in positions.values()), ZERO)
    there -= sum(held_back.of(positions).values(), ZERO)
    return there - sum((debt.quantity for debt in owed if max(debt.due_at or now, now) <= moment), ZERO)


def _points(moments: Sequence[datetime], left: Sequence[Decimal]) -> list[Point]:
    """Least of now and later, backwards; moments at which nothing changes are left out."""
    points: list[Point] = []
    least: Decimal | None = None
    for moment, quantity in zip(reversed(moments), reversed(left), strict=True):
        least = quantity if least is None else min(least, quantity)
        points.append(Point(moment, max(least, ZERO)))
    points.reverse()
    return [point for i, point in enumerate(points) if i == 0 or points[i - 1].quantity != point.quantity]
