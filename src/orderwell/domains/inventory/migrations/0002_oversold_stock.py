from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_foundation")]

    operations = [
        migrations.AddIndex(
            model_name="stockitem",
            index=models.Index(
                condition=models.Q(("allow_negative", True)),
                fields=["warehouse", "variant"],
                name="stock_item_oversold",
            ),
        ),
    ]
