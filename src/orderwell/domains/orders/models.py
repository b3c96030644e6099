"""Orders and what they are made of: records only. `states.py` has the rules of their states, `services/` the use cases.

An order's total is the sum of its lines: goods, shipping and other charges are all lines. Line amounts are those of the
quantity that is not cancelled. Counters on a line (`quantity_shipped` ...) are sums kept for speed, guarded by CHECKs,
written with their causes and recomputed by `orderwell verify`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull

from orderwell.domains.orders.due import ReadyDue, UninvoicedSince
from orderwell.platform.crypto import EncryptedTextField
from orderwell.platform.fields import AmountField, QuantityField, RateField, UnitPriceField


class Order(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        PLACED = "placed"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    class FulfilmentState(models.TextChoices):
        NONE = "none"  # nothing to ship: drafts, cancelled orders, orders of charges only
        BACKORDERED = "backordered"  # nothing shipped yet and something is missing
        RESERVED = "reserved"  # everything is in stock and waits to be shipped
        PARTIAL = "partial"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        RETURNED = "returned"

    class PaymentState(models.TextChoices):
        UNPAID = "unpaid"
        PARTIAL = "partial"
        PAID = "paid"
        OVERPAID = "overpaid"
        REFUNDED = "refunded"
        NONE = "none"  # nothing to pay: drafts, free orders, orders settled before Orderwell

    number = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, choices=State)
    fulfilment_state = models.CharField(max_length=12, choices=FulfilmentState, default=FulfilmentState.NONE)
    payment_state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.NONE)
    on_hold = models.BooleanField(default=False)
    # True for orders that happened before or outside Orderwell: they touch neither stock nor what customers owe.
    history = models.BooleanField(default=False)
    channel = models.ForeignKey("catalog.Channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=120, null=True)  # NULL: unique only where given
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    customer_name = models.CharField(max_length=240, blank=True)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    # Discount on the whole order as agreed; it is spread over the goods lines.
    order_discount = AmountField(default=0)
    net_amount = AmountField(default=0)
    tax_amount = AmountField(default=0)
    total_amount = AmountField(default=0)
    # Sums over billing's ledgers, kept here for lists and for the payment state.
    invoiced_amount = AmountField(default=0)
    credited_amount = AmountField(default=0)
    paid_amount = AmountField(default=0)
    # Recipient, phone, e-mail and street as one encrypted JSON object; the rest of the address is searchable.
    ship_to = EncryptedTextField(aad="orders.order.ship_to", blank=True)
    ship_country = models.CharField(max_length=2, blank=True)
    ship_region = models.CharField(max_length=80, blank=True)
    ship_city = models.CharField(max_length=80, blank=True)
    ship_postcode = models.CharField(max_length=20, blank=True)
    phone_index = models.BinaryField(max_length=16, null=True)
    phone_last4_index = models.BinaryField(max_length=16, null=True)
    email_index = models.BinaryField(max_length=16, null=True)
    priority = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    custom = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # NULL for drafts.
    placed_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id", "channel"], name="order_external_once", condition=Q(external_id__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(total_amount=F("net_amount") + F("tax_amount")), name="order_total_adds_up"
            ),
            models.CheckConstraint(condition=Q(state="draft") | Q(placed_at__isnull=False), name="order_placed_at"),
        ]
        # Foreign keys have no index of their own where one of these, or of the lines' constraint, begins with them.
        # Lists are paged by (placed_at, id); created_at stands in for drafts through `placed_at IS NULL`.
        # Ascending, so that a new order comes last in each: its page is full before the next is begun. Read backwards.
        indexes = [
            models.Index(fields=["placed_at", "id"], name="order_recent"),
            models.Index(fields=["state", "placed_at", "id"], name="order_state"),
            # With all that is asked of orders that wait: how many are late, and how old they are, is read from it alone.
            models.Index(
                fields=["fulfilment_state", "placed_at", "id", "state", "promised_at", "requested_at", "channel"],
                name="order_fulfilment",
            ),
            models.Index(fields=["payment_state", "placed_at", "id"], name="order_payment"),
            models.Index(fields=["channel", "placed_at", "id"], name="order_channel"),
            models.Index(fields=["customer", "placed_at", "id"], name="order_customer"),
            models.Index(fields=["team", "placed_at", "id"], name="order_team", condition=Q(team__isnull=False)),
            models.Index(fields=["placed_at", "id"], name="order_on_hold", condition=Q(on_hold=True)),
            # What waits to leave, the most urgent first: no others are in it, and an order that left is no longer.
            models.Index(ReadyDue(), "priority", "id", name="order_ready", condition=Q(IsNull(ReadyDue(), False))),
            # What left and is not invoiced in full, in the order of the list.
            models.Index(
                fields=["placed_at", "id"], name="order_uninvoiced", condition=Q(IsNull(UninvoicedSince(), False))
            ),
            models.Index(fields=["phone_index"], name="order_phone", condition=Q(phone_index__isnull=False)),
            models.Index(
                fields=["phone_last4_index"], name="order_last4", condition=Q(phone_last4_index__isnull=False)
            ),
            models.Index(fields=["email_index"], name="order_email", condition=Q(email_index__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    class Kind(models.TextChoices):
        GOODS = "goods"
        SHIPPING = "shipping"
        CHARGE = "charge"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.GOODS)
    variant = models.ForeignKey(
        "catalog.Variant", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_bundle = models.BooleanField(default=False)
    # Copied at entry: a later change of the catalogue never alters an order. For charges `sku` is the charge's code.
    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=240)
    quantity = QuantityField()
    unit_price = UnitPriceField()
    # For the whole `quantity`: the line's own discount and its share of the order's.
    line_discount = AmountField(default=0)
    order_discount_share = AmountField(default=0)
    tax_rate = RateField()
    net_amount = AmountField()
    tax_amount = AmountField()
    gross_amount = AmountField()
    quantity_cancelled = QuantityField(default=0)
    quantity_shipped = QuantityField(default=0)
    quantity_returned = QuantityField(default=0)
    quantity_invoiced = QuantityField(default=0)
    # Of those that came back: never invoiced, and nothing is asked for them.
    quantity_unbilled = QuantityField(default=0, db_default=0)
    # What stands charged for the invoiced units beyond their worth by price (pricing.py), kept with `quantity_invoiced`.
    rounding_net = AmountField(default=0, db_default=0)
    rounding_tax = AmountField(default=0, db_default=0)
    promised_at = models.DateTimeField(null=True)
    # Why this price, this tax, these warehouses: {"price": ..., "tax": ..., "sourcing": ...}.
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")), name="order_line_adds_up"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_positive"),
            models.CheckConstraint(
                condition=Q(quantity_cancelled__gte=0)
                & Q(quantity_shipped__gte=0)
                & Q(quantity__gte=F("quantity_cancelled") + F("quantity_shipped")),
                name="order_line_shipped_within",
            ),
            models.CheckConstraint(
                condition=Q(quantity_returned__gte=0) & Q(quantity_shipped__gte=F("quantity_returned")),
                name="order_line_returned_within",
            ),
            models.CheckConstraint(
                condition=Q(quantity_invoiced__gte=0) & Q(quantity__gte=F("quantity_invoiced")),
                name="order_line_invoiced_within",
            ),
            models.CheckConstraint(
                condition=Q(quantity_unbilled__gte=0)
                & Q(quantity_returned__gte=F("quantity_unbilled"))
                & Q(quantity__gte=F("quantity_invoiced") + F("quantity_unbilled")),
                name="order_line_unbilled_within",
            ),
        ]
        indexes = [
            models.Index(fields=["variant", "id"], name="order_line_variant", condition=Q(variant__isnull=False))
        ]


class LineComponent(models.Model):
    """What one unit of a bundle line consisted of when it was ordered."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="components")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "variant"], name="line_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_component_positive"),
        ]


