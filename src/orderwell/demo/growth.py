"""The company grows with its orders: customers and goods in step with them, so that a large database is large everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from orderwell.demo.assortment import assortment
from orderwell.demo.catalogue import ProductSpec, bundles
from orderwell.demo.company import Company, Crew, record_customers, record_goods, record_opening_stock
from orderwell.demo.people import COUNT, CustomerSpec, customers
from orderwell.domains.catalog.models import Product
from orderwell.domains.customers.models import Customer
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.database import atomic

ORDERS_PER_CUSTOMER = 10
ORDERS_PER_PRODUCT = 50
PER_CALL = 500
YEAR = timedelta(days=366)
Told = Callable[[str, int, int], None]


def grown_company(orders: int, *, now: datetime, told: Told) -> Company:
    """The company as it is with `orders` orders; what is missing of its goods and customers is recorded first."""
    actor = system_actor(source="cli", label="demo")
    goods, people = assortment(orders // ORDERS_PER_PRODUCT), customers(max(orders // ORDERS_PER_CUSTOMER, COUNT))
    known = bundles(frozenset(variant.sku for product in goods for variant in product.variants))
    company = Company(goods, known, people, Crew(actor, actor, actor, (actor,), actor, (actor,), actor))
    _record(_missing_goods(goods), _missing_people(people), company.crew, now - YEAR, told)
    return company


def _record(
    goods: Sequence[ProductSpec], people: Sequence[CustomerSpec], crew: Crew, now: datetime, told: Told
) -> None:
    for start in range(0, len(goods), PER_CALL):
        part = goods[start : start + PER_CALL]
        with atomic():  # goods never without the stock they opened with
            record_goods(part, actor=crew.system, now=now)
            variants = [variant for product in part for variant in product.variants]
            record_opening_stock(variants, f"demo-opening-{part[0].code}", actor=crew.system, now=now)
        told("products", start + len(part), len(goods))
    for start in range(0, len(people), PER_CALL):
        part_of_people = people[start : start + PER_CALL]
        with atomic():
            record_customers(part_of_people, actor=crew.system, shop=crew.shop, now=now)
        told("customers", start + len(part_of_people), len(people))


def _missing_goods(goods: Sequence[ProductSpec]) -> list[ProductSpec]:
    known = set(Product.objects.values_list("code", flat=True))
    return [product for product in goods if product.code not in known]


def _missing_people(people: Sequence[CustomerSpec]) -> list[CustomerSpec]:
    known = set(Customer.objects.values_list("number", flat=True))
    return [customer for customer in people if customer.number not in known]
