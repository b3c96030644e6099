"""Units in the words of the reader: stored is a code, typed may be the word of either language or one of one's own."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.conf import settings
from django.utils.translation import override

from orderwell.web.components.words import WORDS


def unit_word(code: str) -> str:
    """The word for a code; a unit of one's own as it was written."""
    found = WORDS["unit"].get(code)
    return str(found[0]) if found else code


def unit_words() -> list[str]:
    return [unit_word(code) for code in WORDS["unit"]]


def unit_code(typed: str, stored: Collection[str] = ()) -> str:
    """What is kept for a typed unit. One that is stored under exactly this name stays it: nobody changed it."""
    text = typed.strip()
    return text if text in stored else _codes().get(text.casefold(), text)


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {unit_word(code).casefold(): code for code in WORDS["unit"]}
    return found | {code: code for code in WORDS["unit"]}
