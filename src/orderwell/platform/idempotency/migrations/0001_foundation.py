from django.db import migrations, models

import orderwell.platform.crypto.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("idempotency", "0001_initial"),
        ("idempotency", "0002_without_age_index"),
        ("idempotency", "0003_sealed_answers"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RequestKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("response", models.BinaryField()),
                (
                    "sealed",
                    orderwell.platform.crypto.fields.EncryptedTextField(
                        aad="idempotency.request_key.sealed", null=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="request_key_once")],
            },
        ),
    ]
