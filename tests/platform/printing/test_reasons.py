"""What Typst finds wrong is told in the language of the reader, with its own words behind it."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from orderwell.platform.printing.engine import typeset
from orderwell.platform.printing.errors import TemplateBroken
from orderwell.platform.printing.reasons import said
from orderwell.platform.wording import sentences
from tests.platform.printing.test_engine import document, given

WRONG = {
    "[#nonsense]": ("nonsense", "unknown variable: nonsense"),
    '[#text(size: "big")[a]]': ("length", "expected length, found string"),
    "[": ("", "unclosed delimiter"),
    '[#image("x.png")]': ("", "file not found (searched at x.png)"),
    "[#rotate()]": ("body", "missing argument: body"),
    "[#text(colr: red)[a]]": ("colr", "unexpected argument: colr"),
    "[#doc.nope]": ("nope", 'dictionary does not contain key "nope"'),
    "[#calc.nope]": ("nope", "module `calc` does not contain `nope`"),
    '[#(1 + "a")]': ("integer", "cannot add integer and string"),
    "[#let x = ; x]": ("expression", "expected expression"),
}


@pytest.mark.parametrize("markup", WRONG)
def test_frequent_reasons_are_told_in_chinese(markup: str) -> None:
    name, original = WRONG[markup]
    with pytest.raises(TemplateBroken) as caught:
        typeset(f"#let document(doc, given) = {markup}", given(document()))
    with translation.override("zh-hans"):
        (told,) = sentences(caught.value)
    own, _, words = told.partition("（Typst：")
    assert name in own and original in words
    assert re.search("[一-鿿]{2}", own.partition("：")[2]), told


def test_a_reason_that_is_not_known_is_marked_as_typsts_own() -> None:
    with translation.override("zh-hans"):
        (told,) = sentences(TemplateBroken(line=3, reason=said("the moon is in the wrong house"), pointer="/markup"))
    assert "Typst" in told and "“the moon is in the wrong house”" in told and "第 3 行" in told


def test_ours_is_not_told_as_typsts() -> None:
    with pytest.raises(TemplateBroken) as caught:
        typeset("#let x = 1", given(document()))
    with translation.override("zh-hans"):
        (told,) = sentences(caught.value)
    assert "Typst" not in told and "#let document(doc, given)" in told
