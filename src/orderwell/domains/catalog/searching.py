"""What the search index has of a variant, and making both anew."""

from __future__ import annotations

from orderwell.platform.search import search_key


def variant_key(sku: str, name_zh: str, name_en: str, code: str) -> str:
    """`code` is that of the product."""
    return search_key(sku, name_zh, name_en, code)
