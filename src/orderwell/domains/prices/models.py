"""Price lists: what a product costs for whom, from which quantity, from when until when. Records only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orderwell.platform.fields import QuantityField, UnitPriceField


class PriceList(models.Model):
    """Prices in one currency. Days are those of the business time zone, both included; NULL: no bound."""

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    # Lower goes first among lists that apply for the same reason.
    priority = models.PositiveSmallIntegerField(default=100)
    # NULL: like list prices, with or without tax as the order's channel has it. Else only for channels that do the same.
    prices_include_tax = models.BooleanField(null=True)
    note = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="price_list_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PriceAssignment(models.Model):
    """Whom a list is for: everyone, a channel, a group of customers, or one customer."""

    class Scope(models.TextChoices):
        CUSTOMER = "customer"
        GROUP = "group"
        CHANNEL = "channel"
        EVERYONE = "everyone"

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="assignments")
    scope = models.CharField(max_length=10, choices=Scope)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey("customers.CustomerGroup", on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.ForeignKey("catalog.Channel", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="customer", customer__isnull=False, group=None, channel=None)
                | Q(scope="group", customer=None, group__isnull=False, channel=None)
                | Q(scope="channel", customer=None, group=None, channel__isnull=False)
                | Q(scope="everyone", customer=None, group=None, channel=None),
                name="price_assignment_names_one",
            ),
            models.UniqueConstraint(
                fields=["price_list", "customer"], condition=Q(scope="customer"), name="price_assignment_customer_once"
            ),
            models.UniqueConstraint(
                fields=["price_list", "group"], condition=Q(scope="group"), name="price_assignment_group_once"
            ),
            models.UniqueConstraint(
                fields=["price_list", "channel"], condition=Q(scope="channel"), name="price_assignment_channel_once"
            ),
            models.UniqueConstraint(
                fields=["price_list"], condition=Q(scope="everyone"), name="price_assignment_everyone_once"
            ),
        ]


class PriceEntry(models.Model):
    """`unit_price` of a product in a list from the quantity `minimum` on; 0: for any quantity."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="entries")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    minimum = QuantityField(default=0)
    unit_price = UnitPriceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "variant", "minimum"], name="price_entry_once"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="price_entry_not_negative"),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="price_entry_minimum_not_negative"),
        ]


class PriceChange(models.Model):
    """A change of a list as a document: old and new values of what it touched, so that it can be read and undone."""

    class Kind(models.TextChoices):
        TERMS = "terms"
        ENTRIES = "entries"

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    # Names of the list's fields, or "variant id:minimum"; the value is None where there was, or is, none.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["price_list", "number"], name="price_change_number_once")]
