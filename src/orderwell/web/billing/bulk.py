"""Recording many invoices as paid from their list: what is asked for, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.billing.methods import METHODS
from orderwell.domains.billing.services.many import take_payments_back
from orderwell.kernel.clock import business_day, utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict
from orderwell.web.billing.undoing import MISTAKE
from orderwell.web.components.forms import DayField, offer
from orderwell.web.orders.list_forms import BulkForm


class BulkPaymentForm(BulkForm):
    method = forms.ChoiceField(label=_("Method"))
    received_on = DayField(label=_("Received on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # With a statement in hand it is mostly the bank's.
        self.fields["method"].initial = "bank"
        offer(self, "method", [(name, gettext(title)) for name, title in METHODS.items()])
        self.fields["received_on"].initial = business_day(utc_now(), ZoneInfo(settings.TIME_ZONE))


def undo_bulk_payments(
    rows: Sequence[tuple[int, Mapping[str, Any]]], *, actor: Actor, now: datetime
) -> list[RowVerdict]:
    return take_payments_back(rows, reason=str(MISTAKE), actor=actor, now=now)
