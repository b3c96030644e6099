"""Invoices, credit notes, payments and refunds."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import about_asked
from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import (
    Amount,
    AmountIn,
    Exact,
    Id,
    InCurrency,
    Input,
    Moment,
    QuantityIn,
    Reason,
    Shape,
    columns,
)
from orderwell.domains.automation.services.bill import invoice_shipment
from orderwell.domains.automation.services.credit_invoice import credit_invoice as credit_and_refund
from orderwell.domains.automation.services.take_back import credit_return
from orderwell.domains.billing import queries
from orderwell.domains.billing.models import CreditNote, Invoice, Payment, Refund
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.billing.services.undo_credit import undo_credit_note
from orderwell.domains.billing.services.undo_money import undo_payment, undo_refund
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("billing")
INVOICES, INVOICE = Permission.BILLING_INVOICE_VIEW, Permission.BILLING_INVOICE_CREATE
CREDIT, REFUND = Permission.BILLING_CREDIT_NOTE_CREATE, Permission.BILLING_REFUND_CREATE
PAYMENTS, PAY = Permission.BILLING_PAYMENT_VIEW, Permission.BILLING_PAYMENT_CREATE
Units = Annotated[dict[Id, QuantityIn] | None, Field(max_length=2000, description="Units by line id; without it, all")]
Search = Annotated[str, Field(max_length=40)]


class DocumentShape(InCurrency):
    id: int
    number: str
    order_id: int
    order: str
    customer: str | None
    cause: str = Field(description='What it was made for, such as "order:7" or "shipment:3"')
    currency: str
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount
    issued_at: Moment
    actor_label: str


class InvoiceShape(DocumentShape):
    due_at: Moment
    open_amount: Amount = Field(description="What is still to be paid of it, without its credit notes")
    takes_back: int | None = Field(description="The credit note that this invoice takes back, where it does that")


class InvoiceLineShape(Shape):
    id: int
    order_line_id: int
    sku: str
    name: str
    quantity: Exact
    quantity_credited: Exact
    tax_rate: Exact
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount


class InvoiceDetailShape(InvoiceShape):
    lines: list[InvoiceLineShape]


class CreditNoteShape(DocumentShape):
    invoice_id: int
    invoice: str
    reason: str
    reverses: bool = Field(description="Its units are no longer invoiced by the invoice that it credits")
    undone_at: Moment | None = Field(description="When it was undone because it was a mistake")
    undone_by: str
    undone_reason: str
    taken_back_by: int | None = Field(description="The invoice that took it back, of one that was undone")


class CreditNoteLineShape(Shape):
    id: int
    invoice_line_id: int
    quantity: Exact
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount


class CreditNoteDetailShape(CreditNoteShape):
    lines: list[CreditNoteLineShape]


class PaymentShape(InCurrency):
    id: int
    order_id: int
    order: str
    customer: str | None
    invoice_id: int | None
    invoice: str | None = Field(description="Number of the invoice that the payer named; it is settled first")
    method: str
    reference: str | None
    currency: str
    amount: Amount
    refunded_amount: Amount
    received_at: Moment
    actor_label: str
    undone_at: Moment | None = Field(
        description="When it was undone because it was a mistake; then it counts no longer"
    )
    undone_by: str
    undone_reason: str


class RefundShape(InCurrency):
    id: int
    payment_id: int
    currency: str
    amount: Amount
    reason: str
    cause: str = Field(description='What it was made along with, such as "return:4" or "credit-note:5"; mostly empty')
    reference: str | None
    refunded_at: Moment
    actor_label: str
    undone_at: Moment | None
    undone_by: str
    undone_reason: str

    @staticmethod
    def resolve_currency(row: Refund) -> str:
        return row.payment.currency


class PaymentDetailShape(PaymentShape):
    refunds: list[RefundShape]


class MoneyShape(InCurrency):
    """`due` is what is still to be paid for the order as it stands; `balance` what is owed on documents issued so far."""

    currency: str
    total: Amount
    invoiced: Amount
    credited: Amount
    paid: Amount
    due: Amount
    balance: Amount


class Invoicing(Input):
    lines: Units = None


class Crediting(Input):
    lines: Units = None
    reason: Reason
    reverses: bool = Field(default=False, description="The units become uninvoiced and can be invoiced anew")
    refund: bool = Field(
        default=False,
        description="Also give back what is thereby paid too much, at most the amount of the credit note; needs "
        "billing:refund:create",
    )


class NewPayment(Input):
    amount: AmountIn
    method: str = Field(max_length=20)
    reference: str | None = Field(
        default=None, max_length=120, description="Of the provider; told twice it is one payment"
    )
    received_at: Moment | None = None
    invoice: str | None = Field(
        default=None,
        max_length=40,
        description="Number of the invoice of this order that the payer named: it is settled first, what is left settles "
        "the oldest of the others. Without it the oldest are settled first",
    )
    overpay: bool = Field(
        default=False,
        description="So much was really paid. Without it a payment of ten times what was ordered and is still due, or more, is "
        "refused (`payment_far_above_order`); what is less than that too much is taken in any case",
    )


class NewRefund(Input):
    amount: AmountIn
    reason: Reason
    reference: str | None = Field(default=None, max_length=120)


class Undoing(Input):
    reason: Reason


def _named(row: Invoice | CreditNote | Payment) -> dict[str, Any]:
    return {"order": row.order.number, "customer": row.customer.number if row.customer is not None else None}


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return columns(InvoiceShape, invoice, **_named(invoice), takes_back=invoice.takes_back_id)


def _invoice_detail(request: ApiRequest, invoice_id: int) -> dict[str, Any]:
    invoice = queries.invoice_detail(may_also(request.actor, INVOICES), invoice_id)
    lines = [
        columns(InvoiceLineShape, line, sku=line.order_line.sku, name=line.order_line.name)
        for line in invoice.lines.all()
    ]
    return {**_invoice(invoice), "lines": lines}


def _credit_note(note: CreditNote) -> dict[str, Any]:
    anew = note.taken_back_by.pk if note.undone_at else None
    return columns(CreditNoteShape, note, **_named(note), invoice=note.invoice.number, taken_back_by=anew)


def _credit_note_detail(request: ApiRequest, note_id: int) -> dict[str, Any]:
    note = queries.credit_note_detail(may_also(request.actor, INVOICES), note_id)
    return {**_credit_note(note), "lines": [columns(CreditNoteLineShape, line) for line in note.lines.all()]}


def _payment(payment: Payment) -> dict[str, Any]:
    invoice = payment.invoice.number if payment.invoice is not None else None
    return columns(PaymentShape, payment, **_named(payment), invoice=invoice)


def _payment_detail(request: ApiRequest, payment_id: int) -> dict[str, Any]:
    payment = queries.payment_detail(may_also(request.actor, PAYMENTS), payment_id)
    return {**_payment(payment), "refunds": list(payment.refunds.all())}


@routes.read("/invoices", permission=INVOICES, response=Page[InvoiceShape])
def list_invoices(
    request: ApiRequest,
    response: HttpResponse,
    order_id: Id | None = None,
    customer_id: Id | None = None,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first. `search` is a number or its beginning, or the number or customer of the order."""
    found = queries.invoice_list(
        request.actor, **about_asked(request.actor, order_id, customer_id), text=search, cursor=cursor, limit=limit
    )
    return shown(found, show=_invoice, request=request, response=response)


