"""Returns say whether somebody still has to credit or settle them; until now that was looked for among the newest."""

from typing import Any

from django.db import migrations, models
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat


def mark(apps: Any, _editor: Any) -> None:
    notes = apps.get_model("billing", "CreditNote").objects
    cause = Concat(Value("return:"), Cast(OuterRef("pk"), CharField()))
    standing = apps.get_model("fulfilment", "Return").objects.filter(
        history=False, order__isnull=False, undone_at=None, settled_without=""
    )
    standing.exclude(Exists(notes.filter(cause=cause, undone_at=None))).update(awaits_credit=True)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_undone_credit_notes"),
        ("catalog", "0007_options_in_chinese"),
        ("customers", "0007_files"),
        ("fulfilment", "0006_units_left_unbilled"),
        ("orders", "0010_units_left_unbilled"),
    ]

    operations = [
        migrations.AddField(
            model_name="return",
            name="awaits_credit",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(("awaits_credit", True)), fields=["received_at", "id"], name="return_awaits"
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
