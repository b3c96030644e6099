from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_foundation")]

    operations = [
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["customer", "-received_at", "-id"], name="return_customer"),
        ),
    ]
