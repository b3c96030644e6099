"""One tag whatever the case: the oldest of those that differ in nothing else is the one that later ones become."""

from typing import Any

from django.db import migrations, models

from orderwell.platform.search.keys import normalise


def give_keys(apps: Any, schema_editor: Any) -> None:
    tags = apps.get_model("customers", "Tag").objects
    seen: set[str] = set()
    for pk, name in tags.order_by("pk").values_list("pk", "name"):
        key = normalise(name)
        if key not in seen:
            seen.add(key)
            tags.filter(pk=pk).update(key=key)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_foundation"),
    ]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="key",
            field=models.TextField(null=True, unique=True),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop, elidable=True),
    ]
