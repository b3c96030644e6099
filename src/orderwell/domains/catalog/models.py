"""What is sold, and through which channels: records only."""

from __future__ import annotations

from django.db import models

from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.platform.fields import QuantityField, RateField, UnitPriceField
from orderwell.platform.search import SearchIndex


class Channel(models.Model):
    """Where orders come from: the sales desk, a shop, a marketplace. It decides currency, tax mode and shortage policy."""

    class Shortage(models.TextChoices):
        REFUSE = "refuse"  # all of the order from stock, or no order
        BACKORDER = "backorder"  # what is there is reserved, the rest waits

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=True)
    shortage = models.CharField(max_length=10, choices=Shortage, default=Shortage.REFUSE)
    # Codes of warehouses in the order of preference; empty means all active ones by their own priority.
    warehouse_codes = models.JSONField(default=list)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class Category(models.Model):
    code = models.SlugField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")

    def __str__(self) -> str:
        return self.code


class TaxCategory(models.Model):
    """Goods taxed alike; `rate` is the fraction charged now. Documents keep the rate they were made with."""

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    rate = RateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(rate__gte=0), name="tax_category_rate_not_negative")]

    def __str__(self) -> str:
        return self.code


class Product(models.Model):
    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=240)
    name_en = models.CharField(max_length=240)
    description = models.TextField(blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="products")
    tax_category = models.ForeignKey(TaxCategory, on_delete=models.PROTECT, related_name="products")
    # Names of the options its variants differ in, such as ["color", "size"].
    options = models.JSONField(default=list)
    custom = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.code


class Variant(models.Model):
    """What is ordered, stocked and scanned: one SKU."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=60, unique=True)
    # The full name as sold, with its options; what documents copy.
    name_zh = models.CharField(max_length=240)
    name_en = models.CharField(max_length=240)
    option_values = models.JSONField(default=dict)
    # The same in Chinese, names and values, such as {"颜色": "红色"}; empty where both languages say it alike.
    option_values_zh = models.JSONField(default=dict, db_default={})
    unit = models.CharField(max_length=20, default="piece")
    # How finely it may be divided: 0 for pieces, 3 for kilograms sold by the gram.
    quantity_places = models.PositiveSmallIntegerField(default=0)
    is_bundle = models.BooleanField(default=False)
    weight_grams = models.PositiveIntegerField(null=True)
    custom = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    # Lower-case names, SKU, pinyin and pinyin initials, for the search box.
    search_key = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity_places__lte=QUANTITY_SCALE), name="variant_places"),
        ]
        indexes = [
            models.Index(fields=["name_en"], name="variant_name_en"),
            models.Index(fields=["name_zh"], name="variant_name_zh"),
            SearchIndex(fields=["search_key"], name="variant_search"),
        ]

    def __str__(self) -> str:
        return self.sku


class VariantPrice(models.Model):
    """List price per unit and the cost used for margins, one row per currency."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    unit_price = UnitPriceField()
    unit_cost = UnitPriceField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "currency"], name="variant_price_once"),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="variant_price_not_negative"),
        ]


class Pack(models.Model):
    """A larger unit of the same goods: a box of 12."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="packs")
    unit = models.CharField(max_length=20)
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "unit"], name="pack_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="pack_positive"),
        ]


class Barcode(models.Model):
    code = models.CharField(max_length=60, unique=True)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="barcodes")
    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, null=True, related_name="barcodes")


class BundleComponent(models.Model):
    """`quantity` units of `component` go into one unit of `bundle`. A component is never itself a bundle."""

    bundle = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="components")
    component = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="part_of")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "component"], name="bundle_component_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bundle_component_positive"),
            models.CheckConstraint(condition=~models.Q(bundle=models.F("component")), name="bundle_not_of_itself"),
        ]


class ProductSubstitute(models.Model):
    """What may be offered in place of `variant` when it is out of stock, the best first. It holds in one direction only."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="substitutes")
    substitute = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="stands_in_for")
    position = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "substitute"], name="substitute_once"),
            models.CheckConstraint(condition=~models.Q(variant=models.F("substitute")), name="substitute_not_itself"),
        ]


class PresentImages(models.Manager["ProductImage"]):
    """Those that were not taken away."""

    def get_queryset(self) -> models.QuerySet[ProductImage]:
        return super().get_queryset().filter(removed_at=None)


class ProductImage(models.Model):
    """Taken away it stays for a while, so that it can come back."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, null=True, related_name="images")
    file = models.FileField(upload_to="products/%Y/%m")
    alt_text = models.CharField(max_length=240, blank=True)
    # The first is the main one, which lists show.
    position = models.PositiveIntegerField(default=0)
    # Pages keep the place free while it loads; empty for images from before they were measured.
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = PresentImages()
    with_removed: models.Manager[ProductImage] = models.Manager()
