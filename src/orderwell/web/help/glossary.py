"""The glossary: one table in both languages, and which of its words a text uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Term:
    english: str
    chinese: str
    meaning: str
    meaning_zh: str

    @property
    def anchor(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.english.lower()).strip("-")

    def name(self, language: str) -> str:
        return self.chinese if language == "zh" else self.english


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Each row of docs/guide/glossary.md."""
    found = []
    text = (settings.PACKAGE / "guide" / "glossary.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] != "English" and not cells[0].startswith("-"):
            found.append(Term(*cells))
    return tuple(found)


def terms_in(text: str, language: str) -> tuple[Term, ...]:
    """The terms that a text uses, in its own language."""
    if language == "zh":
        return tuple(term for term in terms() if _bare(term.chinese) in text)
    lower = text.lower()
    return tuple(term for term in terms() if re.search(rf"\b{re.escape(_bare(term.english).lower())}s?\b", lower))


def _bare(name: str) -> str:
    """Without what stands in brackets to tell two meanings apart."""
    return re.sub(r"\s*[(（].*", "", name)
