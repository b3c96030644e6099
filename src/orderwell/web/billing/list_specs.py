"""The lists of money: invoices, credit notes, payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orderwell.domains.billing.models import CreditNote, Invoice, Payment
from orderwell.domains.billing.queries import (
    credit_notes,
    invoices,
    payments,
    visible_credit_notes,
    visible_invoices,
    visible_payments,
)
from orderwell.domains.billing.services.many import pay_invoices
from orderwell.domains.billing.services.undo_money import undo_payments
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.billing.bulk import BulkPaymentForm, undo_bulk_payments
from orderwell.web.billing.undoing import BulkUndoForm
from orderwell.web.components.doers import who
from orderwell.web.components.markup import markup, to
from orderwell.web.components.words import choices
from orderwell.web.lists.common import (
    attribute,
    between,
    currency_of,
    customer_id,
    customer_name,
    order_link,
    order_url,
    pick,
)
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Papers, Summed, Values
from orderwell.web.templatetags.orderwell import day, money_text

P = Permission
MONEY = (
    Column("net", _("Net"), lambda d: d.net_amount, "money", currency=currency_of),
    Column("tax", _("Tax"), lambda d: d.tax_amount, "money", currency=currency_of),
    Column("amount", _("Amount"), lambda d: d.gross_amount, "money", currency=currency_of, narrow="end"),
    Column("currency", _("Currency"), lambda d: d.currency),
    Column("who", _("Who"), lambda d: who(d.actor_label)),
)
CURRENCY = Filter(
    "currency",
    _("Currency"),
    "hidden",
    say=lambda actor, value: value if len(value) == 3 and value.isalpha() else None,
)
CUSTOMER = Filter("customer", _("Customer"), "hidden", say=customer_name)


def invoice_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    if "pk" in values:
        return [visible_invoices(actor).select_related("order")]
    wanted = {**pick(values, text="q", currency="currency"), **customer_id(values), **between(values)}
    overdue_at, only_open = now if values.get("overdue") else None, bool(values.get("open"))
    return [invoices(actor, **wanted, overdue_at=overdue_at, only_open=only_open).select_related("order")]


def due_day(row: Any) -> Any:
    """Red once it has passed with something still to be paid."""
    late = row.due_at is not None and row.due_at < utc_now() and bool(row.open_amount)
    return markup('<span class="{}">{}</span>', "text-bad" if late else "", day(row.due_at))


def still_open(row: Any) -> Any:
    """What is paid steps back behind what is not."""
    text = money_text(row.open_amount, row.currency)
    return markup('<span class="{}">{}</span>', "" if row.open_amount else "text-secondary", text)


def invoice_link(payment: Payment) -> Any:
    """The invoice that was named."""
    if payment.invoice is None:
        return ""
    return markup('<a href="{}">{}</a>', to("invoice-detail", payment.invoice_id), payment.invoice.number)


def refunded(payment: Payment) -> Any:
    return money_text(payment.refunded_amount, payment.currency) if payment.refunded_amount else ""


INVOICES = ListSpec(
    name="invoices",
    topics="billing",
    title=_("Invoices"),
    permission=P.BILLING_INVOICE_VIEW,
    url_name="invoice-list",
    columns=(
        Column("number", _("Number"), lambda i: i.number, narrow="main"),
        Column("issued", _("Issued"), lambda i: i.issued_at, "moment", sort="issued", narrow="line"),
        Column("customer", _("Customer"), attribute("order.customer_name"), narrow="line"),
        Column("customer_number", _("Customer number"), attribute("customer.number"), needs=("customer",)),
        Column("order", _("Order"), attribute("order.number"), show=order_link, narrow="line"),
        Column("due", _("Due"), lambda i: i.due_at, "day", show=due_day),
        *MONEY,
        Column("open", _("Still open"), lambda i: i.open_amount, "money", currency=currency_of, show=still_open),
    ),
    default=("number", "issued", "customer", "order", "due", "amount", "open"),
    rows=invoice_rows,
    sorts={"issued": ("issued_at", "id")},
    default_sort="-issued",
    steady=Invoice,
    steady_filters=frozenset({"open", "currency", "from", "to"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("from", _("Issued from"), "day"),
        Filter("to", _("Issued until"), "day"),
        Filter("open", _("Still open"), "flag"),
        Filter("overdue", _("Overdue"), "flag"),
        CUSTOMER,
        CURRENCY,
    ),
    actions=(
        Action(
            "pay",
            _("Record as paid"),
            "cash",
            P.BILLING_PAYMENT_CREATE,
            pay_invoices,
            BulkPaymentForm,
            undo_bulk_payments,
            hint=_("What is still open of each invoice is recorded as received, by a payment of its own."),
        ),
    ),
    papers=(Papers("invoice"),),
    sums=(Summed(_("sum"), "gross_amount"), Summed(_("still open"), "open_amount", when=("open", "overdue"))),
    link=lambda invoice: to("invoice-detail", invoice.pk),
    search=_("Invoice, order, customer, amount"),
    nothing=Nothing(
        "file-invoice",
        _("No invoices yet"),
        _("Invoices are made on the page of an order."),
        "order-list",
        _("To the orders"),
        P.ORDERS_ORDER_VIEW,
    ),
)


def credit_note_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    if "pk" in values:
        return [visible_credit_notes(actor).select_related("order", "invoice")]
    wanted = {**pick(values, text="q"), **customer_id(values), **between(values)}
    return [credit_notes(actor, **wanted).select_related("order", "invoice")]


CREDIT_NOTES = ListSpec(
    name="credit-notes",
    topics="billing",
    title=_("Credit notes"),
    permission=P.BILLING_INVOICE_VIEW,
    url_name="credit-note-list",
    columns=(
        Column("number", _("Number"), lambda c: c.number, narrow="main"),
        Column("issued", _("Issued"), lambda c: c.issued_at, "moment", sort="issued", narrow="line"),
        Column("customer", _("Customer"), attribute("order.customer_name"), narrow="line"),
        Column("invoice", _("Invoice"), attribute("invoice.number")),
        Column("order", _("Order"), attribute("order.number"), show=order_link, narrow="line"),
        Column("reason", _("Reason"), lambda c: c.reason),
        *MONEY,
        Column("undone", _("Undone"), lambda c: c.undone_reason or None),
    ),
    default=("number", "issued", "customer", "invoice", "order", "reason", "amount", "undone"),
    rows=credit_note_rows,
    sorts={"issued": ("issued_at", "id")},
    default_sort="-issued",
    steady=CreditNote,
    steady_filters=frozenset({"from", "to"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("from", _("Issued from"), "day"),
        Filter("to", _("Issued until"), "day"),
        CUSTOMER,
    ),
    papers=(Papers("credit_note"),),
    sums=(Summed(_("sum"), "gross_amount"),),
    link=lambda note: to("invoice-detail", note.invoice_id),
    search=_("Credit note, order, customer"),
    nothing=Nothing(
        "receipt-refund",
        _("No credit notes yet"),
        _("They are made with a return, or when invoiced units are cancelled."),
        "invoice-list",
        _("To the invoices"),
        P.BILLING_INVOICE_VIEW,
    ),
)


def payment_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    if "pk" in values:
        return [visible_payments(actor).select_related("order")]
    wanted = {**pick(values, text="q", method="method"), **customer_id(values), **between(values)}
    return [payments(actor, **wanted).select_related("order")]


PAYMENTS = ListSpec(
    name="payments",
    topics="billing",
    title=_("Payments"),
    permission=P.BILLING_PAYMENT_VIEW,
    url_name="payment-list",
    columns=(
        Column("order", _("Order"), attribute("order.number"), narrow="main"),
        Column("received", _("Received on"), lambda p: p.received_at, "moment", sort="received", narrow="line"),
        Column("customer", _("Customer"), attribute("order.customer_name"), narrow="line"),
        Column("method", _("Method"), lambda p: p.method, "word", "method", narrow="line"),
        Column("reference", _("Reference"), lambda p: p.reference),
        Column(
            "invoice",
            _("For invoice"),
            attribute("invoice.number"),
            show=invoice_link,
            needs=("invoice",),
            narrow="line",
        ),
        Column(
            "refunded",
            _("Refunded"),
            lambda p: p.refunded_amount,
            "money",
            currency=currency_of,
            show=refunded,
        ),
        Column("amount", _("Amount"), lambda p: p.amount, "money", currency=currency_of, narrow="end"),
        Column("currency", _("Currency"), lambda p: p.currency),
        Column("who", _("Who"), lambda p: who(p.actor_label)),
        Column("undone", _("Undone"), lambda p: p.undone_reason or None),
    ),
    default=("order", "received", "customer", "method", "reference", "invoice", "refunded", "amount", "undone"),
    rows=payment_rows,
    sorts={"received": ("received_at", "id")},
    default_sort="-received",
    steady=Payment,
    steady_filters=frozenset({"method", "from", "to"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("method", _("Method"), choices=lambda actor: choices("method")),
        Filter("from", _("Received from"), "day"),
        Filter("to", _("Received until"), "day"),
        CUSTOMER,
    ),
    actions=(
        Action(
            "undo",
            _("Undo"),
            "arrow-back-up",
            P.BILLING_PAYMENT_CREATE,
            undo_payments,
            BulkUndoForm,
            hint=_(
                "For payments that never came in: their orders owe the amount again. This cannot be undone; what came in after all is recorded as a new payment."
            ),
        ),
    ),
    sums=(Summed(_("sum"), "amount", standing=True),),
    link=order_url,
    search=_("Reference, order, customer, amount"),
    nothing=Nothing(
        "cash",
        _("No payments yet"),
        _("Payments are entered on the page of an order, or come in over the API."),
        "order-list",
        _("To the orders"),
        P.ORDERS_ORDER_VIEW,
    ),
)
