"""What a line of a document is called on the screen: documents keep the customer's language, readers have their own. Pure."""

from __future__ import annotations

import re
from typing import Protocol

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


class Named(Protocol):
    name_zh: str
    name_en: str


def in_language(named: Named, *, chinese: bool) -> str:
    """The name in one language, or in the other where there is none."""
    names = (named.name_zh, named.name_en)
    return (names[0] or names[1]) if chinese else (names[1] or names[0])


def read_name(kept: str, product: Named | None, *, chinese: bool) -> str:
    """How a reader sees what a document calls `kept`: as it stands there if that is the reader's language, and else by the
    product's name of today in that language. What was agreed in a language is never exchanged for a later name in it.
    """
    if product is None or bool(_CHINESE.search(kept)) is chinese:
        return kept
    return in_language(product, chinese=chinese) or kept
