"""Rows that tests start from. Each call makes something valid, unique and believable; name only what the test is about."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from orderwell.domains.catalog.models import (
    Barcode,
    BundleComponent,
    Category,
    Channel,
    Product,
    TaxCategory,
    Variant,
    VariantPrice,
)
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.domains.catalog.searching import variant_key
from orderwell.domains.customers.models import Address, Contact, Customer, CustomerGroup
from orderwell.domains.customers.searching import customer_key
from orderwell.domains.inventory.models import StockItem, StockMovement, Warehouse
from orderwell.domains.inventory.resolving import forget_warehouses
from orderwell.domains.inventory.services.ledger import NewMovement, ensure_stock_items, lock_items, post_movements
from orderwell.domains.prices.models import PriceAssignment, PriceEntry, PriceList
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.models import Team
from orderwell.platform.crypto import email_index, phone_index, phone_last4_index
from orderwell.platform.database import atomic

_counter = itertools.count(1)


def make_channel(
    code: str | None = None,
    *,
    currency: str = "CNY",
    prices_include_tax: bool = True,
    backorder: bool = False,
    warehouses: Sequence[Warehouse] = (),
) -> Channel:
    """A sales channel; without `warehouses` all active ones serve it."""
    number = next(_counter)
    channel = Channel.objects.create(
        code=code or f"channel-{number}",
        name_zh=f"渠道{number}",
        name_en=f"Channel {number}",
        currency=currency,
        prices_include_tax=prices_include_tax,
        shortage=Channel.Shortage.BACKORDER if backorder else Channel.Shortage.REFUSE,
        warehouse_codes=[warehouse.code for warehouse in warehouses],
    )
    forget_reference()
    return channel


def make_tax_category(code: str | None = None, *, rate: Decimal | str = "0.13") -> TaxCategory:
    """The tax category `code`, made when it does not exist yet."""
    category, _ = TaxCategory.objects.get_or_create(
        code=code or f"tax-{next(_counter)}",
        defaults={"name_zh": "标准税率", "name_en": "Standard rate", "rate": Decimal(rate)},
    )
    forget_reference()
    return category


def make_category(code: str | None = None, *, parent: Category | None = None) -> Category:
    number = next(_counter)
    return Category.objects.create(
        code=code or f"category-{number}", name_zh=f"分类{number}", name_en=f"Category {number}", parent=parent
    )


def make_product(code: str | None = None, *, tax: TaxCategory | None = None, now: datetime | None = None) -> Product:
    number, now = next(_counter), now or utc_now()
    return Product.objects.create(
        code=code or f"P{number:05d}",
        name_zh=f"商品{number}",
        name_en=f"Product {number}",
        tax_category=tax or make_tax_category("standard"),
        created_at=now,
        updated_at=now,
    )


def make_variant(
    sku: str | None = None,
    *,
    price: Decimal | str | None = "10.00",
    currency: str = "CNY",
    cost: Decimal | str | None = None,
    product: Product | None = None,
    tax: TaxCategory | None = None,
    quantity_places: int = 0,
    barcodes: Sequence[str] = (),
    name_zh: str | None = None,
    name_en: str | None = None,
    is_bundle: bool = False,
) -> Variant:
    """A sellable variant of a product of its own; `price=None` leaves it without a list price."""
    number, now = next(_counter), utc_now()
    sku, name_zh, name_en = sku or f"SKU{number:05d}", name_zh or f"茶杯{number}", name_en or f"Tea cup {number}"
    product = product or make_product(tax=tax)
    variant = Variant.objects.create(
        product=product,
        sku=sku,
        name_zh=name_zh,
        name_en=name_en,
        quantity_places=quantity_places,
        is_bundle=is_bundle,
        search_key=variant_key(sku, name_zh, name_en, product.code),
        created_at=now,
        updated_at=now,
    )
    if price is not None:
        VariantPrice.objects.create(
            variant=variant,
            currency=currency,
            unit_price=Decimal(price),
            unit_cost=None if cost is None else Decimal(cost),
        )
    for code in barcodes:
        Barcode.objects.create(code=code, variant=variant)
    return variant


def make_bundle(
    components: Mapping[Variant, Decimal | int | str],
    *,
    sku: str | None = None,
    price: Decimal | str | None = "30.00",
    currency: str = "CNY",
) -> Variant:
    """A bundle of {component: quantity per bundle}."""
    bundle = make_variant(sku, price=price, currency=currency, name_zh="礼盒", name_en="Gift box", is_bundle=True)
    for component, quantity in components.items():
        BundleComponent.objects.create(bundle=bundle, component=component, quantity=Decimal(quantity))
    return bundle


def make_warehouse(code: str | None = None, *, priority: int = 100, allow_negative: bool = False) -> Warehouse:
    number = next(_counter)
    warehouse = Warehouse.objects.create(
        code=code or f"warehouse-{number}",
        name_zh=f"{number}号仓",
        name_en=f"Warehouse {number}",
        priority=priority,
        allow_negative=allow_negative,
    )
    forget_warehouses()
    return warehouse


def stock_up(
    variant: Variant, warehouse: Warehouse, quantity: Decimal | int | str, *, now: datetime | None = None
) -> StockItem:
    """Put `quantity` more units on hand through the ledger, as an opening movement; 0 makes an empty stock item."""
    with atomic():
        item = ensure_stock_items([(variant.pk, warehouse.pk, warehouse.allow_negative)])[variant.pk, warehouse.pk]
        if Decimal(quantity):
            lock_items([item])
            movement = NewMovement(item, StockMovement.Kind.OPENING, Decimal(quantity), cause="opening:test")
            post_movements([movement], actor_label="factory", now=now or utc_now())
    return StockItem.objects.get(pk=item)


def make_customer(
    number: str | None = None,
    *,
    name: str | None = None,
    kind: Customer.Kind = Customer.Kind.PERSON,
    phone: str = "13800138000",
    email: str | None = None,
    team: Team | None = None,
    credit_limit: Decimal | None = None,
) -> Customer:
    """A customer with one contact and one default shipping address."""
    count, now = next(_counter), utc_now()
    number, name, email = number or f"C{count:05d}", name or f"王小明{count}", email or f"customer{count}@example.com"
    customer = Customer.objects.create(
        number=number,
        kind=kind,
        name=name,
        team=team,
        credit_limit=credit_limit,
        search_key=customer_key(number, name, [name]),
        created_at=now,
        updated_at=now,
    )
    Contact.objects.create(
        customer=customer,
        name=name,
        phone=phone,
        phone_index=phone_index(phone),
        phone_last4_index=phone_last4_index(phone),
        email=email,
        email_index=email_index(email),
        is_primary=True,
    )
    Address.objects.create(
        customer=customer,
        recipient=name,
        phone=phone,
        street="人民路1号",
        district="黄浦区",
        city="上海市",
        region="上海市",
        postcode="200001",
        is_default=True,
    )
    return customer


def make_price_list(
    entries: Mapping[Variant, Mapping[int | str, str]] | None = None,
    *,
    code: str | None = None,
    currency: str = "CNY",
    customer: Customer | None = None,
    group: CustomerGroup | None = None,
    channel: Channel | None = None,
    everyone: bool = False,
    **terms: Any,
) -> PriceList:
    """A list with {variant: {from which quantity: price}}, for those who are named."""
    number, now = next(_counter), utc_now()
    made = PriceList.objects.create(
        code=code or f"prices-{number}",
        name_zh=f"价目表{number}",
        name_en=f"Prices {number}",
        currency=currency,
        created_at=now,
        updated_at=now,
        **terms,
    )
    for scope, target in (("customer", customer), ("group", group), ("channel", channel)):
        if target is not None:
            PriceAssignment.objects.create(price_list=made, scope=scope, **{scope: target})
    if everyone:
        PriceAssignment.objects.create(price_list=made, scope="everyone")
    for variant, prices in (entries or {}).items():
        for minimum, price in prices.items():
            PriceEntry.objects.create(
                price_list=made, variant=variant, minimum=Decimal(minimum), unit_price=Decimal(price)
            )
    return made


def make_group(code: str | None = None) -> CustomerGroup:
    number = next(_counter)
    return CustomerGroup.objects.create(
        code=code or f"group-{number}", name_zh=f"分组{number}", name_en=f"Group {number}"
    )


def make_team(name: str | None = None) -> Team:
    return Team.objects.create(name=name or f"Team {next(_counter)}")
