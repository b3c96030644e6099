"""Forms of the web interface: Tabler's classes on every field, and refusals of the domain at the field they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from orderwell.kernel.clock import business_day, day_bounds, utc_now
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.written import DIRECTION_MARKS, HALF_WIDTH
from orderwell.platform.countries import country_code, country_name
from orderwell.platform.formats import signs_of
from orderwell.platform.wording import sentence


class Form(forms.Form):
    """`pointers` maps JSON pointers of the domain (regular expressions) to field names, where they differ."""

    pointers: Mapping[str, str] = {}
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        if args and args[0]:
            args = (without_marks(args[0]), *args[1:])
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)

    def refuse(self, error: DomainError | Iterable[ErrorDetail]) -> None:
        """Put each error of a refusal at its field, or above the form where no field is at fault."""
        details = error.details if isinstance(error, DomainError) else error
        for detail in details:
            name = self.field_at(detail.pointer)
            self.add_error(name, self.words_of(detail))

    def words_of(self, detail: ErrorDetail) -> str:
        """What the form says of one error; markup stays markup."""
        return sentence(detail)

    def field_at(self, pointer: str | None) -> str | None:
        if not pointer:
            return None
        for pattern, name in self.pointers.items():
            if re.fullmatch(pattern, pointer) and name in self.fields:
                return name
        name = pointer.strip("/").replace("/", "_")
        if name in self.fields:
            return name
        last = pointer.rsplit("/", 1)[-1]
        return last if last in self.fields else None


def without_marks(data: Any) -> Any:
    """What was sent, without the marks of direction that address books put around what is copied out of them.

    Inside a text they stay, to be refused by what takes names and numbers.
    """
    if not any(isinstance(value, str) and value.strip(DIRECTION_MARKS) != value for value in data.values()):
        return data
    data = data.copy()
    for name in list(data):
        if isinstance(data[name], str):
            data[name] = data[name].strip(DIRECTION_MARKS)
    return data


def dress(field: forms.Field) -> None:
    """The classes that make a plain field look like the rest of the interface."""
    speak_plainly(field)
    widget = field.widget
    if isinstance(widget, forms.HiddenInput):
        return
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        name = "form-check-input"
    elif isinstance(widget, forms.Select):
        name = "form-select"
    else:
        name = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {name}".strip()
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        widget.attrs.setdefault("inputmode", "decimal")
        widget.attrs.setdefault("autocomplete", "off")


# What is wrong with a value that is too long, too large or too small, by the code of the check that found it.
_TOO_MUCH: dict[str, Any] = {
    "max_length": _("At most %(limit_value)d characters; these are %(show_value)d."),
    "min_length": _("At least %(limit_value)d characters; these are %(show_value)d."),
    "max_value": _("At most %(limit_value)s."),
    "min_value": _("At least %(limit_value)s."),
    "max_digits": _("This number is too long: at most %(max)s digits."),
    "max_whole_digits": _("This number is too large: at most %(max)s digits before the point."),
    "max_decimal_places": _("At most %(max)s digits after the point."),
}


def speak_plainly(field: forms.Field) -> None:
    """Our words for what a field finds wrong, where it has none of its own."""
    field.error_messages = {**_TOO_MUCH, **field.error_messages}


class ExactField(forms.DecimalField):
    """A number typed by people: exact, a full-width or grouped form understood, never a float.

    `places` is None where the domain says how fine it may be, by product or currency: one rule, told in one way.
    """

    widget = forms.TextInput
    # Signs that may stand beside the number, of the currency it is in.
    signs: tuple[str, ...] = ()

    def __init__(self, *, places: int | None = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18 if places is not None else 40)
        super().__init__(decimal_places=places, **kwargs)
        speak_plainly(self)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.translate(HALF_WIDTH).strip().replace(" ", "")
            for sign in self.signs:
                value = value.removeprefix(sign).removesuffix(sign)
            # A comma groups thousands here; "1,5" is refused rather than read as fifteen.
            if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", value):
                value = value.replace(",", "")
            # Python would read "1e3", "1_000" and the digits of other scripts too, which nobody types on purpose.
            if value and re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)", value) is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class WholeField(forms.IntegerField):
    """A whole number typed by people, also with the digits and blanks of a Chinese input method."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.translate(HALF_WIDTH).strip()
            if value and re.fullmatch(r"[-+]?[0-9]+(\.0*)?", value) is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class CountryField(forms.CharField):
    """A country by its name in Chinese or English, or by its two letters; what is kept are the letters.

    Names are offered while one types (`{% countries %}`), and what is kept is shown by its name.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Country"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "countries", "autocomplete": "off"}))
        super().__init__(max_length=80, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return country_name(value, get_language()) if isinstance(value, str) and value else value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        code = country_code(text)
        if text and not code:
            message = _("There is no country “%(name)s”. Write its name, or its two letters such as CN.")
            raise forms.ValidationError(message, params={"name": text})
        return code


class DayField(forms.DateField):
    """A day as the browser's date field sends it, near enough to today to be one that somebody means."""

    FIRST, LAST = date(1971, 1, 1), date(2199, 12, 30)

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min": self.FIRST.isoformat(), "max": self.LAST.isoformat()}
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date", **limits}, format="%Y-%m-%d"))
        super().__init__(**kwargs)
        self.validators.extend([MinValueValidator(self.FIRST), MaxValueValidator(self.LAST)])


def end_of_day(day: date | None) -> Any:
    """The last second of a business day, or nothing: what is to happen on a day has all of it."""
    return day_bounds(day, ZoneInfo(settings.TIME_ZONE))[1] - timedelta(seconds=1) if day else None


class ComingDayField(DayField):
    """A day on which something is still to come: today or later, or the one that is stored already."""

    kept: date | None = None

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day != self.kept and day < business_day(utc_now(), ZoneInfo(settings.TIME_ZONE)):
            raise ValidationError(gettext("This day is over. Give today or a later day."), code="day_over")
        return day


def keep_day(form: forms.BaseForm, name: str) -> None:
    """The day that is stored may stay, however long ago it is."""
    field = form.fields[name]
    if isinstance(field, ComingDayField):
        field.kept = form.initial.get(name)


def in_currency(form: forms.BaseForm, name: str, currency: str) -> None:
    """The amount `name` may be typed with the sign of this currency."""
    field = form.fields[name]
    if not isinstance(field, ExactField):
        raise TypeError(f"{name} is no exact number")
    field.signs = signs_of(currency)


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, str | Promise]]) -> None:
    """What a select of `form` offers, where that is known only when the form is made."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = list(choices)


def options(
    pairs: Iterable[tuple[Any, str | Promise]], *, empty: str | Promise | None = None
) -> list[tuple[Any, str | Promise]]:
    """Choices for a select, with a first empty one where nothing may be chosen."""
    listed = list(pairs)
    return [("", empty), *listed] if empty is not None else listed
