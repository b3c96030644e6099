"""What came back on a day stands beside its orders: days with returns are prepared anew, rankings are made again."""

from datetime import UTC

from django.db import migrations
from django.db.models.functions import TruncDate

import orderwell.platform.fields


def prepare_anew(apps, schema_editor):
    returns = apps.get_model("fulfilment", "Return").objects.order_by()
    days = returns.values_list(TruncDate("received_at", tzinfo=UTC), flat=True).distinct()
    marks = apps.get_model("analytics", "DayMark")
    marks.objects.bulk_create([marks(day=day) for day in sorted(days)], batch_size=1000)
    apps.get_model("analytics", "PreparedRanking").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_foundation"),
        ("fulfilment", "0001_foundation"),
    ]

    operations = [
        migrations.AddField(
            model_name="dayfigure",
            name="returned",
            field=orderwell.platform.fields.AmountField(db_default=0, default=0),
        ),
        migrations.RunPython(prepare_anew, migrations.RunPython.noop, elidable=True),
    ]
