"""The list of products: columns, filters, bulk actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.queries import ProductFilters, category_names, products, with_variants
from orderwell.domains.catalog.services.many import (
    activate_products,
    archive_products,
    restore_products,
    unactivate_products,
)
from orderwell.domains.inventory.queries import stock_of_products
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.markup import markup, to
from orderwell.web.lists.spec import Action, Choices, Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.templatetags.orderwell import localname, percent, price_range

P = Permission


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Product]]:
    if "pk" in values:
        return [products(actor, ProductFilters(active=None))]
    active = {"archived": False, "all": None}.get(values.get("active", ""), True)
    filters = ProductFilters(
        text=values.get("q", ""),
        category=values.get("category", ""),
        active=active,
        bundles=True if values.get("bundles") else None,
    )
    return [products(actor, filters)]


def named(product: Any) -> Any:
    """The name, and its picture behind it: names stand below their heading, pictured or not."""
    images, name = product.images.all(), localname(product)
    if not images:
        return markup('<div class="clip">{}</div>', name)
    address = to("product-image", images[0].pk)
    picture = markup('<img class="thumb thumb-small" src="{}" width="28" height="28" alt="" loading="lazy">', address)
    return markup('<div class="with-thumb"><div class="clip">{}</div>{}</div>', name, picture)


def add_more(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    with_variants(found)
    add_stock(actor, found, keys)


def add_stock(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    if {"on_hand", "free"} & set(keys) and actor.may(P.INVENTORY_STOCK_VIEW):
        sums = stock_of_products(actor, [row.pk for row in found])
        for row in found:
            row.stock_on_hand, row.stock_free = sums.get(row.pk, (Decimal(0), Decimal(0)))


def category_choices(actor: Actor) -> Choices:
    return [(item.code, localname(item)) for item in category_names(actor)]


def first_price(product: Any) -> Decimal | None:
    """The lowest list price in the currency most variants have: what the range on the screen begins with."""
    prices = _prices(product)
    return min((row.unit_price for row in prices), default=None)


def price_currency(product: Any) -> str:
    return next((str(row.currency) for row in _prices(product)), "")


def _prices(product: Any) -> list[Any]:
    found = [row for variant in product.variants.all() for row in variant.prices.all()]
    currencies = [row.currency for row in found]
    most = max(dict.fromkeys(currencies), key=currencies.count, default="")
    return [row for row in found if row.currency == most]


PRODUCTS = ListSpec(
    name="products",
    topics="catalog",
    title=_("Products"),
    permission=P.CATALOG_PRODUCT_VIEW,
    url_name="product-list",
    columns=(
        Column("code", _("Code"), lambda p: p.code, sort="code", narrow="main"),
        Column("name", _("Name"), localname, show=named, narrow="line"),
        Column("category", _("Category"), lambda p: localname(p.category), narrow="line"),
        Column("variants", _("Variants"), lambda p: len(p.variants.all()), "whole"),
        Column("skus", _("SKUs"), lambda p: ", ".join(variant.sku for variant in p.variants.all())),
        Column(
            "tax_rate",
            _("Tax rate"),
            lambda p: p.tax_category.rate * 100,
            "number",
            show=lambda p: percent(p.tax_category.rate),
        ),
        Column(
            "on_hand",
            _("On hand"),
            lambda p: getattr(p, "stock_on_hand", None),
            "number",
            permission=P.INVENTORY_STOCK_VIEW,
        ),
        Column(
            "free", _("Free"), lambda p: getattr(p, "stock_free", None), "number", permission=P.INVENTORY_STOCK_VIEW
        ),
        Column(
            "price",
            _("Price"),
            first_price,
            "money",
            currency=price_currency,
            show=lambda p: price_range(p.variants.all()),
            narrow="end",
        ),
        Column("currency", _("Currency"), price_currency),
        Column("name_zh", _("Chinese name"), lambda p: p.name_zh),
        Column("name_en", _("English name"), lambda p: p.name_en),
        Column("description", _("Description"), lambda p: p.description),
        Column("active", _("Active"), lambda p: p.active, "yes_no"),
        Column("created", _("Created"), lambda p: p.created_at, "moment"),
        Column("updated", _("Changed"), lambda p: p.updated_at, "moment"),
    ),
    default=("code", "name", "category", "variants", "tax_rate", "price"),
    rows=rows,
    sorts={"code": ("code",)},
    default_sort="code",
    steady=Product,
    steady_filters=frozenset({"active", "bundles"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("category", _("Category"), choices=category_choices),
        Filter(
            "active",
            _("Archived"),
            choices=lambda actor: [("archived", _("Archived")), ("all", _("Active and archived"))],
        ),
        Filter("bundles", _("Bundles"), "flag"),
    ),
    tabs=(
        Tab("all", _("Active")),
        Tab("bundles", _("Bundles"), {"bundles": "1"}),
        Tab("archived", _("Archived"), {"active": "archived"}),
    ),
    actions=(
        Action(
            "archive",
            _("Archive"),
            "archive",
            P.CATALOG_PRODUCT_CHANGE,
            archive_products,
            None,
            restore_products,
            hint=_("No new order can name them. Orders and stock that do stay."),
        ),
        Action(
            "restore",
            _("Make active"),
            "refresh",
            P.CATALOG_PRODUCT_CHANGE,
            activate_products,
            None,
            unactivate_products,
        ),
    ),
    link=lambda product: to("product-detail", product.pk),
    row_class=lambda product: "" if product.active else "row-quiet",
    prepare=add_more,
    custom="product",
    quick="lists/products/quick.html",
    search=_("Name, pinyin, SKU"),
    buttons="lists/more/products.html",
    nothing=Nothing(
        "tag",
        _("No products yet"),
        _("Enter the first one; they also come in over the API, or with a file of orders that brings its products."),
        "product-new",
        _("New product"),
        P.CATALOG_PRODUCT_CHANGE,
    ),
)
