import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import orderwell.platform.crypto.fields
import orderwell.platform.fields


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("billing", "0001_initial"),
        ("billing", "0002_search_index"),
        ("billing", "0003_list_indexes"),
        ("billing", "0004_statements"),
        ("billing", "0005_undone_money"),
        ("billing", "0006_bill_to"),
        ("billing", "0007_amounts"),
        ("billing", "0008_invoices_by_name"),
        ("billing", "0009_undone_credit_notes"),
        ("billing", "0010_index_of_undone_credit_notes"),
        ("billing", "0011_indexes_of_foreign_keys"),
    ]

    initial = True

    dependencies = [
        ("customers", "0001_foundation"),
        ("orders", "0001_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=120)),
                ("undone_reason", models.CharField(blank=True, max_length=240)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("cause", models.CharField(max_length=40)),
                ("reverses", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=240)),
                ("currency", models.CharField(max_length=3)),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                ("issued_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
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
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("cause", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                ("open_amount", orderwell.platform.fields.AmountField(default=0)),
                ("issued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                (
                    "bill_to",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="billing.invoice.bill_to", null=True),
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
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
                (
                    "takes_back",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back_by",
                        to="billing.creditnote",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["cause"], name="invoice_cause"),
                    models.Index(fields=["-issued_at", "-id"], name="invoice_recent"),
                    models.Index(fields=["customer", "-issued_at", "-id"], name="invoice_customer"),
                    models.Index(fields=["gross_amount", "-id"], name="invoice_amount"),
                    models.Index(
                        condition=models.Q(("open_amount__gt", 0)), fields=["-issued_at", "-id"], name="invoice_open"
                    ),
                    models.Index(
                        condition=models.Q(("open_amount__gt", 0)),
                        fields=["due_at", "id", "currency", "open_amount"],
                        name="invoice_open_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="invoice_adds_up",
                    ),
                    models.CheckConstraint(condition=models.Q(("open_amount__gte", 0)), name="invoice_open_amount"),
                ],
            },
        ),
        migrations.AddField(
            model_name="creditnote",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="credit_notes", to="billing.invoice"
            ),
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("tax_rate", orderwell.platform.fields.RateField()),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                ("quantity_credited", orderwell.platform.fields.QuantityField(default=0)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="billing.invoice"
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "order_line"), name="invoice_line_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="invoice_line_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="invoice_line_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_credited__gte", 0), ("quantity__gte", models.F("quantity_credited"))
                        ),
                        name="invoice_line_credited_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNoteLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                ("net_amount", orderwell.platform.fields.AmountField()),
                ("tax_amount", orderwell.platform.fields.AmountField()),
                ("gross_amount", orderwell.platform.fields.AmountField()),
                (
                    "credit_note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="billing.creditnote"
                    ),
                ),
                (
                    "invoice_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_lines",
                        to="billing.invoiceline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="credit_line_adds_up",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit Note"),
                            ("payment", "Payment"),
                            ("refund", "Refund"),
                            ("payment_undo", "Payment Undo"),
                            ("refund_undo", "Refund Undo"),
                        ],
                        max_length=12,
                    ),
                ),
                ("document", models.CharField(max_length=40, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", orderwell.platform.fields.AmountField()),
                ("occurred_at", models.DateTimeField()),
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
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "currency"], name="ledger_customer")],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=120)),
                ("undone_reason", models.CharField(blank=True, max_length=240)),
                ("method", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=120, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", orderwell.platform.fields.AmountField()),
                ("refunded_amount", orderwell.platform.fields.AmountField(default=0)),
                ("received_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
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
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-received_at", "-id"], name="payment_recent"),
                    models.Index(fields=["method", "-received_at", "-id"], name="payment_method"),
                    models.Index(fields=["customer", "-received_at", "-id"], name="payment_customer"),
                    models.Index(fields=["amount", "-id"], name="payment_amount"),
                    models.Index(
                        condition=models.Q(("reference__isnull", False)), fields=["reference"], name="payment_reference"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference__isnull", False), ("undone_at__isnull", True)),
                        fields=("method", "reference"),
                        name="payment_reference_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("refunded_amount__gte", 0), ("amount__gte", models.F("refunded_amount"))),
                        name="payment_refunded_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("undone_at__isnull", True), ("refunded_amount", 0), _connector="OR"),
                        name="payment_undone_not_refunded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=120)),
                ("undone_reason", models.CharField(blank=True, max_length=240)),
                ("amount", orderwell.platform.fields.AmountField()),
                ("reason", models.CharField(max_length=240)),
                ("cause", models.CharField(blank=True, db_default="", default="", max_length=40)),
                ("reference", models.CharField(max_length=120, null=True)),
                ("refunded_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="billing.payment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference__isnull", False), ("undone_at__isnull", True)),
                        fields=("reference",),
                        name="refund_reference_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("opening", orderwell.platform.fields.AmountField()),
                ("closing", orderwell.platform.fields.AmountField()),
                ("documents", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(fields=["cause"], name="credit_note_cause"),
        ),
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(fields=["-issued_at", "-id"], name="credit_note_recent"),
        ),
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(
                condition=models.Q(("undone_at__isnull", False)), fields=["cause"], name="credit_note_undone"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_amount",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net_amount"), "+", models.F("tax_amount")
                        ),
                    )
                ),
                name="credit_note_adds_up",
            ),
        ),
    ]
