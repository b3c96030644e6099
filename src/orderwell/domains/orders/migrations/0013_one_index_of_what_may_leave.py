from django.db import migrations, models
from django.db.models.lookups import IsNull

from orderwell.domains.orders.due import ReadyDue


class Migration(migrations.Migration):
    """One index of all that waits to leave; before, orders of which a part is missing had their own."""

    dependencies = [("orders", "0012_rounding_of_lines")]

    operations = [
        migrations.RemoveIndex(model_name="order", name="order_part"),
        migrations.RemoveIndex(model_name="order", name="order_ready"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                ReadyDue(),
                models.F("priority"),
                models.F("id"),
                condition=models.Q(IsNull(ReadyDue(), False)),
                name="order_ready",
            ),
        ),
    ]
