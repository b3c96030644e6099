"""What happens to money, with the sentence an order's timeline shows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class BillingEvent(EventName):
    INVOICED = "billing.invoice.issued"
    CREDITED = "billing.credit-note.issued"
    TURNED = "billing.credit-note.turned"
    CREDIT_UNDONE = "billing.credit-note.undone"
    PAID = "billing.payment.recorded"
    REFUNDED = "billing.refund.recorded"
    PAYMENT_UNDONE = "billing.payment.undone"
    REFUND_UNDONE = "billing.refund.undone"
    STATED = "billing.statement.made"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return _SENTENCES


_SENTENCES: dict[str, str] = {
    BillingEvent.INVOICED: _("Invoice {number} over {amount} {currency} issued"),
    BillingEvent.CREDITED: _("Credit note {number} over {amount} {currency} issued for invoice {invoice}"),
    BillingEvent.TURNED: _("Credit note {number} now reverses its invoice: the goods will never be delivered"),
    BillingEvent.CREDIT_UNDONE: _(
        "Credit note {number} over {amount} {currency} undone with invoice {invoice}: {reason}"
    ),
    BillingEvent.PAID: _("Payment of {amount} {currency} received ({method})"),
    BillingEvent.PAYMENT_UNDONE: _("Payment of {amount} {currency} ({method}) undone: {reason}"),
    BillingEvent.REFUND_UNDONE: _("Refund of {amount} {currency} undone: {reason}"),
    BillingEvent.STATED: _("Account statement from {first} to {last} made: {amount} {currency}"),
    BillingEvent.REFUNDED: _("Refund of {amount} {currency}: {reason}"),
}
