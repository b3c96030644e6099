"""Making search keys and search index of all variants anew: after another way of making keys, or when the law fails."""

from __future__ import annotations

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.searching import variant_key
from orderwell.platform.database import atomic
from orderwell.platform.search.index import rebuild

_BATCH = 1_000


def renew_variant_search() -> int:
    """How many variants had another search key than their names give."""
    changed, last = 0, 0
    while True:
        with atomic():
            rows = Variant.objects.filter(pk__gt=last).select_related("product").select_for_update(of=("self",))
            batch = list(rows.order_by("pk")[:_BATCH])
            wrong = []
            for row in batch:
                key = variant_key(row.sku, row.name_zh, row.name_en, row.product.code)
                if key != row.search_key:
                    row.search_key = key
                    wrong.append(row)
            Variant.objects.bulk_update(wrong, ["search_key"])
        if not batch:
            break
        last, changed = batch[-1].pk, changed + len(wrong)
    rebuild(Variant, "search_key")
    return changed
