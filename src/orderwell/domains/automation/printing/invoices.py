"""Invoices and credit notes: issued once, so their file is stored and stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.printing.parts import PRICED, billed_to, priced_row, ship_to, sums
from orderwell.domains.billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from orderwell.domains.billing.queries import visible_credit_notes, visible_invoices
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import day_text
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Content, Say
from orderwell.platform.printing.kinds import DocumentKind, declare_kind

SHOWN = ("sku", "name", "quantity", "unit_price", "tax_rate", "net", "tax", "amount")
COLUMNS = {name: column for name, column in PRICED.items() if name != "discount"}


def invoices(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    rows = (
        visible_invoices(actor)
        .filter(pk__in=ids)
        .select_related("order__channel", "order__customer", "customer", "takes_back")
        .prefetch_related("lines__order_line")
    )
    found = {invoice.pk: invoice for invoice in rows}
    for pk in ids:
        if pk not in found:
            raise NotFound(kind="invoice", reference=str(pk))
    made = {}
    for invoice in found.values():
        made[invoice.pk] = Content(
            title=say(_("Invoice")),
            subject=f"invoice:{invoice.pk}",
            recipient=billed_to(invoice, actor, say(_("Bill to")), say),
            ship_to=ship_to(invoice.order, actor, say(_("Ship to")), say),
            facts=[
                (say(_("Date")), day_text(invoice.issued_at)),
                (say(_("Due")), day_text(invoice.due_at)),
                *([(say(_("Takes back credit note")), invoice.takes_back.number)] if invoice.takes_back else []),
                *_shared_facts(invoice, say),
            ],
            rows=[
                priced_row(
                    line.order_line,
                    say,
                    quantity=line.quantity,
                    net=line.net_amount,
                    tax=line.tax_amount,
                    gross=line.gross_amount,
                    currency=invoice.currency,
                )
                for line in sorted(invoice.lines.all(), key=lambda line: line.order_line.position)
            ],
            **_shared(invoice, say),
        )
    return [made[pk] for pk in ids]


def credit_notes(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    rows = (
        visible_credit_notes(actor)
        .filter(pk__in=ids)
        .select_related("order__channel", "order__customer", "customer", "invoice__order__customer")
        .prefetch_related("lines__invoice_line__order_line")
    )
    found = {note.pk: note for note in rows}
    for pk in ids:
        if pk not in found:
            raise NotFound(kind="credit note", reference=str(pk))
    made = {}
    for note in found.values():
        made[note.pk] = Content(
            title=say(_("Credit note")),
            subject=f"credit_note:{note.pk}",
            recipient=billed_to(note.invoice, actor, say(_("Bill to")), say),
            facts=[
                (say(_("Date")), day_text(note.issued_at)),
                (say(_("Invoice")), note.invoice.number),
                *_shared_facts(note, say),
            ],
            rows=[
                priced_row(
                    line.invoice_line.order_line,
                    say,
                    quantity=line.quantity,
                    net=line.net_amount,
                    tax=line.tax_amount,
                    gross=line.gross_amount,
                    currency=note.currency,
                )
                for line in sorted(note.lines.all(), key=lambda line: line.invoice_line.order_line.position)
            ],
            notes=[note.reason] if note.reason else [],
            **_shared(note, say),
        )
    return [made[pk] for pk in ids]


def _shared_facts(document: Invoice | CreditNote, say: Say) -> list[tuple[str, str]]:
    facts = [(say(_("Order")), document.order.number)]
    if document.customer:
        facts.append((say(_("Customer number")), document.customer.number))
    if document.order.external_id:
        facts.append((say(_("Your reference")), document.order.external_id))
    return facts


def _shared(document: Invoice | CreditNote, say: Say) -> dict[str, Any]:
    return {
        "number": document.number,
        "channel": document.order.channel.code,
        "language": document.customer.language if document.customer else "",
        "sums": sums(document.net_amount, document.tax_amount, document.gross_amount, document.currency, say),
        "extra": {"stream": f"order:{document.order_id}"},
    }


declare_kind(
    DocumentKind(
        code="invoice",
        title=_("Invoice"),
        source="invoice",
        permission=Permission.BILLING_INVOICE_VIEW,
        columns=COLUMNS,
        load=invoices,
        lines=lambda ids: InvoiceLine.objects.filter(invoice__in=ids).count(),
        issued=True,
        shown=SHOWN,
    )
)
declare_kind(
    DocumentKind(
        code="credit-note",
        title=_("Credit note"),
        source="credit_note",
        permission=Permission.BILLING_INVOICE_VIEW,
        columns=COLUMNS,
        load=credit_notes,
        lines=lambda ids: CreditNoteLine.objects.filter(credit_note__in=ids).count(),
        issued=True,
        shown=SHOWN,
    )
)
