"""A share of orders that left whole is read from the shipments themselves now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0002_prepared_rankings"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="dayfigure",
            name="filled",
        ),
        migrations.RemoveField(
            model_name="dayfigure",
            name="to_fill",
        ),
    ]
