"""What must always hold of the catalogue."""

from __future__ import annotations

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.searching import variant_key
from orderwell.platform.search.laws import search_law
from orderwell.platform.verify import LawResult, law


@law("catalog.search_finds_every_variant")
def search_finds_every_variant() -> LawResult:
    """The search key of every variant is made of its SKU, names and code, and the search index has it."""
    rows = Variant.objects.order_by("pk").values_list("pk", "search_key", "sku", "name_zh", "name_en", "product__code")
    return search_law(
        Variant,
        ((pk, sku, key, variant_key(sku, zh, en, code)) for pk, key, sku, zh, en, code in rows.iterator()),
        "variant",
    )
