from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.services.expect_receipt import AlreadyAnnounced
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.wording import sentence
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import ComingDayField, ExactField, keep_day, offer, options
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.words import choices
from orderwell.web.orders.forms import CountForm
from orderwell.web.stock.count_forms import OpenedForm
from orderwell.web.stock.displacing import DisplacingForm
from orderwell.web.stock.lines import LinesField, Typed, at_line, matched
from orderwell.web.templatetags.orderwell import localname


class StockForm(ActionForm):
    """Lines of goods in a text. Refusals about one are told with its number, because a text has no cells."""

    lines_field = "lines"

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields[self.lines_field].widget.attrs["data-goods"] = reverse("lookup-goods")

    def clean_lines(self) -> list[Typed]:
        return matched(self.actor, self.cleaned_data["lines"])

    def refuse(self, error: DomainError | Any) -> None:
        details: Sequence[ErrorDetail] = error.details if isinstance(error, DomainError) else error
        for detail in details:
            found = re.match(r"/lines/(\d+)", detail.pointer or "")
            if found:
                self.add_error(self.lines_field, at_line(self._line(int(found[1])), sentence(detail)))
            else:
                super().refuse([detail])

    def _line(self, index: int) -> int:
        """Which line of the text it is; below headings they begin with the second."""
        lines = self.cleaned_data.get("lines") or []
        return lines[index].line if index < len(lines) else index + 1


class AdjustForm(OpenedForm, DisplacingForm, StockForm):
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    reason = forms.ChoiceField(label=_("Reason"), choices=choices("adjustment"))
    how = forms.ChoiceField(
        label=_("The quantities are"),
        choices=[("counted", _("What is really there")), ("change", _("What is to be added or taken away"))],
    )
    lines = LinesField(label=_("Product and quantity, one line each"))
    note = forms.CharField(label=_("Note"), required=False, max_length=240)

    def __init__(self, *args: Any, warehouses: Sequence[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "warehouse", _named(warehouses))


class TransferForm(StockForm):
    origin = forms.ChoiceField(label=_("From"))
    destination = forms.ChoiceField(label=_("To"))
    expected_on = ComingDayField(label=_("Expected on"), required=False)
    lines = LinesField(label=_("Product and quantity, one line each"))
    note = forms.CharField(label=_("Note"), required=False, max_length=240)
    pointers = {"/expected_at": "expected_on"}
    told: Sequence[str] = ()

    @property
    def said(self) -> list[str]:
        return [*super().said, *self.told]

    def __init__(
        self, *args: Any, origins: Sequence[Warehouse], destinations: Sequence[Warehouse], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "origin", _named(origins))
        offer(self, "destination", _named(destinations))
        first = origins[0].code if origins else ""
        self.fields["destination"].initial = next((row.code for row in destinations if row.code != first), "")


class ReplanForm(MergingForm, TransferForm):
    """A planned transfer as it is; others may change it meanwhile."""

    def prepare(self) -> None:
        keep_day(self, "expected_on")


def _named(warehouses: Sequence[Warehouse]) -> list[tuple[str, str]]:
    return [(item.code, localname(item)) for item in warehouses]


class ArrivalForm(CountForm):
    rest_is_lost = forms.BooleanField(
        label=_("What is not counted here was lost on the way"),
        required=False,
        help_text=_("Otherwise it stays on the way."),
    )
    may_be_empty = as_shown = True

    @property
    def nothing_left(self) -> bool:
        return not self.lines


class StepForm(ActionForm):
    """Agreed to as it was shown: what a colleague has changed since is looked at first."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, current: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        self.fields["version"].initial = current

    def renew(self) -> None:
        self.put("version", self.current)


class ReceiveForm(StockForm):
    """Goods that came in; with a delivery chosen, its SKUs count towards it."""

    expected = forms.ChoiceField(label=_("Announced as"), required=False)
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    reference = forms.CharField(label=_("Delivery note"), required=False, max_length=80)
    lines = LinesField(label=_("Product and quantity, one line each"))

    told: Sequence[str] = ()

    @property
    def said(self) -> list[str]:
        return [*super().said, *self.told]

    def clean(self) -> dict[str, Any]:
        """Goods of a delivery are put on hand where it was announced for; elsewhere nobody looks for them."""
        data = super().clean() or self.cleaned_data
        delivery = self.by_key.get(data.get("expected", ""))
        if delivery and data.get("warehouse") and data["warehouse"] != delivery.warehouse:
            text = _("%(reference)s is announced for %(warehouse)s. Choose it here, or “not announced” above.")
            first = delivery.rows[0]
            params = {"reference": first.reference, "warehouse": localname(first.warehouse)}
            self.add_error("warehouse", ValidationError(text, params=params))
        return data

    def __init__(self, *args: Any, warehouses: Sequence[Warehouse], deliveries: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {delivery.key: delivery for delivery in deliveries}
        offer(self, "warehouse", _named(warehouses))
        named = [(delivery.key, delivery.title) for delivery in deliveries]
        offer(self, "expected", options(named, empty=_("Not announced")))


class AnnounceForm(StockForm):
    """Goods that somebody will send: what, how many, when."""

    warehouse = forms.ChoiceField(label=_("Into warehouse"))
    due_on = ComingDayField(label=_("Expected on"))
    reference = forms.CharField(
        label=_("Order or reference"),
        max_length=80,
        help_text=_("The same reference and SKU again changes what was announced, once you have seen it."),
    )
    supplier = forms.CharField(label=_("Supplier"), required=False, max_length=120)
    lines = LinesField(label=_("Product and quantity, one line each"))
    # The announcements that were seen and are to be changed; in the form only once they are shown.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    pointers = {"/due_at": "due_on"}
    asked: AlreadyAnnounced | None = None

    def __init__(self, *args: Any, warehouses: Sequence[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "warehouse", _named(warehouses))

    def refuse(self, error: DomainError | Any) -> None:
        if not isinstance(error, AlreadyAnnounced):
            super().refuse(error)
            return
        self.asked = error
        again = self.cleaned_data.get("seen")
        was_changed = _("What was announced is no longer what it was a moment ago. Nothing was changed; look again.")
        ask = _("This is announced already. Nothing was changed yet.")
        self.add_error(None, was_changed if again else ask)

    @property
    def submit(self) -> str:
        count = len(self.asked.standing) if self.asked else 0
        text = ngettext("Change %(count)d announcement", "Change %(count)d announcements", count)
        return text % {"count": count}


class ReannounceForm(ActionForm):
    """Another date or quantity for what was announced."""

    quantity = ExactField(label=_("Quantity altogether"), places=4, help_text=_("With what has come already."))
    due_on = ComingDayField(label=_("Expected on"))
    supplier = forms.CharField(label=_("Supplier"), required=False, max_length=120)
    pointers = {"/due_at": "due_on"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_day(self, "due_on")
