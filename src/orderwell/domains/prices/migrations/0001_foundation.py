import django.db.models.deletion
from django.db import migrations, models

import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("prices", "0001_initial")]

    initial = True

    dependencies = [
        ("catalog", "0001_foundation"),
        ("customers", "0001_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("priority", models.PositiveSmallIntegerField(default=100)),
                ("prices_include_tax", models.BooleanField(null=True)),
                ("note", models.TextField(blank=True)),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from", None),
                            ("valid_until", None),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="price_list_days_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minimum", orderwell.platform.fields.QuantityField(default=0)),
                ("unit_price", orderwell.platform.fields.UnitPriceField()),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="prices.pricelist"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("price_list", "variant", "minimum"), name="price_entry_once"),
                    models.CheckConstraint(condition=models.Q(("unit_price__gte", 0)), name="price_entry_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 0)), name="price_entry_minimum_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[("terms", "Terms"), ("entries", "Entries")], max_length=10)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=200)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="prices.pricelist"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("price_list", "number"), name="price_change_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("group", "Group"),
                            ("channel", "Channel"),
                            ("everyone", "Everyone"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.channel"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customergroup",
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="prices.pricelist"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("channel", None), ("customer__isnull", False), ("group", None), ("scope", "customer")
                            ),
                            models.Q(
                                ("channel", None), ("customer", None), ("group__isnull", False), ("scope", "group")
                            ),
                            models.Q(
                                ("channel__isnull", False), ("customer", None), ("group", None), ("scope", "channel")
                            ),
                            models.Q(("channel", None), ("customer", None), ("group", None), ("scope", "everyone")),
                            _connector="OR",
                        ),
                        name="price_assignment_names_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("scope", "customer")),
                        fields=("price_list", "customer"),
                        name="price_assignment_customer_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("scope", "group")),
                        fields=("price_list", "group"),
                        name="price_assignment_group_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("scope", "channel")),
                        fields=("price_list", "channel"),
                        name="price_assignment_channel_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("scope", "everyone")),
                        fields=("price_list",),
                        name="price_assignment_everyone_once",
                    ),
                ],
            },
        ),
    ]
