from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.kernel.identifiers import format_number, random_token
from orderwell.kernel.quantities import MAX_QUANTITY, has_scale, quantity_problem


@pytest.mark.parametrize(
    ("value", "places", "problem"),
    [
        ("1", 0, None),
        ("1.0", 0, None),
        ("1E+3", 0, None),
        ("0.5", 0, "quantity_too_precise"),
        ("0.0001", 4, None),
        ("0.00001", 4, "quantity_too_precise"),
        ("0", 4, "quantity_not_positive"),
        ("-1", 4, "quantity_not_positive"),
        ("NaN", 4, "not_a_number"),
        ("Infinity", 4, "not_a_number"),
        ("-Infinity", 4, "not_a_number"),
        ("1E+99", 4, "quantity_too_large"),
        (str(MAX_QUANTITY), 4, None),
        (str(MAX_QUANTITY + 1), 4, "quantity_too_large"),
        ("1E-99", 4, "quantity_too_precise"),
    ],
)
def test_quantity_problem(value: str, places: int, problem: str | None) -> None:
    assert quantity_problem(Decimal(value), places=places) == problem


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_scale_is_about_the_value_not_the_spelling(value: Decimal) -> None:
    for scale in range(7):
        exact = value == round(value, scale)
        assert has_scale(value, scale) == exact
        assert has_scale(value.normalize(), scale) == exact


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "1E+50", "1E-50", "123456789012345678901234567890.5"])
def test_extreme_values_have_an_answer_and_no_error(value: str) -> None:
    assert has_scale(Decimal(value), 4) in (True, False)


def test_number_templates() -> None:
    assert format_number("SO{value:06d}", 12) == "SO000012"
    assert format_number("INV-{year}-{value:05d}", 7, year=2026) == "INV-2026-00007"
    with pytest.raises(ValueError, match=r"no \{value\}"):
        format_number("SO", 1)
    for template in ("{value}{other}", "{value:x", "{value:%Y}", "{value!z}"):
        with pytest.raises(ValueError, match=r"."):
            format_number(template, 1)


def test_tokens_are_url_safe_and_differ() -> None:
    tokens = {random_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 32 and token.isascii() and token.isalnum() for token in tokens)
