import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("fulfilment", "0001_initial"),
        ("fulfilment", "0002_search_index"),
        ("fulfilment", "0003_list_indexes"),
        ("fulfilment", "0004_settled_returns"),
        ("fulfilment", "0005_undone_returns"),
        ("fulfilment", "0006_units_left_unbilled"),
        ("fulfilment", "0007_returns_awaiting_credit"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_foundation"),
        ("customers", "0001_foundation"),
        ("inventory", "0001_foundation"),
        ("orders", "0001_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("external_id", models.CharField(max_length=120, null=True)),
                ("history", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=240)),
                ("settled_without", models.CharField(blank=True, db_default="", default="", max_length=240)),
                ("awaits_credit", models.BooleanField(db_default=False, default=False)),
                ("currency", models.CharField(max_length=3)),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                ("received_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, db_default="", default="", max_length=120)),
                ("undone_reason", models.CharField(blank=True, db_default="", default="", max_length=240)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.channel"
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
                    "order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("order__isnull", False)), fields=["order"], name="return_order"),
                    models.Index(fields=["-received_at", "-id"], name="return_recent"),
                    models.Index(fields=["channel", "-received_at", "-id"], name="return_channel"),
                    models.Index(
                        condition=models.Q(("external_id__isnull", False)),
                        fields=["external_id"],
                        name="return_external",
                    ),
                    models.Index(
                        condition=models.Q(("awaits_credit", True)), fields=["received_at", "id"], name="return_awaits"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id__isnull", False)),
                        fields=("channel", "external_id"),
                        name="return_external_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="return_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=240)),
                ("quantity", orderwell.platform.fields.QuantityField()),
                (
                    "disposition",
                    models.CharField(
                        choices=[("restock", "Restock"), ("scrap", "Scrap"), ("none", "None")], max_length=10
                    ),
                ),
                ("quantity_unbilled", orderwell.platform.fields.QuantityField(db_default=0, default=0)),
                ("tax_rate", orderwell.platform.fields.RateField()),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                (
                    "order_line",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "return_document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="fulfilment.return"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("order_line__isnull", False)),
                        fields=["order_line"],
                        name="return_line_order",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="return_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_unbilled__gte", 0), ("quantity__gte", models.F("quantity_unbilled"))
                        ),
                        name="return_line_unbilled_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="return_line_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("state", models.CharField(max_length=10)),
                ("carrier", models.CharField(blank=True, max_length=60)),
                ("tracking_number", models.CharField(blank=True, max_length=80)),
                ("shipped_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("actor_label", models.CharField(max_length=120)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["order"], name="shipment_order"),
                    models.Index(fields=["-shipped_at", "-id"], name="shipment_recent"),
                    models.Index(fields=["state", "-shipped_at", "-id"], name="shipment_state"),
                    models.Index(fields=["warehouse", "-shipped_at", "-id"], name="shipment_warehouse"),
                    models.Index(fields=["tracking_number"], name="shipment_by_tracking"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("quantity_returned", orderwell.platform.fields.QuantityField(default=0)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="fulfilment.shipment"
                    ),
                ),
                (
                    "stock_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.stockitem"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "order_line", "stock_item"), name="shipment_line_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="shipment_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_returned__gte", 0), ("quantity__gte", models.F("quantity_returned"))
                        ),
                        name="shipment_line_returned_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                (
                    "stock_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.stockitem",
                    ),
                ),
                (
                    "return_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="fulfilment.returnline"
                    ),
                ),
                (
                    "shipment_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_items",
                        to="fulfilment.shipmentline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="returned_item_positive")
                ],
            },
        ),
    ]
