"""Refusals as sentences: every part of them in the reader's language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from orderwell.domains.orders.errors import OrderStateForbids
from orderwell.kernel.errors import InvalidValue, NotFound, Phrase
from orderwell.platform.wording import sentence, sentences


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "501 is not valid here; expected at most 500 lines."), ("zh-hans", "最多 500 行")],
)
def test_a_phrase_inside_a_message_is_translated(language: str, expected: str) -> None:
    error = InvalidValue(value=Decimal("501.0000"), expected=Phrase("at most {count} lines", count=Decimal("500.00")))
    with translation.override(language):
        assert expected in sentence(error.detail())
        assert "lines" not in sentence(error.detail()) or language == "en"


def test_several_are_listed_as_the_language_lists() -> None:
    error = OrderStateForbids(number="SO1", state="cancelled", expected=["draft", "placed"])
    with translation.override("en"):
        assert sentence(error.detail()).endswith("while it is draft, placed.")
    with translation.override("zh-hans"):
        assert "草稿、已下单" in sentence(error.detail())


def test_what_is_missing_is_named_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        (text,) = sentences(NotFound(kind="shipment", reference="S-7"))
    assert "发货单" in text
    assert "shipment" not in text
