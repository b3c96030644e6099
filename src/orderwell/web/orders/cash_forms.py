"""Forms of shipping, returning, invoicing and giving money back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.billing.methods import METHODS
from orderwell.domains.billing.models import Payment
from orderwell.domains.inventory.models import Warehouse
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import ExactField, in_currency, offer, options
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.words import choices
from orderwell.web.orders.forms import CountForm
from orderwell.web.templatetags.orderwell import localname, money_text

ZERO = Decimal(0)
CARRIERS = ("顺丰速运", "京东物流", "中通快递", "圆通速递", "EMS", "DHL", "UPS", "FedEx", "DPD", "GLS")

SCANNED = {"autocomplete": "off", "data-scan": ""}


class ShipForm(CountForm):
    told_why = True
    warehouse = forms.ChoiceField(label=_("Warehouse"), required=False)
    carrier = forms.CharField(
        label=_("Carrier"), required=False, max_length=60, widget=forms.TextInput(attrs={"list": "carriers"})
    )
    tracking_number = forms.CharField(
        label=_("Tracking number"), required=False, max_length=80, widget=forms.TextInput(attrs=SCANNED)
    )

    def __init__(self, *args: Any, warehouses: Sequence[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "warehouse",
            options([(item.code, localname(item)) for item in warehouses], empty=_("Wherever it is reserved")),
        )
        if len(warehouses) < 2:
            self.fields["warehouse"].widget = forms.HiddenInput()


class ReturnForm(CountForm):
    told_why = True
    disposition = forms.ChoiceField(
        label=_("What becomes of the goods"), choices=choices("disposition", "restock", "scrap")
    )
    warehouse = forms.ChoiceField(label=_("Into warehouse"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=240)
    credit = forms.BooleanField(label=_("Write the credit note at once"), required=False, initial=True)
    refund = forms.BooleanField(label=_("Give back what is then paid too much"), required=False)

    def __init__(
        self, *args: Any, warehouses: Sequence[Warehouse], may_credit: bool, may_refund: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "warehouse",
            options([(item.code, localname(item)) for item in warehouses], empty=_("Where it came from")),
        )
        if not may_credit:
            del self.fields["credit"]
        if not (may_credit and may_refund):
            del self.fields["refund"]

    def field_at(self, pointer: str | None) -> str | None:
        """The service numbers its lines; the form knows them by their key."""
        found = re.match(r"/lines/(\d+)", pointer or "")
        if found:
            given = list(self.counted())
            return f"line_{given[int(found[1])]}" if int(found[1]) < len(given) else None
        return super().field_at(pointer)


class InvoiceForm(CountForm):
    pass


class RefundForm(ActionForm):
    payment = forms.TypedChoiceField(label=_("Payment"), coerce=int)
    amount = ExactField(label=_("Amount"), min_value=0)
    reason = forms.CharField(label=_("Reason"), max_length=240)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=120)

    def __init__(self, *args: Any, payments: Sequence[Payment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "payment", [(item.pk, _label(item)) for item in payments])
        if payments:  # of one order, so of one currency
            in_currency(self, "amount", payments[0].currency)


def _label(payment: Payment) -> str:
    left: Decimal = payment.amount - payment.refunded_amount
    method = gettext(METHODS.get(payment.method, payment.method))
    named = gettext("for %(number)s") % {"number": payment.invoice.number} if payment.invoice else ""
    rest = f"{gettext('left')} {money_text(left, payment.currency)}"
    return " · ".join(filter(None, (f"{method} {payment.reference or ''}".strip(), named, rest)))


class TrackingForm(MergingForm):
    carrier = forms.CharField(
        label=_("Carrier"), required=False, max_length=60, widget=forms.TextInput(attrs={"list": "carriers"})
    )
    tracking_number = forms.CharField(
        label=_("Tracking number"), required=False, max_length=80, widget=forms.TextInput(attrs=SCANNED)
    )
