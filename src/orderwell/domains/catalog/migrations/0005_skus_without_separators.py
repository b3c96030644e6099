"""The search keys of variants whose SKU has separators hold it without them, too."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from orderwell.domains.catalog.searching import variant_key

BATCH = 1_000


def renew(apps: Any, schema_editor: Any) -> None:
    variants = apps.get_model("catalog", "Variant").objects
    last = 0
    while batch := list(variants.filter(pk__gt=last).select_related("product").order_by("pk")[:BATCH]):
        changed = []
        for row in batch:
            key = variant_key(row.sku, row.name_zh, row.name_en, row.product.code)
            if key != row.search_key:
                row.search_key = key
                changed.append(row)
        variants.bulk_update(changed, ["search_key"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_search_index"),
    ]

    operations = [
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