@routes.read("/invoices/{invoice_id}", permission=INVOICES, response=InvoiceDetailShape)
def get_invoice(request: ApiRequest, invoice_id: Id) -> dict[str, Any]:
    return _invoice_detail(request, invoice_id)


@routes.write("POST", "/orders/{order_id}/invoices", permission=INVOICE, response=InvoiceDetailShape, status=201)
def invoice_order(request: ApiRequest, order_id: Id, body: Invoicing) -> dict[str, Any]:
    """Invoice some units of an order, or everything that is not invoiced. Numbers have no gaps."""
    invoice = issue_invoice(order_id=order_id, quantities=body.lines, actor=request.actor, now=utc_now())
    return _invoice_detail(request, invoice.pk)


@routes.write("POST", "/shipments/{shipment_id}/invoices", permission=INVOICE, response=InvoiceDetailShape, status=201)
def invoice_one_shipment(request: ApiRequest, shipment_id: Id) -> dict[str, Any]:
    """Invoice what became complete with a shipment and is not invoiced yet."""
    invoice = invoice_shipment(shipment_id=shipment_id, actor=request.actor, now=utc_now())
    return _invoice_detail(request, invoice.pk)


@routes.read("/credit-notes", permission=INVOICES, response=Page[CreditNoteShape])
def list_credit_notes(
    request: ApiRequest,
    response: HttpResponse,
    order_id: Id | None = None,
    customer_id: Id | None = None,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first. `search` is a number or its beginning, or the number or customer of the order."""
    found = queries.credit_note_list(
        request.actor, **about_asked(request.actor, order_id, customer_id), text=search, cursor=cursor, limit=limit
    )
    return shown(found, show=_credit_note, request=request, response=response)


@routes.read("/credit-notes/{note_id}", permission=INVOICES, response=CreditNoteDetailShape)
def get_credit_note(request: ApiRequest, note_id: Id) -> dict[str, Any]:
    return _credit_note_detail(request, note_id)


@routes.write(
    "POST", "/invoices/{invoice_id}/credit-notes", permission=CREDIT, response=CreditNoteDetailShape, status=201
)
def credit_invoice(request: ApiRequest, invoice_id: Id, body: Crediting) -> dict[str, Any]:
    """Credit some units of an invoice by invoice line, or all that is not credited."""
    made = credit_and_refund(
        invoice_id=invoice_id,
        quantities=body.lines,
        reason=body.reason,
        reverses=body.reverses,
        refund=body.refund,
        actor=request.actor,
        now=utc_now(),
    )
    return _credit_note_detail(request, made.credit_note.pk)


@routes.write("POST", "/credit-notes/{note_id}/undo", permission=CREDIT, response=InvoiceDetailShape, status=201)
def undo_one_credit_note(request: ApiRequest, note_id: Id, body: Undoing) -> dict[str, Any]:
    """Take back a credit note that was a mistake, with the invoice that is returned: it charges exactly the same units
    and amounts. Refused as long as a refund made along with it stands."""
    invoice = undo_credit_note(note_id=note_id, reason=body.reason, actor=request.actor, now=utc_now())
    return _invoice_detail(request, invoice.pk)


@routes.write(
    "POST", "/returns/{return_id}/credit-notes", permission=CREDIT, response=list[CreditNoteDetailShape], status=201
)
def credit_one_return(request: ApiRequest, return_id: Id) -> list[dict[str, Any]]:
    """Credit what a return brought back: a credit note for each invoice concerned."""
    notes = credit_return(return_id=return_id, actor=request.actor, now=utc_now())
    return [_credit_note_detail(request, note.pk) for note in notes]


@routes.read("/payments", permission=PAYMENTS, response=Page[PaymentShape])
def list_payments(
    request: ApiRequest,
    response: HttpResponse,
    order_id: Id | None = None,
    customer_id: Id | None = None,
    reference: Annotated[str, Field(max_length=120)] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first."""
    found = queries.payment_list(
        request.actor,
        **about_asked(request.actor, order_id, customer_id),
        reference=reference,
        cursor=cursor,
        limit=limit,
    )
    return shown(found, show=_payment, request=request, response=response)


@routes.read("/payments/{payment_id}", permission=PAYMENTS, response=PaymentDetailShape)
def get_payment(request: ApiRequest, payment_id: Id) -> dict[str, Any]:
    return _payment_detail(request, payment_id)


@routes.write("POST", "/orders/{order_id}/payments", permission=PAY, response=PaymentDetailShape, status=201)
def record_order_payment(request: ApiRequest, order_id: Id, body: NewPayment) -> dict[str, Any]:
    """Money received for an order. A reference told twice for the same method is one payment."""
    draft = PaymentDraft(order_id=order_id, **dict(body))
    payment = record_payment(payment=draft, actor=request.actor, now=utc_now())
    return _payment_detail(request, payment.pk)


@routes.write("POST", "/payments/{payment_id}/refunds", permission=REFUND, response=RefundShape, status=201)
def refund_payment(request: ApiRequest, payment_id: Id, body: NewRefund) -> Refund:
    """Give back part or all of a payment."""
    return record_refund(payment_id=payment_id, **dict(body), actor=request.actor, now=utc_now())


@routes.write("POST", "/payments/{payment_id}/undo", permission=PAY, response=PaymentDetailShape)
def undo_order_payment(request: ApiRequest, payment_id: Id, body: Undoing) -> dict[str, Any]:
    """Take back a payment that was recorded by mistake; refused as long as a refund of it stands."""
    undo_payment(payment_id=payment_id, reason=body.reason, actor=request.actor, now=utc_now())
    return _payment_detail(request, payment_id)


@routes.write("POST", "/refunds/{refund_id}/undo", permission=REFUND, response=RefundShape)
def undo_order_refund(request: ApiRequest, refund_id: Id, body: Undoing) -> Refund:
    """Take back a refund that was recorded by mistake."""
    return undo_refund(refund_id=refund_id, reason=body.reason, actor=request.actor, now=utc_now())


@routes.read("/orders/{order_id}/money", permission=PAYMENTS, response=MoneyShape)
def get_order_money(request: ApiRequest, order_id: Id) -> queries.OrderMoney:
    """An order's money at a glance."""
    return queries.order_money(request.actor, order_id)
