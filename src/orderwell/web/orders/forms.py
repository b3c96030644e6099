"""Forms of the order page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.orders.holds import KINDS
from orderwell.kernel.quantities import plain
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import ExactField, offer


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class HoldForm(ReasonForm):
    kind = forms.ChoiceField(label=_("Kind"))
    field_order = ("kind", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(name, gettext(known.title)) for name, known in KINDS.items()])


class NoteForm(ActionForm):
    body = forms.CharField(
        label=_("Note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "data-mentions": ""}),
        help_text=_("@name tells a colleague."),
    )


@dataclass(frozen=True, slots=True)
class Countable:
    """A line of a form in which people say how many: `most` is what is possible, `fill` what is offered at first."""

    pk: int
    name: str
    sku: str
    most: Decimal
    fill: Decimal
    note: str = ""
    group: str = ""

    @property
    def seen(self) -> str:
        """What a dialog shows of it, sent back along with the quantity: by then it may have changed."""
        return f"{plain(self.most)}|{self.name}"


class CountForm(ActionForm):
    """One quantity per line; an empty one or zero leaves the line out."""

    may_be_empty = False
    # Where no line is left, what is sent all the same is sent on, and the service says what happened meanwhile.
    told_why = False
    # What a line has left must be as it was shown: the same goods counted by two people would be booked twice.
    as_shown = False

    def __init__(self, *args: Any, lines: Sequence[Countable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            field = ExactField(label=line.name, required=False, min_value=0, initial=_initial(line.fill))
            field.widget.attrs.update(
                {"class": "form-control num-field", "data-fill": plain(line.most), "inputmode": "decimal"}
            )
            self.fields[f"line_{line.pk}"] = field

    @property
    def nothing_left(self) -> bool:
        """Then the dialog says so, and asks and offers nothing."""
        return not self.lines and not self.may_be_empty

    def field_at(self, pointer: str | None) -> str | None:
        found = re.match(r"/lines/(\d+)", pointer or "")
        if found and f"line_{found[1]}" in self.fields:
            return f"line_{found[1]}"
        return super().field_at(pointer)

    def rows(self) -> Iterable[tuple[Countable, forms.BoundField]]:
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    def counted(self) -> dict[int, Decimal]:
        found = {line.pk: self.cleaned_data.get(f"line_{line.pk}") for line in self.lines}
        return {pk: quantity for pk, quantity in found.items() if quantity}

    def as_typed(self) -> dict[int, Decimal]:
        """What is typed so far, as far as it is a number; before anything is typed, what the form offers."""
        if not self.is_bound:
            return {line.pk: line.fill for line in self.lines}
        self.is_valid()
        return self.counted()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        changed = self._changed_under(cleaned)
        for line in self.lines:
            quantity = cleaned.get(f"line_{line.pk}")
            if quantity is not None and quantity > line.most:
                self.add_error(f"line_{line.pk}", gettext("At most %(most)s.") % {"most": plain(line.most)})
        if changed:
            text = gettext("Changed since this was opened: %(lines)s. Below is how it stands now.")
            raise forms.ValidationError(text % {"lines": "; ".join(changed)})
        if not self.errors and not (self.may_be_empty or (self.told_why and not self.lines)) and not self.counted():
            raise forms.ValidationError(_("Give a quantity for at least one line."))
        return cleaned

    def _changed_under(self, cleaned: dict[str, Any]) -> list[str]:
        """The lines whose quantity no longer fits what there is, in words; where no line is left, the service tells why."""
        if self.told_why and not self.lines:
            return []
        now, found = {f"{line.pk}": line for line in self.lines}, []
        for key in self.data:
            if not key.startswith("seen_"):
                continue
            if not self.as_shown and not self.data.get(f"line_{key[5:]}", "").strip(" 0.,"):
                continue
            before, _bar, name = self.data[key].partition("|")
            line = now.get(key[5:])
            if line is None:
                found.append(gettext("nothing is left of %(name)s") % {"name": name[:120]})
            elif plain(line.most) != before and (self.as_shown or (cleaned.get(f"line_{line.pk}") or 0) > line.most):
                told = {"name": line.name, "most": plain(line.most), "before": before[:20]}
                found.append(gettext("of %(name)s there are %(most)s instead of %(before)s") % told)
        return found


def _initial(value: Decimal) -> str:
    return plain(value) if value else ""


class CancelForm(CountForm):
    told_why = True
    charges = forms.BooleanField(label=_("With the last goods, cancel the charges too"), required=False, initial=True)
    reason = forms.CharField(label=_("Reason"), max_length=240)

    def __init__(self, *args: Any, charges: str, **kwargs: Any) -> None:
        """`charges`: what falls away with the last goods, in words; empty where nothing does."""
        super().__init__(*args, **kwargs)
        if charges:
            self.fields["charges"].help_text = charges
        else:
            del self.fields["charges"]
