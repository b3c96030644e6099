"""Goods that came back and still wait for their credit note.

A return and its money are two people's work in most companies; whatever lies between them must not be forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count

from django.db.models import Q, QuerySet, prefetch_related_objects

from orderwell.domains.billing.models import CreditNote
from orderwell.domains.billing.services.credit import creditable
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.queries import visible_returns
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

# How many are looked at in one go.
LOOKED_AT = 300


def awaiting_credit(returns: Sequence[Return]) -> list[Return]:
    """Those of `returns` that were neither credited nor settled without, and of which something can be credited."""
    open_ = [row for row in returns if row.order_id and not (row.history or row.settled_without or row.undone_at)]
    credited = credited_among([row.pk for row in open_])
    open_ = [row for row in open_ if row.pk not in credited]
    if not open_:
        return []
    prefetch_related_objects(open_, "lines")
    wanted = {row.pk: {line.order_line_id for line in row.lines.all() if line.order_line_id} for row in open_}
    possible = _possible(set().union(*wanted.values()))
    return [row for row in open_ if any(possible[line] > 0 for line in wanted[row.pk])]


def _possible(line_ids: set[int]) -> dict[int, Decimal]:
    """Units of each order line that are invoiced and not credited, or can be invoiced to be credited."""
    found: dict[int, Decimal] = defaultdict(Decimal, creditable(list(line_ids)))
    for line in OrderLine.objects.filter(pk__in=line_ids, order__history=False):
        found[line.pk] += uninvoiced(line)
    return found


def returns_to_credit(actor: Actor, *, limit: int) -> list[Return]:
    """What waits for somebody who writes credit notes, the oldest first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    # A credit note that was undone leaves its return waiting again; there are few of them.
    undone = CreditNote.objects.filter(cause__startswith="return:", undone_at__isnull=False)
    again = _returns_of(undone)
    rows = visible_returns(actor).filter(Q(awaits_credit=True) | Q(pk__in=again)).select_related("order")
    rows = rows.order_by("received_at", "pk")
    found: list[Return] = []
    for start in count(0, LOOKED_AT):
        part = list(rows[start : start + LOOKED_AT])
        found += awaiting_credit(part)
        if len(part) < LOOKED_AT or len(found) >= limit:
            break
    return found[:limit]


def credited_among(return_ids: Iterable[int]) -> set[int]:
    """Those of the returns for which a credit note stands."""
    return _returns_of(CreditNote.objects.filter(cause__in=[f"return:{pk}" for pk in return_ids], undone_at=None))


def _returns_of(notes: QuerySet[CreditNote]) -> set[int]:
    return {int(cause.removeprefix("return:")) for cause in notes.values_list("cause", flat=True)}


def credit_note_of(return_id: int) -> str | None:
    """The number of the credit note, or of the first of several, that was written for a return and stands."""
    notes = CreditNote.objects.filter(cause=f"return:{return_id}", undone_at=None).order_by("pk")
    return notes.values_list("number", flat=True).first()
