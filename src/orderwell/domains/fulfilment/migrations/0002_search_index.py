from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("customers", "0001_initial"),
        ("fulfilment", "0001_initial"),
        ("inventory", "0001_initial"),
        ("orders", "0002_amendments"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="shipment",
            name="shipment_tracking",
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(("external_id__isnull", False)), fields=["external_id"], name="return_external"
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["tracking_number"], name="shipment_by_tracking"),
        ),
    ]
