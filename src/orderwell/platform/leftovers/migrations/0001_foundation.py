import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("leftovers", "0001_initial")]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Leftover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=20)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("subject", models.CharField(blank=True, max_length=40)),
                ("warehouse_id", models.BigIntegerField(default=0)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("said", models.JSONField(default=dict)),
                ("wanted", models.JSONField(default=dict)),
                ("actor_label", models.CharField(max_length=120)),
                ("happened_at", models.DateTimeField()),
                ("reported_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=120)),
                ("note", models.CharField(blank=True, max_length=240)),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["-id"], name="leftover_open"
                    ),
                    models.Index(fields=["warehouse_id", "-id"], name="leftover_warehouse"),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "key", "kind"), name="leftover_once")],
            },
        ),
    ]
