import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import orderwell.platform.crypto.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("drafts", "0001_initial")]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=64)),
                (
                    "content",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="drafts.draft.content", blank=True),
                ),
                ("finished", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["updated_at"], name="draft_age")],
                "constraints": [models.UniqueConstraint(fields=("user", "kind", "key"), name="draft_once")],
            },
        ),
    ]
