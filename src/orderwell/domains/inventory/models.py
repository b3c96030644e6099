"""The stock ledger: records only. Movements and reservations are causes; `on_hand` and `reserved` are their sums."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from orderwell.platform.fields import QuantityField


class Warehouse(models.Model):
    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    # Lower comes first when nothing else decides between warehouses.
    priority = models.PositiveSmallIntegerField(default=100)
    allow_negative = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class StockItem(models.Model):
    """One variant in one warehouse. `allow_negative` copies the warehouse's policy so that a CHECK can enforce it."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock_items")
    on_hand = QuantityField(default=0)
    reserved = QuantityField(default=0)
    allow_negative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="stock_item_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(allow_negative=True) | Q(on_hand__gte=F("reserved")), name="stock_never_oversold"
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "variant"], name="stock_item_warehouse"),
            # Where more may be promised than there is. Quantities stay out of it: no index is renewed when goods move.
            models.Index(fields=["warehouse", "variant"], name="stock_item_oversold", condition=Q(allow_negative=True)),
        ]


class StockMovement(models.Model):
    """Append-only. `cause` names the document ("shipment:12"); `quantity` is signed."""

    class Kind(models.TextChoices):
        OPENING = "opening"
        RECEIPT = "receipt"
        SHIPMENT = "shipment"
        RETURN = "return"
        ADJUSTMENT = "adjustment"
        TRANSFER_OUT = "transfer_out"
        TRANSFER_IN = "transfer_in"

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind)
    quantity = QuantityField()
    cause = models.CharField(max_length=40)
    reason = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=240, blank=True)
    occurred_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="movement_not_zero")]
        indexes = [
            models.Index(fields=["stock_item", "occurred_at", "id"], name="movement_item"),
            models.Index(fields=["cause"], name="movement_cause"),
            models.Index(fields=["occurred_at", "id"], name="movement_time"),
            models.Index(fields=["kind", "occurred_at", "id"], name="movement_kind"),
        ]


class Reservation(models.Model):
    """Stock promised to one order line. The row shrinks as goods ship or are cancelled and goes when nothing is left.

    `line_id` is an order line; orders lie in a higher layer, so there is no foreign key. `orderwell verify` checks it.
    """

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    line_id = models.BigIntegerField()
    quantity = QuantityField()
    priority = models.PositiveSmallIntegerField(default=100)
    reserved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
            models.UniqueConstraint(fields=["line_id", "stock_item"], name="reservation_once"),
        ]


class Adjustment(models.Model):
    """A correction of stock with its reason; its movements carry the quantities."""

    class Reason(models.TextChoices):
        COUNT = "count"
        DAMAGED = "damaged"
        EXPIRED = "expired"
        FOUND = "found"
        LOST = "lost"
        OPENING = "opening"
        RECEIPT = "receipt"
        SAMPLE = "sample"
        OTHER = "other"

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="adjustments")
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.CharField(max_length=240, blank=True)
    external_id = models.CharField(max_length=120, null=True, unique=True)  # NULL: unique only where given
    adjusted_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)


class Transfer(models.Model):
    """Goods on the way from one warehouse to another. In transit = dispatched - received - lost."""

    number = models.CharField(max_length=40, unique=True)
    origin = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    expected_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(origin=F("destination")), name="transfer_two_places")]


class TransferLine(models.Model):
    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    quantity_received = QuantityField(default=0)
    quantity_lost = QuantityField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "variant"], name="transfer_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_line_positive"),
            models.CheckConstraint(
                condition=Q(quantity_received__gte=0)
                & Q(quantity_lost__gte=0)
                & Q(quantity__gte=F("quantity_received") + F("quantity_lost")),
                name="transfer_line_within",
            ),
        ]


class ExpectedReceipt(models.Model):
    """Goods announced for a date, from a supplier or production: what dated ATP adds to stock."""

    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    quantity_received = QuantityField(default=0)
    due_at = models.DateTimeField()
    reference = models.CharField(max_length=80)
    # Who sends them, in words.
    supplier = models.CharField(max_length=120, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "variant", "warehouse"], name="expected_receipt_once"),
            models.CheckConstraint(
                condition=Q(quantity_received__gte=0) & Q(quantity__gte=F("quantity_received")),
                name="expected_receipt_within",
            ),
        ]
        indexes = [models.Index(fields=["variant", "warehouse", "due_at"], name="expected_receipt_due")]


class ChannelBuffer(models.Model):
    """Stock that a channel may not promise. Without a variant it holds for all; the most specific row counts."""

    channel = models.ForeignKey("catalog.Channel", on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, null=True, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, null=True, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "variant", "warehouse"], name="channel_buffer_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="channel_buffer_not_negative"),
        ]


class StockCount(models.Model):
    """Goods are counted: what is really there, line by line, until the differences are posted together."""

    number = models.CharField(max_length=40, unique=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    # Those who count don't see what the ledger says.
    blind = models.BooleanField(default=False)
    note = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.number


class StockCountLine(models.Model):
    """`expected` is what the ledger said at the moment of counting; the difference holds whatever moved since.

    `disturbed`: goods moved between two parts of the count, so that nobody knows on which side they were counted.
    """

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="+")
    counted = QuantityField(null=True)
    expected = QuantityField(null=True)
    disturbed = models.BooleanField(default=False)
    counted_at = models.DateTimeField(null=True)
    counted_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "stock_item"], name="count_line_once"),
            models.CheckConstraint(condition=Q(counted__isnull=True) | Q(counted__gte=0), name="count_not_negative"),
            models.CheckConstraint(
                condition=(Q(counted__isnull=True) & Q(expected__isnull=True))
                | (Q(counted__isnull=False) & Q(expected__isnull=False)),
                name="count_with_its_moment",
            ),
        ]

    @property
    def difference(self) -> Decimal:
        return (self.counted or Decimal(0)) - (self.expected or Decimal(0))
