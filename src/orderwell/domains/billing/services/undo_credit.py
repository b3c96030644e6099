"""Undoing a credit note that was a mistake: both papers stay, and an invoice anew takes it back.

That invoice charges exactly the units and amounts that were credited. For the order's sums the credit note then reverses
its units and the invoice charges them again, so the order stands as it did before the credit note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from orderwell.domains.billing.accounts import accounts_of
from orderwell.domains.billing.charging import Account
from orderwell.domains.billing.errors import (
    CreditedUnitsGone,
    CreditNoteRefunded,
    CreditNoteUndone,
    PricesMovedOn,
)
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.billing.models import CreditNote, CreditNoteLine, Invoice, Refund
from orderwell.domains.billing.queries import visible_credit_notes
from orderwell.domains.billing.recipient import kept_text, recipient_of
from orderwell.domains.billing.services.invoice import write_document
from orderwell.domains.billing.services.ledger import came_in
from orderwell.domains.orders.models import Amendment, Order, OrderLine
from orderwell.domains.orders.pricing import Amounts, amounts_of_units
from orderwell.domains.orders.services.loading import lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import record_invoiced, record_money, refresh_states
from orderwell.domains.orders.snapshots import LineState, line_state_of
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

# A line of a credit note: the order's line, its units, their money.
Row = tuple[OrderLine, Decimal, Amounts]


def undo_credit_note(*, note_id: int, reason: str, actor: Actor, now: datetime) -> Invoice:
    """Returns the invoice that takes the credit note back.

    Raises NotFound, CreditNoteUndone, CreditNoteRefunded while money given back along with it stands, OrderStateForbids,
    or Refusal for the reason and with an entry for each line whose units or amounts have moved on.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    refuse(text_problems(reason, "/reason", 240, needed=True, lines=True))
    with atomic():
        order_id = visible_credit_notes(actor).filter(pk=note_id).values_list("order_id", flat=True).first()
        if order_id is None:
            raise NotFound(kind="credit note", reference=str(note_id))
        # The order first, as everywhere that money is written: whoever refunds or undoes at once stands in line here.
        order = lock_order(order_id, actor=actor, permission=Permission.BILLING_CREDIT_NOTE_CREATE)
        note = CreditNote.objects.select_for_update().get(pk=note_id)
        if note.undone_at is not None:
            raise _already_undone(note)
        if (stands := _refund_in_the_way(note)) is not None:
            raise stands
        rows = _rows_of(order, note)
        refuse(_moved_on(order, note, rows))
        require_state(order, Order.State.PLACED, Order.State.COMPLETED)
        return _take_back(order, note, rows, reason.strip(), actor, now)


def undo_credit_notes(*, note_ids: Sequence[int], reason: str, actor: Actor, now: datetime) -> list[Invoice]:
    """Several that were written together, the newest first; all of them or none."""
    with atomic():
        return [undo_credit_note(note_id=pk, reason=reason, actor=actor, now=now) for pk in sorted(note_ids)[::-1]]


def in_the_way(note: CreditNote) -> DomainError | None:
    """The first thing that its undoing would be refused for now, for those who only ask. Nothing is locked.

    None for one that is undone: that says enough.
    """
    if note.undone_at is not None:
        return None
    if (stands := _refund_in_the_way(note)) is not None:
        return stands
    order = note.order
    for problem in _moved_on(order, note, _rows_of(order, note)):
        return problem
    try:
        require_state(order, Order.State.PLACED, Order.State.COMPLETED)
    except DomainError as problem:
        return problem
    return None


def _rows_of(order: Order, note: CreditNote) -> list[Row]:
    lines = {line.pk: line for line in lines_of(order)}
    rows = CreditNoteLine.objects.filter(credit_note=note).select_related("invoice_line").order_by("pk")
    return [
        (
            lines[row.invoice_line.order_line_id],
            row.quantity,
            Amounts(row.net_amount, row.tax_amount, row.gross_amount),
        )
        for row in rows
    ]


