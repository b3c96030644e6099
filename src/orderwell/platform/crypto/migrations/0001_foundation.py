from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("crypto", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeyProof",
            fields=[
                ("key_id", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("index", models.BinaryField(max_length=16)),
                ("created_at", models.DateTimeField()),
            ],
        ),
    ]
