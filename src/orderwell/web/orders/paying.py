"""Recording a payment, for an order or for the invoice of it that the payer named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.billing.methods import METHODS
from orderwell.domains.billing.models import Invoice, Payment
from orderwell.domains.billing.overview import money_of
from orderwell.domains.billing.services.pay import PaymentDraft, moment_received, record_payment
from orderwell.domains.orders.overview import order_overview
from orderwell.kernel.clock import business_day, utc_now
from orderwell.kernel.money import written
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.forms import DayField, ExactField, in_currency, offer, options
from orderwell.web.components.toasts import undo
from orderwell.web.orders.actions import page_of
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import money_text

ZERO = Decimal(0)


class PaymentForm(ActionForm):
    invoice = forms.ChoiceField(
        label=_("For invoice"),
        required=False,
        error_messages={"invalid_choice": _("Nothing is open of this invoice any more.")},
        help_text=_("What comes in beyond it settles the oldest of the others."),
    )
    amount = ExactField(label=_("Amount"), min_value=0)
    method = forms.ChoiceField(label=_("Method"))
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=120,
        help_text=_("Of the bank or provider. The same reference twice is the same payment."),
    )
    received_on = DayField(label=_("Received on"), required=False)
    more = forms.BooleanField(
        label=_("Record more than is due"),
        required=False,
        help_text=_("The customer really paid more; the order is overpaid until it is given back."),
    )
    pointers = {"/received_at": "received_on"}
    asks_for_more = False

    def __init__(self, *args: Any, due: Decimal, currency: str, waiting: Sequence[Invoice], **kwargs: Any) -> None:
        """`due` is what is still to be paid, in `currency`; `waiting` are the invoices that are open, the oldest first."""
        super().__init__(*args, **kwargs)
        self.due, self.currency = due, currency
        in_currency(self, "amount", currency)
        offer(self, "method", [(name, gettext(title)) for name, title in METHODS.items()])
        # With one there is nothing to choose; but who chose while there were more is told when that one is settled.
        if len(waiting) < 2 and "invoice" not in self.data:
            del self.fields["invoice"]
            return
        offer(self, "invoice", options([(row.number, _label(row)) for row in waiting], empty=_("The oldest first")))
        amounts = {"": due, **{row.number: row.open_amount for row in waiting}}
        self.fields["invoice"].widget.attrs["data-amounts"] = json.dumps(
            {number: written(amount, currency) for number, amount in amounts.items()}
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        over = (data.get("amount") or ZERO) - self.due
        if over > 0 and not data.get("more"):
            amount = money_text(over, self.currency)
            self.add_error("amount", gettext("This is %(amount)s more than is due.") % {"amount": amount})
            self.asks_for_more = True
        return data


def _label(invoice: Invoice) -> str:
    said = gettext("%(number)s · %(amount)s open · due %(day)s")
    amount = money_text(invoice.open_amount, invoice.currency)
    day = business_day(invoice.due_at, ZoneInfo(settings.TIME_ZONE)).isoformat()
    return said % {"number": invoice.number, "amount": amount, "day": day}


@form_page(Permission.BILLING_PAYMENT_CREATE)
def pay_order(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    """Opened from an open invoice, `?invoice=7`, it is for that one."""
    found = order_overview(actor, order_id)
    due, money = max(found.due, ZERO), money_of(actor, order_id)
    waiting = [row for row in money.invoices if row.open_amount]
    asked = next((row for row in money.invoices if str(row.pk) == request.GET.get("invoice")), None)
    meant = asked if asked and asked.open_amount else None
    amount = meant.open_amount if meant else due
    sent = request.POST.copy()
    if sent and asked and "invoice" not in sent and waiting != [asked]:
        sent["invoice"] = asked.number  # opened while it alone was open: that was chosen all the same
    initial = {
        "amount": written(amount, found.order.currency) if amount else "",
        "received_on": business_day(utc_now(), ZoneInfo(settings.TIME_ZONE)),
        "invoice": meant.number if meant else "",
    }
    form = PaymentForm(sent or None, initial=initial, due=due, currency=found.order.currency, waiting=waiting)
    # A reference told twice is the payment that was there before: then there is nothing of this form to undo.
    known = {payment.pk for payment in money.payments}

    def act(data: dict[str, Any]) -> Payment:
        return record_payment(
            payment=PaymentDraft(
                order_id=order_id,
                amount=data["amount"],
                method=data["method"],
                reference=data["reference"] or None,
                received_at=moment_received(data["received_on"], now=utc_now()),
                invoice=data.get("invoice", initial["invoice"]) or None,
                overpay=bool(data.get("more")),
            ),
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        form,
        template="orders/payment.html",
        act=act,
        done=gettext("The payment is recorded."),
        to=reverse("invoice-detail", args=[meant.pk]) if meant else page_of(order_id),
        context={"order": found.order, "found": found, "meant": meant, "several": "invoice" in form.fields},
        undo=lambda made: None if made.pk in known else undo("payment-recorded", payment_id=made.pk),
    )
