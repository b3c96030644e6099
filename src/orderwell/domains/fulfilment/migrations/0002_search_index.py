from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("customers", "0001_initial"),
        ("fulfilment", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(("external_id__isnull", False)), fields=["external_id"], name="return_external"
            ),
        ),
    ]
