import django.db.models.deletion
from django.db import migrations, models

import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("analytics", "0001_initial"),
        ("analytics", "0002_prepared_rankings"),
        ("analytics", "0003_fill_rate_of_first_shipments"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_foundation"),
        ("catalog", "0001_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="PreparedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("zone", models.CharField(max_length=64)),
                ("prepared_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PreparedRanking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("customers", "Customers"), ("variants", "Variants")], max_length=10),
                ),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("zone", models.CharField(max_length=64)),
                ("rows", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("seconds", models.FloatField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "first", "last", "currency", "zone"), name="prepared_ranking_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("orders", models.PositiveIntegerField()),
                ("revenue", orderwell.platform.fields.AmountField()),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.channel",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "prepared",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="analytics.preparedday",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="day_figure_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("prepared", "channel", "team", "currency"), name="day_figure_once")
                ],
            },
        ),
    ]
