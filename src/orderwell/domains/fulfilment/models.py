"""Shipments and returns: records only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orderwell.platform.fields import AmountField, QuantityField, RateField


class Shipment(models.Model):
    """Goods of one order that left one warehouse together. See states.py for its states."""

    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    actor_label = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["order"], name="shipment_order"),
            models.Index(fields=["-shipped_at", "-id"], name="shipment_recent"),
            models.Index(fields=["state", "-shipped_at", "-id"], name="shipment_state"),
            models.Index(fields=["warehouse", "-shipped_at", "-id"], name="shipment_warehouse"),
            # Whole: a database can't know that a parameter isn't empty, so a partial index would never be used.
            models.Index(fields=["tracking_number"], name="shipment_by_tracking"),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """`quantity` counts units of the stocked variant: for a bundle, of its component."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    stock_item = models.ForeignKey("inventory.StockItem", on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    quantity_returned = QuantityField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line", "stock_item"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_positive"),
            models.CheckConstraint(
                condition=Q(quantity_returned__gte=0) & Q(quantity__gte=F("quantity_returned")),
                name="shipment_line_returned_within",
            ),
        ]


class Return(models.Model):
    """Goods, or only money, that came back. Without an order when a history file does not say which one it was."""

    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.ForeignKey("catalog.Channel", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=120, null=True)  # NULL: unique only where given
    history = models.BooleanField(default=False)
    reason = models.CharField(max_length=240, blank=True)
    # Why no credit note is to be written for it; empty as long as nobody has said so.
    settled_without = models.CharField(max_length=240, blank=True, default="", db_default="")
    # Nobody has credited or settled it yet. Whether there is still something to credit is asked when it is looked at.
    awaits_credit = models.BooleanField(default=False, db_default=False)
    currency = models.CharField(max_length=3)
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()
    received_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    # A return that was a mistake stays, says by whom and why it was undone, and counts no longer.
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    undone_reason = models.CharField(max_length=240, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], name="return_external_once", condition=Q(external_id__isnull=False)
            ),
            models.CheckConstraint(condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="return_adds_up"),
        ]
        indexes = [
            models.Index(fields=["order"], name="return_order", condition=Q(order__isnull=False)),
            models.Index(fields=["-received_at", "-id"], name="return_recent"),
            models.Index(fields=["channel", "-received_at", "-id"], name="return_channel"),
            models.Index(fields=["customer", "-received_at", "-id"], name="return_customer"),
            models.Index(fields=["external_id"], name="return_external", condition=Q(external_id__isnull=False)),
            models.Index(fields=["received_at", "id"], name="return_awaits", condition=Q(awaits_credit=True)),
        ]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """`quantity` counts units of the order line; the money is what is to be credited for them.

    What physically came back are its items: for a bundle one or more for each component.
    """

    class Disposition(models.TextChoices):
        RESTOCK = "restock"
        SCRAP = "scrap"
        NONE = "none"  # history, or a charge: nothing physical

    return_document = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, null=True, related_name="+")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, null=True, related_name="+")
    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=240)
    quantity = QuantityField()
    disposition = models.CharField(max_length=10, choices=Disposition)
    # Units that were never invoiced and are not billed, because the return was settled without a credit note.
    quantity_unbilled = QuantityField(default=0, db_default=0)
    tax_rate = RateField()
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_line_positive"),
            models.CheckConstraint(
                condition=Q(quantity_unbilled__gte=0) & Q(quantity__gte=F("quantity_unbilled")),
                name="return_line_unbilled_within",
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="return_line_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["order_line"], name="return_line_order", condition=Q(order_line__isnull=False))]


class ReturnedItem(models.Model):
    """What physically came back on a return line, by the shipment line that had taken it out."""

    return_line = models.ForeignKey(ReturnLine, on_delete=models.CASCADE, related_name="items")
    # NULL for goods of a past order: they left before Orderwell, so no shipment of ours took them out.
    shipment_line = models.ForeignKey(ShipmentLine, on_delete=models.PROTECT, null=True, related_name="returned_items")
    # Where restocked goods went; NULL when scrapped.
    stock_item = models.ForeignKey("inventory.StockItem", on_delete=models.PROTECT, null=True, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="returned_item_positive")]
