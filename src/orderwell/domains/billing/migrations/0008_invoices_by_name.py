"""Payments may name an invoice, and each invoice keeps what is open of it. None named one so far: the oldest come first."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from orderwell.platform.fields import AmountField

BATCH = 500
ZERO = Decimal(0)


def fill(apps: Any, schema_editor: Any) -> None:
    invoice, note, order = (
        apps.get_model(*name) for name in (("billing", "Invoice"), ("billing", "CreditNote"), ("orders", "Order"))
    )
    alone(invoice, note, order)
    several = invoice.objects.order_by().values("order_id").annotate(count=Count("pk")).filter(count__gt=1)
    orders = list(several.values_list("order_id", flat=True))
    for start in range(0, len(orders), BATCH):
        together(invoice, note, order, orders[start : start + BATCH])


def alone(invoice: Any, note: Any, order: Any) -> None:
    """Orders with one invoice, in one statement."""
    other = invoice.objects.filter(order_id=OuterRef("order_id")).exclude(pk=OuterRef("pk"))
    sums = note.objects.filter(invoice_id=OuterRef("pk")).order_by().values("invoice_id")
    credited = Subquery(sums.annotate(sum=Sum("gross_amount")).values("sum"), output_field=AmountField())
    paid = Subquery(order.objects.filter(pk=OuterRef("order_id")).values("paid_amount"), output_field=AmountField())
    left = F("gross_amount") - Coalesce(credited, ZERO, output_field=AmountField()) - paid
    rows = invoice.objects.filter(~Exists(other)).annotate(left=ExpressionWrapper(left, output_field=AmountField()))
    rows.filter(left__gt=ZERO).update(open_amount=F("left"))


def together(invoice: Any, note: Any, order: Any, orders: list[int]) -> None:
    """Orders with several."""
    paid = dict(order.objects.filter(pk__in=orders).values_list("pk", "paid_amount"))
    notes = note.objects.filter(order_id__in=orders).order_by()
    credited = dict(notes.values_list("invoice_id").annotate(sum=Sum("gross_amount")))
    asked: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    rows = {row.pk: row for row in invoice.objects.filter(order_id__in=orders).order_by("issued_at", "pk")}
    for pk, row in rows.items():
        asked[row.order_id].append((pk, row.gross_amount - credited.get(pk, ZERO)))
    changed = []
    for order_id, theirs in asked.items():
        # What credit notes took back beyond their invoice settles the others, as what was paid does.
        rest = max(paid[order_id] - sum(amount for _pk, amount in theirs if amount < ZERO), ZERO)
        for pk, amount in theirs:
            part = min(max(amount, ZERO), rest)
            rest -= part
            if amount > part:
                rows[pk].open_amount = amount - part
                changed.append(rows[pk])
    invoice.objects.bulk_update(changed, ["open_amount"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_amounts"),
        ("customers", "0007_files"),
        ("orders", "0008_promises_as_urgent_as_their_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="invoice",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="open_amount",
            field=AmountField(default=0),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(condition=Q(open_amount__gte=0), name="invoice_open_amount"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["-issued_at", "-id"], name="invoice_open", condition=Q(open_amount__gt=0)),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["due_at", "id", "currency", "open_amount"],
                name="invoice_open_due",
                condition=Q(open_amount__gt=0),
            ),
        ),
    ]
