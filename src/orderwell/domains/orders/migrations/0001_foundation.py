import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import orderwell.domains.orders.due
import orderwell.platform.crypto.fields
import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("orders", "0001_initial"),
        ("orders", "0002_amendments"),
        ("orders", "0003_waiting_orders_index"),
        ("orders", "0004_waiting_orders_by_channel"),
        ("orders", "0005_ascending_indexes"),
        ("orders", "0006_notes_that_change"),
        ("orders", "0007_ready_orders_by_due"),
        ("orders", "0008_promises_as_urgent_as_their_order"),
        ("orders", "0009_uninvoiced_orders"),
        ("orders", "0010_units_left_unbilled"),
        ("orders", "0011_lines_to_ship_by_due"),
        ("orders", "0012_rounding_of_lines"),
        ("orders", "0013_one_index_of_what_may_leave"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_foundation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("catalog", "0001_foundation"),
        ("customers", "0001_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("placed", "Placed"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "fulfilment_state",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("backordered", "Backordered"),
                            ("reserved", "Reserved"),
                            ("partial", "Partial"),
                            ("shipped", "Shipped"),
                            ("delivered", "Delivered"),
                            ("returned", "Returned"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                (
                    "payment_state",
                    models.CharField(
                        choices=[
                            ("unpaid", "Unpaid"),
                            ("partial", "Partial"),
                            ("paid", "Paid"),
                            ("overpaid", "Overpaid"),
                            ("refunded", "Refunded"),
                            ("none", "None"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("on_hold", models.BooleanField(default=False)),
                ("history", models.BooleanField(default=False)),
                ("external_id", models.CharField(max_length=120, null=True)),
                ("customer_name", models.CharField(blank=True, max_length=240)),
                ("currency", models.CharField(max_length=3)),
                ("prices_include_tax", models.BooleanField()),
                ("order_discount", orderwell.platform.fields.AmountField(default=0)),
                ("net_amount", orderwell.platform.fields.AmountField(default=0)),
                ("tax_amount", orderwell.platform.fields.AmountField(default=0)),
                ("total_amount", orderwell.platform.fields.AmountField(default=0)),
                ("invoiced_amount", orderwell.platform.fields.AmountField(default=0)),
                ("credited_amount", orderwell.platform.fields.AmountField(default=0)),
                ("paid_amount", orderwell.platform.fields.AmountField(default=0)),
                (
                    "ship_to",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="orders.order.ship_to", blank=True),
                ),
                ("ship_country", models.CharField(blank=True, max_length=2)),
                ("ship_region", models.CharField(blank=True, max_length=80)),
                ("ship_city", models.CharField(blank=True, max_length=80)),
                ("ship_postcode", models.CharField(blank=True, max_length=20)),
                ("phone_index", models.BinaryField(max_length=16, null=True)),
                ("phone_last4_index", models.BinaryField(max_length=16, null=True)),
                ("email_index", models.BinaryField(max_length=16, null=True)),
                ("priority", models.PositiveSmallIntegerField(default=100)),
                ("source", models.CharField(max_length=10)),
                ("note", models.TextField(blank=True)),
                ("custom", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("placed_at", models.DateTimeField(null=True)),
                ("requested_at", models.DateTimeField(null=True)),
                ("promised_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["placed_at", "id"], name="order_recent"),
                    models.Index(fields=["state", "placed_at", "id"], name="order_state"),
                    models.Index(
                        fields=[
                            "fulfilment_state",
                            "placed_at",
                            "id",
                            "state",
                            "promised_at",
                            "requested_at",
                            "channel",
                        ],
                        name="order_fulfilment",
                    ),
                    models.Index(fields=["payment_state", "placed_at", "id"], name="order_payment"),
                    models.Index(fields=["channel", "placed_at", "id"], name="order_channel"),
                    models.Index(fields=["customer", "placed_at", "id"], name="order_customer"),
                    models.Index(
                        condition=models.Q(("team__isnull", False)),
                        fields=["team", "placed_at", "id"],
                        name="order_team",
                    ),
                    models.Index(
                        condition=models.Q(("on_hold", True)), fields=["placed_at", "id"], name="order_on_hold"
                    ),
                    models.Index(
                        orderwell.domains.orders.due.ReadyDue(),
                        models.F("priority"),
                        models.F("id"),
                        condition=models.Q(
                            django.db.models.lookups.IsNull(orderwell.domains.orders.due.ReadyDue(), False)
                        ),
                        name="order_ready",
                    ),
                    models.Index(
                        condition=models.Q(
                            django.db.models.lookups.IsNull(orderwell.domains.orders.due.UninvoicedSince(), False)
                        ),
                        fields=["placed_at", "id"],
                        name="order_uninvoiced",
                    ),
                    models.Index(
                        condition=models.Q(("phone_index__isnull", False)), fields=["phone_index"], name="order_phone"
                    ),
                    models.Index(
                        condition=models.Q(("phone_last4_index__isnull", False)),
                        fields=["phone_last4_index"],
                        name="order_last4",
                    ),
                    models.Index(
                        condition=models.Q(("email_index__isnull", False)), fields=["email_index"], name="order_email"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id__isnull", False)),
                        fields=("external_id", "channel"),
                        name="order_external_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="order_total_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("placed_at__isnull", False), _connector="OR"),
                        name="order_placed_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=240)),
                ("placed_at", models.DateTimeField()),
                ("placed_by", models.CharField(max_length=120)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=120)),
                ("release_reason", models.CharField(blank=True, max_length=240)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="orders.order"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at__isnull", True)), fields=["order"], name="hold_active"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="orders/%Y/%m")),
                ("name", models.CharField(max_length=240)),
                ("content_type", models.CharField(max_length=120)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("author_label", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="orders.order"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[("change", "Change"), ("cancel", "Cancel")], max_length=10)),
                ("reason", models.CharField(blank=True, max_length=240)),
                ("version_before", models.PositiveIntegerField()),
                ("version_after", models.PositiveIntegerField()),
                ("touched", models.JSONField(default=list)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "addresses",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="orders.amendment.addresses", blank=True),
                ),
                ("difference", models.JSONField(default=dict)),
                ("final", models.CharField(blank=True, max_length=20)),
                ("made_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                ("source", models.CharField(max_length=10)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=120)),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="amendments",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("order", "number"), name="amendment_number")],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("goods", "Goods"), ("shipping", "Shipping"), ("charge", "Charge")],
                        default="goods",
                        max_length=10,
                    ),
                ),
                ("is_bundle", models.BooleanField(default=False)),
                ("sku", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=240)),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("unit_price", orderwell.platform.fields.UnitPriceField()),
                ("line_discount", orderwell.platform.fields.AmountField(default=0)),
                ("order_discount_share", orderwell.platform.fields.AmountField(default=0)),
                ("tax_rate", orderwell.platform.fields.RateField()),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                ("quantity_cancelled", orderwell.platform.fields.QuantityField(default=0)),
                ("quantity_shipped", orderwell.platform.fields.QuantityField(default=0)),
                ("quantity_returned", orderwell.platform.fields.QuantityField(default=0)),
                ("quantity_invoiced", orderwell.platform.fields.QuantityField(default=0)),
                ("quantity_unbilled", orderwell.platform.fields.QuantityField(db_default=0, default=0)),
                ("rounding_net", orderwell.platform.fields.AmountField(db_default=0, default=0)),
                ("rounding_tax", orderwell.platform.fields.AmountField(db_default=0, default=0)),
                ("promised_at", models.DateTimeField(null=True)),
                ("explanation", models.JSONField(default=dict)),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.variant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("variant__isnull", False)),
                        fields=["variant", "id"],
                        name="order_line_variant",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "position"), name="order_line_position"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="order_line_adds_up",
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="order_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_cancelled__gte", 0),
                            ("quantity_shipped__gte", 0),
                            (
                                "quantity__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("quantity_cancelled"), "+", models.F("quantity_shipped")
                                ),
                            ),
                        ),
                        name="order_line_shipped_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_returned__gte", 0), ("quantity_shipped__gte", models.F("quantity_returned"))
                        ),
                        name="order_line_returned_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_invoiced__gte", 0), ("quantity__gte", models.F("quantity_invoiced"))
                        ),
                        name="order_line_invoiced_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_unbilled__gte", 0),
                            ("quantity_returned__gte", models.F("quantity_unbilled")),
                            (
                                "quantity__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("quantity_invoiced"), "+", models.F("quantity_unbilled")
                                ),
                            ),
                        ),
                        name="order_line_unbilled_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineComponent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="components", to="orders.orderline"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "variant"), name="line_component_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="line_component_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("reason", models.CharField(max_length=240)),
                ("cancelled_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cancellations", to="orders.orderline"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="cancellation_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="Backorder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("priority", models.PositiveSmallIntegerField(default=100)),
                ("since", models.DateTimeField()),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="backorders", to="orders.orderline"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["variant", "priority", "since", "id"], name="backorder_queue")],
                "constraints": [
                    models.UniqueConstraint(fields=("line", "variant"), name="backorder_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="backorder_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("before", models.TextField(blank=True, db_default="", default="")),
                ("author_id", models.BigIntegerField(null=True)),
                ("author_label", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="orders.order"
                    ),
                ),
            ],
        ),
    ]
