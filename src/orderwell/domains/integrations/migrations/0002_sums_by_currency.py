"""The totals of an import by currency; of those that there are where it is known that all lines had one."""

from typing import Any

from django.db import migrations, models

SUMS = ("source_total", "accounted_total", "rounding")


def fill(apps: Any, schema_editor: Any) -> None:
    """Told by the mapping alone: nothing is read of the lines. What may have had several currencies stays as it is."""
    currency_of = dict(apps.get_model("catalog", "Channel").objects.values_list("code", "currency"))
    batches = apps.get_model("integrations", "ImportBatch").objects
    for batch in batches.filter(by_currency__isnull=True, lines_read__gt=0).iterator():
        found = _currencies(batch, currency_of)
        if len(found) == 1:
            sums = {name: _text(getattr(batch, name)) for name in SUMS}
            batches.filter(pk=batch.pk).update(by_currency=dict.fromkeys(found, sums))


def _currencies(batch: Any, currency_of: dict[str, str]) -> set[str]:
    """Those that the lines may have had; no channel ever changes its own."""
    if batch.preset == "online-retail":
        return {"GBP"}
    columns, options = batch.mapping.get("columns", {}), batch.mapping.get("options", {})
    if "currency" in columns:
        return set()
    if options.get("currency"):
        return {options["currency"].upper()}
    channel = options.get("channel")
    return {currency_of[channel]} if "channel" not in columns and channel in currency_of else set(currency_of.values())


def _text(value: Any) -> str:
    return format(value.normalize(), "f") if value else "0"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_foundation"),
        ("integrations", "0001_foundation"),
    ]

    operations = [
        migrations.AddField("importbatch", "by_currency", models.JSONField(null=True)),
        migrations.AlterField("importbatch", "by_currency", models.JSONField(default=dict, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
