"""Orders between changes of all they depend on, made here and by others: each is placed on what is stored then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.catalog.models import Channel, Variant, VariantPrice
from orderwell.domains.customers.models import Customer
from orderwell.domains.inventory.models import StockItem, Warehouse
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Placed, Refused
from orderwell.domains.orders.services import place as placing
from orderwell.domains.prices.models import PriceEntry, PriceList
from orderwell.platform.database import atomic
from orderwell.testing.concurrency import in_threads
from orderwell.testing.factories import (
    make_channel,
    make_customer,
    make_price_list,
    make_variant,
    make_warehouse,
    stock_up,
)
from tests.domains.orders.builders import assert_lawful, draft, place

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
TEN = D("10.00")
WHATS = ("price", "stock", "list", "name", "sale")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.lists(st.integers(1, 6), min_size=1, max_size=3)),
        st.tuples(st.sampled_from(WHATS), st.tuples(st.booleans(), st.integers(1, 20))),
    ),
    min_size=4,
    max_size=12,
)


@dataclass
class Company:
    """One product, and what must be true of it."""

    channel: Channel
    house: Warehouse
    tea: Variant
    customer: Customer
    price: Decimal = TEN
    listed: Decimal | None = None
    free: int = 5
    on_sale: bool = True
    name: str = "first"
    lists: list[PriceList] = field(default_factory=list)

    def change(self, what: str, number: int) -> None:
        if what == "price":
            self.price = D(number)
            VariantPrice.objects.filter(variant=self.tea).update(unit_price=self.price)
        elif what == "stock":
            self.free += number
            stock_up(self.tea, self.house, number)
        elif what == "list":
            self.listed = D(number) + D("0.50")
            if self.lists:
                PriceEntry.objects.filter(price_list=self.lists[0]).update(unit_price=self.listed)
            else:
                self.lists.append(make_price_list({self.tea: {0: str(self.listed)}}, everyone=True))
        elif what == "name":
            self.name = f"name {number}"
            Customer.objects.filter(pk=self.customer.pk).update(name=self.name)
        else:
            self.on_sale = number % 3 != 0
            Variant.objects.filter(pk=self.tea.pk).update(active=self.on_sale)

    def order(self, quantities: list[int]) -> None:
        """A batch of one order for each quantity."""
        outcomes = place(*(draft(self.channel, (self.tea, much), customer=self.customer.number) for much in quantities))
        for much, outcome in zip(quantities, outcomes, strict=True):
            if not self.on_sale:
                assert isinstance(outcome, Refused), outcome
                assert outcome.code == "unknown_sku"
            elif much > self.free:
                assert isinstance(outcome, Refused), outcome
                assert outcome.code == "out_of_stock"
                assert outcome.errors[0].data["available"] == str(self.free)
            else:
                assert isinstance(outcome, Placed), outcome
                self.free -= much
                line = OrderLine.objects.get(order=outcome.order_id)
                assert line.unit_price == (self.price if self.listed is None else self.listed)
                assert Order.objects.get(pk=outcome.order_id).customer_name == self.name

    def close(self) -> None:
        item = StockItem.objects.get(variant=self.tea)
        assert item.on_hand - item.reserved == self.free
        for made in self.lists:
            made.delete()


@given(steps=STEPS)
@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_order_is_placed_on_what_is_stored_then(steps):
    """Whatever is changed in between, here or on another connection."""
    house = make_warehouse()
    company = Company(make_channel(warehouses=[house]), house, make_variant(), make_customer(name="first"))
    stock_up(company.tea, house, company.free)
    for what, values in steps:
        if what == "place":
            company.order(values)
        else:
            others, number = values
            _let(others, lambda what=what, number=number: company.change(what, number))
    company.close()


def test_it_is_lawful_at_the_end():
    house = make_warehouse()
    company = Company(make_channel(warehouses=[house]), house, make_variant(), make_customer(name="first"))
    stock_up(company.tea, house, company.free)
    company.order([2, 2, 2])
    _let(True, lambda: company.change("stock", 3))
    company.order([3, 3, 1])
    company.close()
    assert_lawful()


def test_what_failed_before_it_was_written_took_nothing(monkeypatch):
    """The batch is tried again, one by one: on what is stored, and not on what the first attempt had counted down."""
    house = make_warehouse()
    company = Company(make_channel(warehouses=[house]), house, make_variant(), make_customer(name="first"))
    stock_up(company.tea, house, company.free)
    company.order([1])
    right, failed = placing.write, []

    def write(*arguments, **named):
        if not failed:
            failed.append(arguments)
            raise OSError("no space left on device")
        right(*arguments, **named)

    monkeypatch.setattr(placing, "write", write)
    company.order([3, 1])
    assert failed
    company.close()
    assert_lawful()


def _let(others: bool, change: Callable[[], None]) -> None:
    """Here or on another connection, in a transaction of its own."""

    def done(_: int) -> None:
        with atomic():
            change()

    if others:
        assert in_threads(done, 1) == [None]
    else:
        done(0)
