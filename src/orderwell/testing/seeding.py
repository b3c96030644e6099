"""A shop to place orders in, made quickly: for load, crash and concurrency runs, and for benchmarks.

python -m orderwell.testing.seeding --variants 1000 --stock 1000000   (in the environment of the installation)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

CHANNEL = "shop"
WAREHOUSE = "main"


@dataclass(frozen=True)
class Shop:
    """What a client needs to know to place an order."""

    channel: str
    skus: list[str]
    customers: list[str]


def seed(*, variants: int, customers: int, stock: Decimal, now: datetime, backorder: bool = False) -> Shop:
    """One channel, one warehouse, `variants` products with `stock` units each, `customers` customers."""
    from orderwell.domains.catalog.models import Channel, Product, TaxCategory, Variant, VariantPrice
    from orderwell.domains.catalog.searching import variant_key
    from orderwell.domains.customers.models import Customer
    from orderwell.domains.customers.searching import customer_key
    from orderwell.domains.inventory.models import StockMovement, Warehouse
    from orderwell.domains.inventory.services.ledger import NewMovement, ensure_stock_items, post_movements
    from orderwell.platform.database import atomic

    shortage = Channel.Shortage.BACKORDER if backorder else Channel.Shortage.REFUSE
    with atomic():
        Channel.objects.create(code=CHANNEL, name_zh="商店", name_en="Shop", currency="CNY", shortage=shortage)
        warehouse = Warehouse.objects.create(code=WAREHOUSE, name_zh="主仓", name_en="Main warehouse")
        tax = TaxCategory.objects.create(code="standard", name_zh="标准税率", name_en="Standard", rate=Decimal("0.13"))
        product = Product.objects.create(
            code="P", name_zh="商品", name_en="Product", tax_category=tax, created_at=now, updated_at=now
        )
        made = Variant.objects.bulk_create(
            Variant(
                product=product,
                sku=f"S-{number:04d}",
                name_zh=f"商品{number}",
                name_en=f"Product {number}",
                search_key=variant_key(f"S-{number:04d}", f"商品{number}", f"Product {number}", "P"),
                created_at=now,
                updated_at=now,
            )
            for number in range(1, variants + 1)
        )
        VariantPrice.objects.bulk_create(
            VariantPrice(variant=variant, currency="CNY", unit_price=Decimal(number % 90 + 10))
            for number, variant in enumerate(made)
        )
        people = Customer.objects.bulk_create(
            Customer(
                number=f"C{number:05d}",
                kind="person",
                name=f"Customer {number}",
                search_key=customer_key(f"C{number:05d}", f"Customer {number}"),
                created_at=now,
                updated_at=now,
            )
            for number in range(1, customers + 1)
        )
        items = ensure_stock_items((variant.pk, warehouse.pk, False) for variant in made)
        if stock:
            movements = [NewMovement(i, StockMovement.Kind.OPENING, stock, "opening:seed") for i in items.values()]
            post_movements(movements, actor_label="seed", now=now)
    return Shop(CHANNEL, [variant.sku for variant in made], [customer.number for customer in people])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m orderwell.testing.seeding")
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--stock", type=Decimal, default=Decimal(10**9))
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwell.settings")
    import django

    django.setup()
    from orderwell.kernel.clock import utc_now

    shop = seed(variants=options.variants, customers=options.customers, stock=options.stock, now=utc_now())
    json.dump(asdict(shop), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
