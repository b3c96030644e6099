from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("numbering", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="NumberSequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("year", models.PositiveIntegerField(default=0)),
                ("last_value", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "year"), name="number_sequence_once")],
            },
        ),
    ]