class Backorder(models.Model):
    """Demand of a line that no stock is reserved for yet. For a bundle, in units of the component."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="backorders")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    priority = models.PositiveSmallIntegerField(default=100)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "variant"], name="backorder_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="backorder_positive"),
        ]
        indexes = [models.Index(fields=["variant", "priority", "since", "id"], name="backorder_queue")]


class Hold(models.Model):
    """Stops named steps of an order until somebody releases it. `kind` decides which steps (see holds.py)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="holds")
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=240)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=120)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=120, blank=True)
    release_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [models.Index(fields=["order"], name="hold_active", condition=Q(released_at__isnull=True))]


class Cancellation(models.Model):
    """Units of a line that will not be delivered, with the reason: the cause behind `quantity_cancelled`."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="cancellations")
    quantity = QuantityField()
    reason = models.CharField(max_length=240)
    cancelled_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="cancellation_positive")]


class Amendment(models.Model):
    """A change of a placed order, or a cancellation, as a document: what was, what became, who, why. Never altered but
    for being undone, which puts `before` back as long as nothing was shipped or invoiced of what it touched.
    """

    class Kind(models.TextChoices):
        CHANGE = "change"
        CANCEL = "cancel"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="amendments", db_index=False)
    # Counts within the order.
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=240, blank=True)
    version_before = models.PositiveIntegerField()
    version_after = models.PositiveIntegerField()
    # Names of what it changed ("note", "line:7"), and the values before and after.
    touched = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # The addresses before and after, as one encrypted JSON object.
    addresses = EncryptedTextField(aad="orders.amendment.addresses", blank=True)
    # What was shown before it was confirmed: money, stock, dates.
    difference = models.JSONField(default=dict)
    # Why it can never be undone, where something outside the order was done with it (a credit note).
    final = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    source = models.CharField(max_length=10)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="amendment_number")]


class OrderNote(models.Model):
    """Taken away it stays, so that it can come back. `before` is what it said before the last change of it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notes")
    body = models.TextField()
    before = models.TextField(default="", db_default="", blank=True)
    # The person, as in events: by number, and by the name of that time.
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, db_default=1)


class Attachment(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="orders/%Y/%m")
    name = models.CharField(max_length=240)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    author_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
