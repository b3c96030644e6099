"""Taking goods back with all that follows for money: return, credit note and refund, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.domains.automation.crediting import credit_note_of
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.automation.services.give_back import give_back
from orderwell.domains.automation.services.no_credit import lift_settlement
from orderwell.domains.billing.errors import PastOrder
from orderwell.domains.billing.models import CreditNote, Refund
from orderwell.domains.billing.services.credit import credit_units, creditable
from orderwell.domains.billing.services.invoice import write_invoice
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.queries import returned_units, visible_returns
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.settle_return import note_credited
from orderwell.domains.fulfilment.services.undo_return import already_undone
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.loading import lock_order
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking goods back wrote."""

    document: Return
    credit_notes: Sequence[CreditNote]
    refunds: Sequence[Refund]


def take_back(
    *, order_id: int, lines: Sequence[ReturnedUnits], reason: str, refund: bool = False, actor: Actor, now: datetime
) -> TakenBack:
    """Record a return and credit it; with `refund` also give back what is then paid too much: give_back.py.

    Raises what `record_return`, `credit_return` and `record_refund` raise; then nothing of it happened.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    with atomic():
        document = record_return(order_id=order_id, lines=lines, reason=reason, actor=actor, now=now)
        return settle_return(return_id=document.pk, refund=refund, actor=actor, now=now)


def settle_return(*, return_id: int, refund: bool = False, actor: Actor, now: datetime) -> TakenBack:
    """Credit a return that is there; with `refund` also give back what is then paid too much: give_back.py.

    Where all of it was credited by hand before, no credit note is written and the refund is made all the same. Raises what
    `credit_return` and `record_refund` raise; then nothing of it happened.
    """
    with atomic():
        notes = credit_return(return_id=return_id, actor=actor, now=now)
        document = visible_returns(actor).get(pk=return_id)
        worth = sum((note.gross_amount for note in notes), ZERO) if notes else document.gross_amount
        refunds: list[Refund] = []
        if refund and document.order_id:
            refunds = give_back(
                order_id=document.order_id,
                worth=worth,
                credited={note.invoice_id: note.gross_amount for note in notes},
                reason=document.reason,
                cause=f"return:{document.pk}",
                actor=actor,
                now=now,
            )
    return TakenBack(document, notes, refunds)


def credit_return(*, return_id: int, actor: Actor, now: datetime) -> list[CreditNote]:
    """Credit what a return brought back: a credit note for each invoice concerned.

    Goods that came back before they were invoiced are invoiced first, so that the books show what was delivered and what
    came back. Units that were already credited, as goodwill, are not credited twice. Raises NotFound, PastOrder,
    AlreadyCredited, ReturnUndone.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    with atomic():
        document = visible_returns(actor).filter(pk=return_id).first()
        if document is None:
            raise NotFound(kind="return", reference=str(return_id))
        if document.history or document.order_id is None:
            raise PastOrder(number=document.number)
        order = lock_order(document.order_id, actor=actor, permission=Permission.BILLING_CREDIT_NOTE_CREATE)
        if order.history:
            raise PastOrder(number=order.number)
        # With the order locked: it may have been undone a moment ago.
        document.refresh_from_db()
        if document.undone_at is not None:
            raise already_undone(document)
        cause = f"return:{return_id}"
        earlier = credit_note_of(return_id)
        if earlier is not None:
            raise AlreadyCredited(number=document.number, credit_note=earlier)
        lift_settlement(document, actor=actor, now=now)
        order.refresh_from_db()
        units = returned_units(document)
        _invoice_missing(order, units, cause, actor, now)
        possible = creditable(list(units))
        wanted = {pk: part for pk, quantity in units.items() if (part := min(quantity, possible[pk]))}
        if not wanted:
            return []
        note_credited(document)
        return credit_units(
            order, quantities=wanted, cause=cause, reason=document.reason, reverses=False, actor=actor, now=now
        )


def _invoice_missing(order: Order, units: dict[int, Decimal], cause: str, actor: Actor, now: datetime) -> None:
    possible = creditable(list(units))
    missing = {
        line.pk: quantity
        for line in OrderLine.objects.filter(pk__in=list(units))
        if (quantity := min(units[line.pk] - possible[line.pk], uninvoiced(line))) > 0
    }
    if missing:
        write_invoice(order, quantities=missing, cause=cause, actor=actor, now=now)
