"""Crediting an invoice by hand with all that follows for money, and what it would come to before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from orderwell.domains.automation.services.give_back import give_back, parts_to_give_back
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, Refund
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.credit import issue_credit_note, parts_of
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts, rounding_of, units_asked_for
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Credited:
    credit_note: CreditNote
    refunds: Sequence[Refund]


@dataclass(frozen=True, slots=True)
class CreditPreview:
    """`lines` by invoice line id. `due` is what the order then owes, negative when too much is paid, before `given_back`."""

    lines: Mapping[int, Amounts]
    total: Amounts
    due: Decimal
    given_back: Decimal
    reverses: bool

    @property
    def due_in_the_end(self) -> Decimal:
        return self.due + self.given_back


def credit_invoice(
    *,
    invoice_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    reason: str,
    reverses: bool = False,
    refund: bool = False,
    actor: Actor,
    now: datetime,
) -> Credited:
    """Credit {invoice line id: units}; with `refund` also give back what is then paid too much: give_back.py.

    Raises what `issue_credit_note` and `record_refund` raise; then nothing of it happened.
    """
    with atomic():
        note = issue_credit_note(
            invoice_id=invoice_id, quantities=quantities, reason=reason, reverses=reverses, actor=actor, now=now
        )
        refunds: list[Refund] = []
        if refund:
            worth, cause = note.gross_amount, f"credit-note:{note.pk}"
            shared: dict[str, Any] = {"reason": note.reason, "cause": cause, "actor": actor, "now": now}
            refunds = give_back(order_id=note.order_id, worth=worth, credited={note.invoice_id: worth}, **shared)
    return Credited(note, refunds)


def preview_credit(
    invoice: Invoice, quantities: Mapping[int, Decimal], *, reverses: bool = False, refund: bool = False
) -> CreditPreview:
    """What `credit_invoice` would write, from the same rules; nothing is locked and nothing written.

    For an invoice that the caller has looked up. Units that can't be credited are left out.
    """
    rows = {row.pk: row for row in InvoiceLine.objects.filter(invoice=invoice).order_by("pk")}
    units = {
        pk: quantity
        for pk, quantity in quantities.items()
        if pk in rows and quantity.is_finite() and 0 < quantity <= rows[pk].quantity - rows[pk].quantity_credited
    }
    parts = parts_of(invoice.order, rows, units)
    total = sum((part.amounts for part in parts), NOTHING)
    # Units that can be invoiced anew are asked for as before, at their price.
    concerned = [rows[part.invoice_line_id].order_line_id for part in parts] if reverses else []
    anew = sum((_without_rounding(line) for line in OrderLine.objects.filter(pk__in=concerned)), ZERO)
    due = due_amount(invoice.order) - (anew if reverses else total.gross)
    credited = {invoice.pk: total.gross}
    back = parts_to_give_back(invoice.order_id, total.gross, credited, due) if refund else {}
    given_back = sum(back.values(), ZERO)
    return CreditPreview({part.invoice_line_id: part.amounts for part in parts}, total, due, given_back, reverses)


def _without_rounding(line: OrderLine) -> Decimal:
    """What a line that is no longer invoiced as a whole asks for less than before: pricing.line_amounts."""
    return rounding_of(line).gross if units_asked_for(line) == line.quantity_invoiced else ZERO
