"""The options of a template: what the form offers, and the built-in values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import ErrorDetail, InvalidValue, Phrase, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.printing.kinds import DocumentKind

PAPERS = {"a4": "A4", "a5": "A5", "roll80": _("Roll, 80 mm"), "label100x150": _("Label, 100 x 150 mm")}
LANGUAGES = ("", "zh-hans", "en")
SWITCHES = ("bilingual", "barcode", "signatures")
MOST_TEXT = 1000
MOST_MARKUP = 50_000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Look:
    """`columns` is what is shown, in this order; empty means what the kind of document shows by itself."""

    paper: str
    colour: str = "#066fd1"
    columns: tuple[str, ...] = ()
    closing: str = ""
    bilingual: bool = False
    barcode: bool = True
    signatures: bool = True


def look_of(kind: DocumentKind, options: Mapping[str, Any]) -> Look:
    """The built-in look with the stored options over it; options of an older version that are gone are left out."""
    look = Look(paper=kind.paper, columns=tuple(kind.shown) or tuple(kind.columns))
    known = {name: value for name, value in options.items() if name in Look.__dataclass_fields__}
    if "columns" in known:
        known["columns"] = tuple(name for name in known["columns"] if name in kind.columns) or look.columns
    return replace(look, **known)


def check(kind: DocumentKind, options: Mapping[str, Any], markup: str) -> None:
    """Raises Refusal with everything that is wrong."""
    found = [*_option_problems(kind, options), *_text_problems(str(options.get("closing", "")), markup)]
    if found:
        raise Refusal(found)


def _option_problems(kind: DocumentKind, options: Mapping[str, Any]) -> Iterator[ErrorDetail]:
    columns = options.get("columns", ())
    known = isinstance(columns, list | tuple) and all(name in kind.columns for name in columns)
    rules: dict[str, tuple[bool, str]] = {
        "paper": (options.get("paper", "a4") in PAPERS, ", ".join(PAPERS)),
        "colour": (
            bool(_COLOUR.fullmatch(str(options.get("colour", "#000000")))),
            Phrase("a colour such as {example}", example="#066fd1"),
        ),
        "columns": (known, ", ".join(kind.columns)),
        "closing": (isinstance(options.get("closing", ""), str), Phrase("text")),
        **{name: (isinstance(options.get(name, True), bool), "true, false") for name in SWITCHES},
    }
    for name, value in options.items():
        right, expected = rules.get(name, (False, ", ".join(rules)))
        if not right:
            yield InvalidValue(value=str(value)[:60], expected=expected, pointer=f"/options/{name}").detail()


def _text_problems(closing: str, markup: str) -> Iterator[ErrorDetail]:
    for pointer, text, limit in (("/options/closing", closing, MOST_TEXT), ("/markup", markup, MOST_MARKUP)):
        for problem in text_problems(text, pointer, limit, lines=True):
            yield problem.detail()
