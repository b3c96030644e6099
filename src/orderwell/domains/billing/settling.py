"""What of each invoice of an order is settled: pure rules over what was charged, credited and paid.

A payment that names an invoice settles that one, up to what is asked for it. Everything else (payments that name none, what
they bring beyond their invoice, and what credit notes took back beyond theirs) settles the oldest invoices first. A
refund lessens what its own payment brings. So what one invoice loses is made up by whatever is there beyond the
others, and only then does it, or the newest, become open again.

An invoice that takes a credit note back stands with the invoice of that credit note, in its place and for its money:
crediting by mistake and undoing that leaves open what was open before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

ZERO = Decimal(0)
NONE: Mapping[int, int] = {}


def settled(
    asked: Sequence[tuple[int, Decimal]],
    named: Mapping[int, Decimal],
    paid: Decimal,
    again: Mapping[int, int] = NONE,
) -> dict[int, Decimal]:
    """Invoice -> how much of it is settled.

    `asked` are the invoices, the oldest first, each with its amount less its credit notes: negative where these were worth
    more. `named` is what payments that name an invoice bring it, `paid` what all payments bring, both less refunds.
    `again` has of each invoice that takes a credit note back the invoice of that credit note.
    """
    if not again:
        return _each(asked, named, paid)
    together: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for pk, amount in asked:
        together[_first(pk, again)].append((pk, amount))
    sums = [(first, sum((amount for _pk, amount in rows), ZERO)) for first, rows in together.items()]
    theirs = {first: sum((named.get(pk, ZERO) for pk, _amount in rows), ZERO) for first, rows in together.items()}
    parts = _each(sums, theirs, paid)
    found: dict[int, Decimal] = {}
    for first, rows in together.items():
        found |= _each(rows, named, parts[first])
    return found


def _first(pk: int, again: Mapping[int, int]) -> int:
    while pk in again:
        pk = again[pk]
    return pk


def _each(asked: Sequence[tuple[int, Decimal]], named: Mapping[int, Decimal], paid: Decimal) -> dict[int, Decimal]:
    found = {pk: min(max(amount, ZERO), max(named.get(pk, ZERO), ZERO)) for pk, amount in asked}
    beyond = sum((-amount for _pk, amount in asked if amount < ZERO), ZERO)
    rest = max(paid + beyond - sum(found.values(), ZERO), ZERO)
    for pk, amount in asked:
        part = min(max(amount, ZERO) - found[pk], rest)
        found[pk] += part
        rest -= part
    return found


def open_amounts(
    asked: Sequence[tuple[int, Decimal]],
    named: Mapping[int, Decimal],
    paid: Decimal,
    again: Mapping[int, int] = NONE,
) -> dict[int, Decimal]:
    """Invoice -> what is still open of it, never negative."""
    done = settled(asked, named, paid, again)
    return {pk: max(amount, ZERO) - done[pk] for pk, amount in asked}