def _already_undone(note: CreditNote) -> CreditNoteUndone:
    invoice = Invoice.objects.filter(takes_back=note).values_list("number", flat=True).first() or "-"
    return CreditNoteUndone(
        number=note.number, who=note.undone_by, moment=note.undone_at, invoice=invoice, reason=note.undone_reason
    )


def _refund_in_the_way(note: CreditNote) -> CreditNoteRefunded | None:
    """Money that went back because of it would be asked for again."""
    causes = [f"credit-note:{note.pk}", *([note.cause] if note.cause.startswith("return:") else [])]
    refunds = Refund.objects.filter(payment__order_id=note.order_id, cause__in=causes, undone_at=None)
    amount = refunds.aggregate(total=Sum("amount"))["total"]
    return CreditNoteRefunded(number=note.number, amount=amount, currency=note.currency) if amount else None


def _moved_on(order: Order, note: CreditNote, rows: Sequence[Row]) -> Iterator[DomainError]:
    """Units that it reversed must be free to be charged again, and at the prices of then."""
    if not note.reverses:
        return iter(())
    accounts = accounts_of([line.pk for line, *_rest in rows])
    found = (_problem(order, note, row, accounts) for row in rows)
    return (problem for problem in found if problem is not None)


def _problem(order: Order, note: CreditNote, row: Row, accounts: Mapping[int, Account]) -> DomainError | None:
    line, quantity, amounts = row
    account = accounts[line.pk]
    if (left := uninvoiced(line)) < quantity:
        return CreditedUnitsGone(sku=line.sku, number=note.number, value=plain(quantity), left=plain(left))
    fits = account.charged + amounts == amounts_of_units(order, line, account.invoiced + quantity)
    if not fits and _repriced_since(order, note, line):
        return PricesMovedOn(sku=line.sku, number=note.number)
    return None


def _repriced_since(order: Order, note: CreditNote, line: OrderLine) -> bool:
    """Whether a change of the order, or the undoing of one, made a unit worth something else."""
    then = note.issued_at
    for row in Amendment.objects.filter(Q(made_at__gte=then) | Q(undone_at__gte=then), order=order):
        was, became = (part.get("lines", {}).get(str(line.pk)) for part in (row.before, row.after))
        if was and became and _unit_worth(line_state_of(was)) != _unit_worth(line_state_of(became)):
            return True
    return False


def _unit_worth(line: LineState) -> tuple[Decimal, Decimal]:
    return line.unit_price, (line.line_discount + line.order_discount_share) / line.quantity


def _take_back(
    order: Order, note: CreditNote, rows: Sequence[Row], reason: str, actor: Actor, now: datetime
) -> Invoice:
    if note.reverses:
        record_invoiced(order, {line.pk: (quantity, amounts) for line, quantity, amounts in rows})
        record_money(order.pk, invoiced=note.gross_amount)
    else:
        # Reversed by the one paper and invoiced by the other: of the units nothing changes but that they are credited.
        record_money(order.pk, credited=-note.gross_amount)
    refresh_states([order.pk], actor=actor, now=now, received=came_in(order.pk))
    note.reverses, note.undone_at, note.undone_by, note.undone_reason = True, now, actor.label, reason
    note.save(update_fields=["reverses", "undone_at", "undone_by", "undone_reason"])
    # It bills whom the first one did, whatever the customer's address is today.
    bill_to = note.invoice.bill_to or kept_text(recipient_of(order))
    cause = f"credit-note:{note.pk}"
    invoice = write_document(order, rows=rows, cause=cause, bill_to=bill_to, takes_back=note, actor=actor, now=now)
    data = {
        "number": note.number,
        "amount": note.gross_amount,
        "currency": note.currency,
        "invoice": invoice.number,
        "reason": reason,
    }
    fact = Fact(BillingEvent.CREDIT_UNDONE, f"order:{order.pk}", f"credit_note:{note.pk}", data)
    record(fact, actor=actor, now=now)
    return invoice
