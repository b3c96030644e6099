import django.db.models.deletion
from django.db import migrations, models

import orderwell.platform.fields
import orderwell.platform.search.index


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("catalog", "0001_initial"),
        ("catalog", "0002_image_sizes"),
        ("catalog", "0003_substitutes"),
        ("catalog", "0004_search_index"),
        ("catalog", "0005_skus_without_separators"),
        ("catalog", "0006_removed_images"),
        ("catalog", "0007_options_in_chinese"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("prices_include_tax", models.BooleanField(default=True)),
                (
                    "shortage",
                    models.CharField(
                        choices=[("refuse", "Refuse"), ("backorder", "Backorder")], default="refuse", max_length=10
                    ),
                ),
                ("warehouse_codes", models.JSONField(default=list)),
                ("active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="catalog.category",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaxCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("rate", orderwell.platform.fields.RateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("rate__gte", 0)), name="tax_category_rate_not_negative")
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True)),
                ("name_zh", models.CharField(max_length=240)),
                ("name_en", models.CharField(max_length=240)),
                ("description", models.TextField(blank=True)),
                ("options", models.JSONField(default=list)),
                ("custom", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.category",
                    ),
                ),
                (
                    "tax_category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="products", to="catalog.taxcategory"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=60, unique=True)),
                ("name_zh", models.CharField(max_length=240)),
                ("name_en", models.CharField(max_length=240)),
                ("option_values", models.JSONField(default=dict)),
                ("option_values_zh", models.JSONField(db_default={}, default=dict)),
                ("unit", models.CharField(default="piece", max_length=20)),
                ("quantity_places", models.PositiveSmallIntegerField(default=0)),
                ("is_bundle", models.BooleanField(default=False)),
                ("weight_grams", models.PositiveIntegerField(null=True)),
                ("custom", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("search_key", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="variants", to="catalog.product"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name_en"], name="variant_name_en"),
                    models.Index(fields=["name_zh"], name="variant_name_zh"),
                    orderwell.platform.search.index.SearchIndex(fields=["search_key"], name="variant_search"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity_places__lte", 4)), name="variant_places")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductSubstitute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=240)),
                (
                    "substitute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stands_in_for", to="catalog.variant"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="substitutes", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("variant", "substitute"), name="substitute_once"),
                    models.CheckConstraint(
                        condition=models.Q(("variant", models.F("substitute")), _negated=True),
                        name="substitute_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="products/%Y/%m")),
                ("alt_text", models.CharField(blank=True, max_length=240)),
                ("position", models.PositiveIntegerField(default=0)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="images", to="catalog.product"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="catalog.variant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Pack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(max_length=20)),
                ("quantity", orderwell.platform.fields.QuantityField()),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packs", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("variant", "unit"), name="pack_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="pack_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundleComponent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", orderwell.platform.fields.QuantityField()),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="components", to="catalog.variant"
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="part_of", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bundle", "component"), name="bundle_component_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="bundle_component_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("bundle", models.F("component")), _negated=True),
                        name="bundle_not_of_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Barcode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True)),
                (
                    "pack",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="barcodes",
                        to="catalog.pack",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="barcodes", to="catalog.variant"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VariantPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("unit_price", orderwell.platform.fields.UnitPriceField()),
                ("unit_cost", orderwell.platform.fields.UnitPriceField(null=True)),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="catalog.variant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("variant", "currency"), name="variant_price_once"),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price__gte", 0)), name="variant_price_not_negative"
                    ),
                ],
            },
        ),
    ]
