"""Returns that ask for no money: what of them was never invoiced is then not billed either, and the way back.

Of a line that is invoiced in part, the invoiced units are taken to come back first, as crediting takes them. What crediting
would have to invoice first, merely to credit it, needs no bill once nothing is to be credited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.automation.crediting import credit_note_of, credited_among
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.billing.services.credit import creditable
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.fulfilment.queries import returned_units, unbilled_units
from orderwell.domains.fulfilment.services.settle_return import (
    keep_unbilled,
    reopen_return,
    settle_without_credit,
    take_unbilled,
)
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.unbilled import leave_unbilled
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic

ZERO = Decimal(0)


def settle_without(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """Say that nothing is to be credited for a return, and why; its units that were never invoiced are not billed.

    Raises AlreadyCredited, or what `settle_without_credit` raises.
    """
    with atomic():
        document = settle_without_credit(return_id=return_id, reason=reason, actor=actor, now=now)
        if (earlier := credit_note_of(return_id)) is not None:
            raise AlreadyCredited(number=document.number, credit_note=earlier)
        more = units_without_bill(document)
        if more and document.order_id is not None:
            keep_unbilled(document, more)
            leave_unbilled(Order.objects.get(pk=document.order_id), quantities=more, actor=actor, now=now)
    return document


def undo_settlement(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """The return waits for its credit note again, and what was left unbilled is to be invoiced. Raises what
    `reopen_return` raises.
    """
    with atomic():
        document = reopen_return(return_id=return_id, reason=reason, actor=actor, now=now)
        _bill_again(document, actor, now)
    return document


def lift_settlement(document: Return, *, actor: Actor, now: datetime) -> None:
    """Somebody credits it after all: what it left unbilled is to be invoiced. Its order is locked."""
    if document.settled_without:
        _bill_again(document, actor, now)


def _bill_again(document: Return, actor: Actor, now: datetime) -> None:
    units = take_unbilled(document)
    if units and document.order_id is not None:
        less = {pk: -quantity for pk, quantity in units.items()}
        leave_unbilled(Order.objects.get(pk=document.order_id), quantities=less, actor=actor, now=now)


def units_without_bill(document: Return) -> dict[int, Decimal]:
    """Order line -> units of a return that were never invoiced and need not be, once nothing is credited for it; without
    those that it left unbilled before. Also for those who only ask.
    """
    if document.history or document.order_id is None:
        return {}
    units = returned_units(document)
    already = unbilled_units(document)
    settled, waiting = _came_back(list(units), document.pk)
    invoiced = creditable(list(units))
    found = {}
    for line in OrderLine.objects.filter(pk__in=list(units), order__history=False):
        pk = line.pk
        # Returns that still wait for their credit note take of the invoiced units first.
        covered = max(invoiced[pk] - waiting[pk], ZERO) + line.quantity_unbilled
        part = min(units[pk] - already.get(pk, ZERO), uninvoiced(line), settled[pk] - covered)
        if part > 0:
            found[pk] = part
    return found


def _came_back(line_ids: Collection[int], return_id: int) -> tuple[Mapping[int, Decimal], Mapping[int, Decimal]]:
    """Units of each line that came back with returns that need no credit note, that one included; with returns that wait."""
    settled: dict[int, Decimal] = defaultdict(Decimal)
    waiting: dict[int, Decimal] = defaultdict(Decimal)
    rows = ReturnLine.objects.filter(
        order_line_id__in=line_ids, return_document__undone_at=None, return_document__history=False
    ).values_list("order_line_id", "quantity", "return_document_id", "return_document__settled_without")
    found = list(rows)
    credited = credited_among({document for _pk, _quantity, document, _why in found})
    for pk, quantity, document, why in found:
        if document == return_id or why:
            settled[pk or 0] += quantity
        elif document not in credited:
            waiting[pk or 0] += quantity
    return settled, waiting
