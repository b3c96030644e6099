"""Invoices, credit notes, payments and the ledger of what customers owe: records only, nothing is ever deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orderwell.platform.crypto import EncryptedTextField
from orderwell.platform.fields import AmountField, QuantityField, RateField


class Undoable(models.Model):
    """A record that may have been a mistake: then it stays, says by whom and why it was undone, and counts no longer."""

    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        abstract = True


class Invoice(models.Model):
    """`cause` names what it was made from: "order:7" or "shipment:3", or "credit-note:5" for one that `takes_back` a
    credit note: it charges anew exactly what that one credited.
    """

    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()
    # What is left of it without its credit notes and the money that settles it (settling.py), kept by services/settle.py.
    open_amount = AmountField(default=0)
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    # Whom it bills, as JSON (recipient.py). NULL: issued before this was kept.
    bill_to = EncryptedTextField(aad="billing.invoice.bill_to", null=True)
    takes_back = models.OneToOneField("CreditNote", on_delete=models.PROTECT, null=True, related_name="taken_back_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="invoice_adds_up"),
            models.CheckConstraint(condition=Q(open_amount__gte=0), name="invoice_open_amount"),
        ]
        indexes = [
            models.Index(fields=["cause"], name="invoice_cause"),
            models.Index(fields=["-issued_at", "-id"], name="invoice_recent"),
            models.Index(fields=["customer", "-issued_at", "-id"], name="invoice_customer"),
            models.Index(fields=["gross_amount", "-id"], name="invoice_amount"),
            # Of all invoices only those of which something is open: their list, and what is overdue with its sums.
            models.Index(fields=["-issued_at", "-id"], name="invoice_open", condition=Q(open_amount__gt=0)),
            models.Index(
                fields=["due_at", "id", "currency", "open_amount"],
                name="invoice_open_due",
                condition=Q(open_amount__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    tax_rate = RateField()
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()
    quantity_credited = QuantityField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "order_line"], name="invoice_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="invoice_line_positive"),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="invoice_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(quantity_credited__gte=0) & Q(quantity__gte=F("quantity_credited")),
                name="invoice_line_credited_within",
            ),
        ]


class CreditNote(Undoable):
    """Takes back what an invoice charged. `cause` names why: "return:4" or "order:7".

    One that `reverses` makes its units uninvoiced again, as for units that are cancelled or were invoiced by mistake. Any
    other leaves the units invoiced and lowers what the order asks for: goods that came back, or goodwill. One that was
    undone reverses its units in any case: an invoice of its own charges them anew.
    """

    number = models.CharField(max_length=40, unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=40)
    reverses = models.BooleanField(default=False)
    reason = models.CharField(max_length=240, blank=True)
    currency = models.CharField(max_length=3)
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()
    issued_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="credit_note_adds_up"
            ),
        ]
        indexes = [
            models.Index(fields=["cause"], name="credit_note_cause"),
            models.Index(fields=["-issued_at", "-id"], name="credit_note_recent"),
            models.Index(fields=["cause"], name="credit_note_undone", condition=Q(undone_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class CreditNoteLine(models.Model):
    credit_note = models.ForeignKey(CreditNote, on_delete=models.CASCADE, related_name="lines")
    invoice_line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="credit_lines")
    quantity = QuantityField()
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="credit_line_adds_up"
            ),
        ]


class Payment(Undoable):
    """Money received for an order. `refunded_amount` is the sum of its refunds that stand, kept for the CHECK."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    # The invoice of this order that the payer named: it is settled first. NULL: the oldest that are open.
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    method = models.CharField(max_length=20)
    # The provider's or bank's own reference; unique per method, so that a notification told twice is one payment. One
    # that was undone doesn't stand in the way of the right one.
    reference = models.CharField(max_length=120, null=True)  # NULL: unique only where given
    currency = models.CharField(max_length=3)
    amount = AmountField()
    refunded_amount = AmountField(default=0)
    received_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["method", "reference"],
                name="payment_reference_once",
                condition=Q(reference__isnull=False, undone_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0) & Q(amount__gte=F("refunded_amount")),
                name="payment_refunded_within",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(refunded_amount=0), name="payment_undone_not_refunded"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="payment_recent"),
            models.Index(fields=["method", "-received_at", "-id"], name="payment_method"),
            models.Index(fields=["customer", "-received_at", "-id"], name="payment_customer"),
            models.Index(fields=["amount", "-id"], name="payment_amount"),
            models.Index(fields=["reference"], name="payment_reference", condition=Q(reference__isnull=False)),
        ]


class Refund(Undoable):
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = AmountField()
    reason = models.CharField(max_length=240)
    # What it was made along with: "return:4" or "credit-note:5"; empty for one that was made by itself.
    cause = models.CharField(max_length=40, blank=True, default="", db_default="")
    reference = models.CharField(max_length=120, null=True)  # NULL: unique only where given
    refunded_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                name="refund_reference_once",
                condition=Q(reference__isnull=False, undone_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
        ]


class LedgerEntry(models.Model):
    """The receivables ledger: what a customer owes is the sum. Invoices and refunds add, payments and credits take away.

    Undoing a payment or a refund is an entry of its own, with the sign turned round.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"
        PAYMENT = "payment"
        REFUND = "refund"
        PAYMENT_UNDO = "payment_undo"
        REFUND_UNDO = "refund_undo"

    kind = models.CharField(max_length=12, choices=Kind)
    document = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    amount = AmountField()
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "currency"], name="ledger_customer"),
        ]


class Statement(models.Model):
    """An account statement that was handed out: its period and its figures, so that what was said can be looked up."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    first_day = models.DateField()
    last_day = models.DateField()
    opening = AmountField()
    closing = AmountField()
    documents = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)

    @property
    def number(self) -> str:
        return f"{self.pk:06d}"
