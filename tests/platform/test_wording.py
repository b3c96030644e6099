"""Refusals as sentences: every part of them in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from orderwell.kernel.errors import ErrorDetail, InvalidValue, NotFound, Phrase
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
    detail = ErrorDetail("several", "{states}", data={"states": ["draft", "category"]})
    with translation.override("en"):
        assert sentence(detail) == "draft, category"
    with translation.override("zh-hans"):
        assert sentence(detail) == "草稿、分类"


def test_a_moment_is_told_in_the_time_zone_of_the_business() -> None:
    moment = datetime(2026, 11, 29, 13, 10, 3, 964491, tzinfo=UTC)
    assert sentence(ErrorDetail("at", "{moment}", data={"moment": moment})) == "2026-11-29 21:10"


def test_what_is_missing_is_named_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        (text,) = sentences(NotFound(kind="shipment", reference="S-7"))
    assert "发货单" in text
    assert "shipment" not in text
