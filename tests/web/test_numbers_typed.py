"""What people type as a number: a Chinese input method makes full-width digits and blanks, and they mean the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms

from orderwell.web.components.forms import ExactField, WholeField

pytestmark = pytest.mark.django_db
ODD = ["1e3", "1_000", "٣", "5²", "½", "1,5", "0x1", "NaN", "--1", "5-"]


@pytest.mark.parametrize("typed", ["5", "５", " 5 ", "\u30005\u3000", "＋５", "+5", "5.0", "５．０"])
def test_the_same_number_in_every_width(typed: str) -> None:
    assert ExactField().clean(typed) == Decimal(5)
    assert WholeField().clean(typed) == 5


def test_thousands_and_signs() -> None:
    assert ExactField().clean("１，２３４．５") == Decimal("1234.5") == ExactField().clean("+1,234.5")
    assert ExactField().clean("－３") == -3 == WholeField().clean("－３")
    assert ExactField().clean(".5") == Decimal("0.5") and ExactField().clean("5.") == 5
    assert ExactField(required=False).clean("\u3000") is None is WholeField(required=False).clean(" ")


@pytest.mark.parametrize("typed", ODD)
@pytest.mark.parametrize("field", [ExactField(), WholeField()])
def test_what_only_python_reads_as_a_number_is_refused(field: forms.Field, typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        field.clean(typed)


def test_every_form_reads_numbers_so() -> None:
    """But those that no person types."""
    from orderwell.web.components.forms import Form

    def below(kind: type) -> list[type]:
        return [kind, *(found for sub in kind.__subclasses__() for found in below(sub))]

    import orderwell.urls  # noqa: F401  every form there is

    numbers = [
        (form.__name__, name)
        for form in {*below(Form), *below(forms.Form)}
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.IntegerField)
        and form.__module__.startswith("orderwell.web")
        and not isinstance(field, ExactField | WholeField)
        and not isinstance(field.widget, forms.HiddenInput)
    ]
    assert numbers == []
