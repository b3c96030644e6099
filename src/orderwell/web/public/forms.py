"""Forms of the customer's page. Each is sent once, and a field that only programs fill in catches them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.automation.returns import ReturnTerms
from orderwell.kernel.quantities import plain
from orderwell.platform.search.keys import half_width
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import ExactField, Form
from orderwell.web.templatetags.orderwell import line_name

MOST_WRITTEN = 2000


class LookupForm(Form):
    number = forms.CharField(
        label=_("Order number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        help_text=_("The whole number that you gave with the order."),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_number(self) -> str:
        return half_width(self.cleaned_data["number"])

    def clean_phone(self) -> str:
        return half_width(self.cleaned_data["phone"])


class PublicForm(ActionForm):
    """`website` is out of sight: whoever fills it in is no person.

    `order` is the one the page is about. A browser may see one order at a time, and an older tab may show another.
    """

    # What is typed by hand, and must not be lost.
    text_field = ""
    order = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, order_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_id = str(order_id)
        self.fields["order"].initial = self.order_id

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("website"))

    @property
    def written(self) -> str:
        return str(self.data.get(self.text_field, "")).strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("order") not in (None, "", self.order_id):
            self.put("order", self.order_id)
            raise forms.ValidationError(
                _(
                    "Nothing was sent: another order has been opened in this browser since, the one shown here. "
                    "Send it if it is about this order; otherwise open the link of the other order again."
                )
            )
        return cleaned

    def stand_at_the_first_error(self) -> str:
        """The page is long: it opens where something is to be put right. The id of that field, if there is one."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is None:
            return ""
        self.fields[wrong].widget.attrs["autofocus"] = True
        return self[wrong].id_for_label or f"{self[wrong].auto_id}_0"


class AskForm(PublicForm):
    text_field = "body"
    body = forms.CharField(label=_("Your message"), max_length=MOST_WRITTEN, widget=forms.Textarea(attrs={"rows": 3}))
    case = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class ReturnForm(PublicForm):
    """How many of each line come back, and why."""

    text_field = "reason"
    reason = forms.CharField(label=_("Why?"), max_length=MOST_WRITTEN, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, terms: ReturnTerms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        for line, most in terms.lines:
            field = ExactField(label=line_name(line), required=False, min_value=0)
            field.widget.attrs.update({"class": "form-control num-field", "inputmode": "decimal", "placeholder": "0"})
            field.help_text = gettext("At most %(most)s.") % {"most": plain(most)}
            self.fields[f"line_{line.pk}"] = field
            self.pointers = {**self.pointers, f"/lines/{line.pk}(/quantity)?": f"line_{line.pk}"}

    def rows(self) -> list[forms.BoundField]:
        return [self[f"line_{line.pk}"] for line, _most in self.terms.lines]

    def units(self) -> dict[int, Decimal]:
        found = {line.pk: self.cleaned_data.get(f"line_{line.pk}") for line, _most in self.terms.lines}
        return {pk: quantity for pk, quantity in found.items() if quantity}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        gone = [name for name in self.data if name.startswith("line_") and name not in self.fields]
        if any(self.data[name].strip(" 0.,") for name in gone):
            raise forms.ValidationError(
                _(
                    "Some of what you chose can't be sent back any more: it is asked for already, or has come back. "
                    "Below is what is left."
                )
            )
        if not self.errors and not self.units():
            raise forms.ValidationError(_("Give a quantity for at least one line."))
        return cleaned


class RateForm(PublicForm):
    text_field = "comment"
    score = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        coerce=int,
        choices=[
            (5, _("5 – very good")),
            (4, _("4 – good")),
            (3, _("3 – fair")),
            (2, _("2 – poor")),
            (1, _("1 – bad")),
        ],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=MOST_WRITTEN, widget=forms.Textarea(attrs={"rows": 3})
    )


# Where customers type what must not be lost.
WRITTEN = tuple(form.text_field for form in (AskForm, ReturnForm, RateForm))
