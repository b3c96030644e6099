"""Refusals of billing."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from orderwell.domains.orders.errors import NothingToDo
from orderwell.kernel.errors import DomainError


class QuantityAboveUninvoiced(DomainError):
    code = "quantity_above_uninvoiced"
    message = "{sku}: {value} to be invoiced, but only {left} are not invoiced yet."


class QuantityAboveInvoiced(DomainError):
    code = "quantity_above_invoiced"
    message = "{sku}: {value} to be credited, but only {left} are invoiced and not credited yet."


class AlreadyInvoiced(DomainError):
    code = "already_invoiced"
    message = "This was invoiced before, with invoice {number}."


class EverythingInvoiced(NothingToDo):
    message = gettext_noop("Everything on {number} that can be invoiced is invoiced already ({invoices}).")


class UnknownInvoiceLine(DomainError):
    code = "unknown_invoice_line"
    message = "Invoice {number} has no line {value}."


class PastOrder(DomainError):
    code = "past_order"
    message = (
        "Order {number} happened before Orderwell and was settled there; nothing can be billed or paid for it here."
    )


class StatementOutdated(DomainError):
    code = "statement_outdated"
    message = "The account has moved on since statement {number}, which was never printed; hand out a new one."


class StatementPartial(DomainError):
    code = "statement_partial"
    message = "{customer} has documents that you may not see, so this is not all of the account and is not handed out."


class PaymentFarAboveOrder(DomainError):
    code = "payment_far_above_order"
    message = (
        "{amount} {currency} is at least ten times what was ordered or is still due ({worth} {currency}): is there a digit too "
        "many? If so much was really paid, say so (`overpay`)."
    )


class PaymentInFuture(DomainError):
    code = "payment_in_future"
    message = "{value} has not come yet; record money once it is there."


class UnknownMethod(DomainError):
    code = "unknown_payment_method"
    message = "There is no payment method {value}; expected one of {expected}."


class UnknownInvoice(DomainError):
    code = "unknown_invoice"
    message = "There is no invoice {value}."


class InvoiceOfAnotherOrder(DomainError):
    code = "invoice_of_another_order"
    message = "Invoice {value} belongs to order {other}, not to {number}; record its payment there."


class RecordedForAnotherInvoice(DomainError):
    code = "recorded_for_another_invoice"
    message = "The payment with the reference {reference} is recorded already, for invoice {invoice}; undo it to record it anew."


class RecordedForNoInvoice(DomainError):
    code = "recorded_for_no_invoice"
    message = (
        "The payment with the reference {reference} is recorded already, without an invoice; undo it to record it anew."
    )


class ReferenceTaken(DomainError):
    code = "reference_taken"
    message = "The reference {reference} was used before for something else: {amount} {currency} of order {number}."


class MoneyUndone(DomainError):
    code = "money_undone"
    message = "This was undone by {who} at {moment}: {reason}"


class CreditNoteUndone(DomainError):
    code = "credit_note_undone"
    message = "Credit note {number} was undone by {who} at {moment}, with invoice {invoice}: {reason}"


class CreditNoteRefunded(DomainError):
    code = "credit_note_refunded"
    message = "{amount} {currency} were given back along with credit note {number}. Undo that refund first, then the credit note."


class CreditedUnitsGone(DomainError):
    code = "credited_units_gone"
    message = (
        "{sku}: credit note {number} made {value} of these units free to be invoiced again, and only {left} still are. The "
        "rest was invoiced anew or cancelled since."
    )


class PricesMovedOn(DomainError):
    code = "prices_moved_on"
    message = (
        "{sku}: what is charged for these units has changed since credit note {number}. Invoice them anew on the order "
        "instead; nothing else is needed."
    )


class PaymentRefunded(DomainError):
    code = "payment_refunded"
    message = "{amount} {currency} of this payment were given back; undo the refund first."


class RefundAbovePayment(DomainError):
    code = "refund_above_payment"
    message = "Only {left} {currency} of this payment are left to refund; you gave {value}."
