"""Numbers and names as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override

from orderwell.platform.formats import in_a_row, listed, price_typed


@pytest.mark.parametrize(("language", "text"), [("en", "Hangzhou, Chengdu"), ("zh-hans", "Hangzhou、Chengdu")])
def test_names_are_listed_with_the_comma_of_the_language(language: str, text: str) -> None:
    with override(language):
        assert listed(["Hangzhou", "Chengdu"]) == text
        assert listed([]) == ""


def test_a_price_in_a_field_has_the_digits_of_its_currency_and_no_signs() -> None:
    assert price_typed(Decimal("1043.1"), "CNY") == "1043.10"
    assert price_typed(Decimal("0.125"), "USD") == "0.125"
    assert price_typed(Decimal(500), "JPY") == "500"


def test_sentences_stand_in_a_row_as_their_language_writes_them() -> None:
    assert in_a_row("Two are missing.", "", "Expected on Friday.") == "Two are missing. Expected on Friday."
    assert in_a_row("缺 2 件。", "预计周五到货。") == "缺 2 件。预计周五到货。" and in_a_row() == ""
