"""Messages whose values are sentences or numbers themselves."""

from __future__ import annotations

import json
from decimal import Decimal

from orderwell.kernel.errors import InvalidValue, Phrase, fill


def test_a_phrase_reads_as_its_english_text_and_keeps_its_parts() -> None:
    phrase = Phrase("at most {count} lines", count=500)
    assert phrase == "at most 500 lines"
    assert (phrase.template, phrase.data) == ("at most {count} lines", {"count": 500})
    assert json.dumps(phrase) == '"at most 500 lines"'


def test_numbers_in_messages_have_no_trailing_zeros() -> None:
    assert fill("{a} of {b}", {"a": Decimal("3.0000"), "b": Decimal("1E+3")}) == "3 of 1000"
    assert (
        str(InvalidValue(value=Decimal("2.5000"), expected="1")) == "invalid_value: 2.5 is not valid here; expected 1."
    )
