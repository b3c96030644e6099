"""A large company: customers and goods in step with the orders, believable, and the first of them always the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from orderwell.demo.assortment import assortment
from orderwell.demo.catalogue import CATEGORIES, products
from orderwell.demo.company import establish
from orderwell.demo.growth import grown_company
from orderwell.demo.people import customers
from orderwell.domains.catalog.models import Product
from orderwell.domains.customers.models import Customer
from orderwell.domains.inventory.models import StockItem
from orderwell.platform.installation import set_up
from orderwell.platform.verify import run_laws

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_twenty_thousand_products_are_the_own_ones_and_their_collections() -> None:
    found, own = assortment(20_000), products()
    assert len(found) == 20_000
    assert found[: len(own)] == own
    variants = [variant for product in found for variant in product.variants]
    codes = [v.barcode for v in variants] + [v.pack[1] for v in variants if v.pack]
    for names in ([product.code for product in found], [v.sku for v in variants], codes):
        assert len(names) == len(set(names))
    assert {product.category for product in found} | {"gifts"} == set(CATEGORIES)
    assert all(product.zh and product.en and not product.zh.isascii() for product in found)
    assert all(0 < variant.cost < variant.price for variant in variants)
    assert found[:900] == assortment(900)


def test_a_small_assortment_is_what_the_company_has_always_had() -> None:
    assert assortment(1) == products()


def test_many_customers_have_many_names_and_the_first_stay_who_they_are() -> None:
    found = customers(4_000)
    assert found[:300] == customers()
    assert found[:2_000] == customers(2_000)
    assert len({customer.number for customer in found}) == 4_000
    persons = Counter(customer.name for customer in found[300:] if not customer.company)
    assert persons.most_common(1)[0][1] < 6, "nobody has everybody's name"


@pytest.mark.django_db(transaction=True)
def test_growing_records_what_is_missing_once() -> None:
    set_up(now=NOW)
    establish(password="a long password for a test", now=NOW)
    said: list[tuple[str, int, int]] = []
    company = grown_company(10_000, now=NOW, told=lambda *said_now: said.append(said_now))
    assert (len(company.products), len(company.customers)) == (200, 1_000)
    assert Customer.objects.count() == 1_000
    assert Product.objects.count() == 200 + len(company.bundles)
    new = [variant.sku for product in company.products[194:] for variant in product.variants]
    assert StockItem.objects.filter(variant__sku__in=new, on_hand__gt=0).exists(), "new goods come with stock"
    assert said[-1] == ("customers", 700, 700)
    said.clear()
    grown_company(10_000, now=NOW, told=lambda *said_now: said.append(said_now))
    assert not said
    assert not [difference for verdict in run_laws() for difference in verdict.result.differences]
