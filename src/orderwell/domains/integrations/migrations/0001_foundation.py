from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import orderwell.domains.integrations.models
import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("integrations", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("entity", models.CharField(max_length=20)),
                ("columns", models.JSONField()),
                ("options", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=20)),
                ("preset", models.CharField(blank=True, max_length=80)),
                ("mode", models.CharField(choices=[("history", "History"), ("live", "Live")], max_length=10)),
                ("state", models.CharField(max_length=12)),
                ("dry_run", models.BooleanField(default=False)),
                ("file_name", models.CharField(max_length=240)),
                ("file_path", models.CharField(max_length=500)),
                ("sha256", models.CharField(max_length=64)),
                ("source", models.JSONField(default=dict)),
                ("mapping", models.JSONField(default=dict)),
                ("cursor", models.PositiveIntegerField(default=0)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("duplicate", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("orders", models.PositiveIntegerField(default=0)),
                ("returns", models.PositiveIntegerField(default=0)),
                ("adjustments", models.PositiveIntegerField(default=0)),
                ("charges", models.PositiveIntegerField(default=0)),
                (
                    "source_total",
                    orderwell.domains.integrations.models.SourceAmountField(default=Decimal(0), max_length=80),
                ),
                (
                    "accounted_total",
                    orderwell.domains.integrations.models.SourceAmountField(default=Decimal(0), max_length=80),
                ),
                (
                    "rounding",
                    orderwell.domains.integrations.models.SourceAmountField(default=Decimal(0), max_length=80),
                ),
                (
                    "created_total",
                    orderwell.domains.integrations.models.SourceAmountField(default=Decimal(0), max_length=80),
                ),
                ("by_kind", models.JSONField(default=dict)),
                ("error", models.JSONField(default=dict)),
                ("actor_label", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("seconds", models.FloatField(default=0)),
                ("resumed_at", models.DateTimeField(null=True)),
                ("resumed_lines", models.PositiveIntegerField(default=0)),
                ("claimed_by", models.CharField(blank=True, max_length=120)),
                ("claimed_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="import_batch_recent"),
                    models.Index(fields=["sha256"], name="import_batch_file"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row_number", models.PositiveIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[("done", "Done"), ("duplicate", "Duplicate"), ("refused", "Refused")], max_length=10
                    ),
                ),
                ("target", models.CharField(blank=True, max_length=40)),
                ("amount", orderwell.platform.fields.AmountField(null=True)),
                ("column", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("data", models.JSONField(default=dict)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="integrations.importbatch",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "refused")),
                        fields=["batch", "row_number"],
                        name="import_row_refused",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("batch", "row_number"), name="import_row_once")],
            },
        ),
    ]
