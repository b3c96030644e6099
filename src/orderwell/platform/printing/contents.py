"""What a document says, ready to be set: text in the reader's language, computed by nobody any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

Cell = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Say:
    """Translates a word of the document: into its language, or with `bilingual` into Chinese and English side by side."""

    language: str
    bilingual: bool = False

    def __call__(self, text: str) -> str:
        if not self.bilingual:
            with translation.override(self.language):
                return gettext(text)
        with translation.override("zh-hans"):
            chinese = gettext(text)
        return chinese if chinese == text else f"{chinese} {text}"

    def name(self, chinese: str, english: str) -> str:
        """What has a name in both languages, such as a warehouse."""
        if self.bilingual and chinese and english:
            return chinese if chinese == english else f"{chinese} {english}"
        return (chinese or english) if self.language.startswith("zh") or self.bilingual else (english or chinese)


@dataclass(frozen=True, slots=True)
class Block:
    """An address with its title."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sum:
    name: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """One document. `subject` is set for what is issued once and never changes, such as "invoice:5".

    `rows` hold a cell for each column that the kind of document knows; a template chooses which are shown. A cell of
    two texts shows the second one small, below.
    """

    title: str
    number: str
    channel: str = ""
    language: str = ""
    subject: str = ""
    recipient: Block | None = None
    ship_to: Block | None = None
    facts: Sequence[tuple[str, str]] = ()
    rows: Sequence[Mapping[str, Cell]] = ()
    sums: Sequence[Sum] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    mark: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
