import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("inventory", "0001_initial"),
        ("inventory", "0002_stock_counts"),
        ("inventory", "0003_reservations_do_not_expire"),
        ("inventory", "0004_movement_kind_index"),
        ("inventory", "0005_receipt_supplier"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("count", "Count"),
                            ("damaged", "Damaged"),
                            ("expired", "Expired"),
                            ("found", "Found"),
                            ("lost", "Lost"),
                            ("opening", "Opening"),
                            ("receipt", "Receipt"),
                            ("sample", "Sample"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240)),
                ("external_id", models.CharField(max_length=120, null=True, unique=True)),
                ("adjusted_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("country", models.CharField(default="CN", max_length=2)),
                ("region", models.CharField(blank=True, max_length=80)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("priority", models.PositiveSmallIntegerField(default=100)),
                ("allow_negative", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("state", models.CharField(max_length=12)),
                ("blind", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=240)),
                ("created_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "adjustment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.adjustment",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.warehouse"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", orderwell.platform.fields.QuantityField(default=0)),
                ("reserved", orderwell.platform.fields.QuantityField(default=0)),
                ("allow_negative", models.BooleanField(default=False)),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_items",
                        to="inventory.warehouse",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["warehouse", "variant"], name="stock_item_warehouse")],
                "constraints": [
                    models.UniqueConstraint(fields=("variant", "warehouse"), name="stock_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reserved__gte", 0)), name="stock_reserved_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allow_negative", True), ("on_hand__gte", models.F("reserved")), _connector="OR"
                        ),
                        name="stock_never_oversold",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("state", models.CharField(max_length=12)),
                ("expected_at", models.DateTimeField(null=True)),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=240)),
                ("created_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.warehouse"
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.warehouse"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("destination")), _negated=True),
                        name="transfer_two_places",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpectedReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("quantity_received", orderwell.platform.fields.QuantityField(default=0)),
                ("due_at", models.DateTimeField()),
                ("reference", models.CharField(max_length=80)),
                ("supplier", models.CharField(blank=True, default="", max_length=120)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["variant", "warehouse", "due_at"], name="expected_receipt_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("reference", "variant", "warehouse"), name="expected_receipt_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_received__gte", 0), ("quantity__gte", models.F("quantity_received"))
                        ),
                        name="expected_receipt_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelBuffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.channel"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.variant"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.warehouse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "variant", "warehouse"), name="channel_buffer_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="channel_buffer_not_negative"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="adjustment",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="inventory.warehouse"
            ),
        ),
        migrations.CreateModel(
            name="StockCountLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted", orderwell.platform.fields.QuantityField(null=True)),
                ("expected", orderwell.platform.fields.QuantityField(null=True)),
                ("disturbed", models.BooleanField(default=False)),
                ("counted_at", models.DateTimeField(null=True)),
                ("counted_by", models.CharField(blank=True, max_length=120)),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="inventory.stockcount"
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
                    models.UniqueConstraint(fields=("count", "stock_item"), name="count_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("counted__isnull", True), ("counted__gte", 0), _connector="OR"),
                        name="count_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted__isnull", True), ("expected__isnull", True)),
                            models.Q(("counted__isnull", False), ("expected__isnull", False)),
                            _connector="OR",
                        ),
                        name="count_with_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line_id", models.BigIntegerField()),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("priority", models.PositiveSmallIntegerField(default=100)),
                ("reserved_at", models.DateTimeField()),
                (
                    "stock_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="inventory.stockitem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="reservation_positive"),
                    models.UniqueConstraint(fields=("line_id", "stock_item"), name="reservation_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "Opening"),
                            ("receipt", "Receipt"),
                            ("shipment", "Shipment"),
                            ("return", "Return"),
                            ("adjustment", "Adjustment"),
                            ("transfer_out", "Transfer Out"),
                            ("transfer_in", "Transfer In"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("cause", models.CharField(max_length=40)),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("note", models.CharField(blank=True, max_length=240)),
                ("occurred_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                (
                    "stock_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="inventory.stockitem"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stock_item", "occurred_at", "id"], name="movement_item"),
                    models.Index(fields=["cause"], name="movement_cause"),
                    models.Index(fields=["occurred_at", "id"], name="movement_time"),
                    models.Index(fields=["kind", "occurred_at", "id"], name="movement_kind"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity", 0), _negated=True), name="movement_not_zero")
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("quantity_received", orderwell.platform.fields.QuantityField(default=0)),
                ("quantity_lost", orderwell.platform.fields.QuantityField(default=0)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="inventory.transfer"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "variant"), name="transfer_line_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="transfer_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_received__gte", 0),
                            ("quantity_lost__gte", 0),
                            (
                                "quantity__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("quantity_received"), "+", models.F("quantity_lost")
                                ),
                            ),
                        ),
                        name="transfer_line_within",
                    ),
                ],
            },
        ),
    ]
