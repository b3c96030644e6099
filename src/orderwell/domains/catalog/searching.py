"""What the search index has of a variant, and making both anew."""

from __future__ import annotations

import re

from orderwell.platform.search import search_key

_BETWEEN = re.compile(r"[\W_]+")


def variant_key(sku: str, name_zh: str, name_en: str, code: str) -> str:
    """`code` is that of the product. A SKU is found without what stands between its parts, too: TAB002 for TAB-002."""
    return search_key(sku, name_zh, name_en, code, _BETWEEN.sub("", sku))
