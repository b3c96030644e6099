from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.orders.pricing import (
    NOTHING,
    amounts_of_units,
    goods_value,
    spread_order_discount,
    units_between,
    with_tax,
)


@dataclass
class FakeOrder:
    currency: str
    prices_include_tax: bool


@dataclass
class FakeLine:
    quantity: Decimal
    unit_price: Decimal
    line_discount: Decimal
    order_discount_share: Decimal
    tax_rate: Decimal


def test_tax_is_taken_out_of_prices_that_include_it():
    amounts = with_tax(Decimal("113.00"), Decimal("0.13"), "CNY", prices_include_tax=True)
    assert (amounts.net, amounts.tax, amounts.gross) == (Decimal("100.00"), Decimal("13.00"), Decimal("113.00"))


def test_tax_is_added_to_prices_without_it():
    amounts = with_tax(Decimal("100.00"), Decimal("0.075"), "USD", prices_include_tax=False)
    assert (amounts.net, amounts.tax, amounts.gross) == (Decimal("100.00"), Decimal("7.50"), Decimal("107.50"))


def test_a_price_with_three_decimals_is_rounded_per_line():
    assert goods_value(Decimal(7), Decimal("0.035"), "CNY") == Decimal("0.25")  # 0.245


def test_the_order_discount_is_spread_to_the_cent():
    shares = spread_order_discount(Decimal("10.00"), [Decimal("19.90"), Decimal("19.90"), Decimal("19.90")], "CNY")
    assert shares == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


cents = st.integers(0, 10_000_00).map(lambda n: Decimal(n) / 100)
prices = st.integers(0, 10_000_000).map(lambda n: Decimal(n) / 1000)


@st.composite
def priced(draw: st.DrawFn) -> tuple[FakeOrder, FakeLine]:
    order = FakeOrder(draw(st.sampled_from(["CNY", "JPY", "KWD"])), draw(st.booleans()))
    line = FakeLine(
        Decimal(draw(st.integers(1, 500))),
        draw(prices),
        Decimal(0),
        Decimal(0),
        Decimal(draw(st.integers(0, 300_000))) / 1_000_000,
    )
    value = goods_value(line.quantity, line.unit_price, order.currency)
    step = {"CNY": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}[order.currency]
    line.line_discount = step * draw(st.integers(0, int(value / step)))
    return order, line


@given(priced(), st.data())
def test_parts_of_a_line_add_up_to_the_line_however_it_is_cut(pair, data):
    order, line = pair
    whole = amounts_of_units(order, line, line.quantity)
    assert whole.gross == whole.net + whole.tax
    sum_of_parts, done = NOTHING, Decimal(0)
    while done < line.quantity:
        step = Decimal(data.draw(st.integers(1, int(line.quantity - done))))
        sum_of_parts += units_between(order, line, done, done + step)
        done += step
    assert sum_of_parts == whole


def test_the_whole_line_is_its_value_less_discounts():
    order, line = FakeOrder("CNY", True), FakeLine(*map(Decimal, ("3", "19.99", "1.00", "0.50", "0.13")))
    assert amounts_of_units(order, line, Decimal(3)).gross == Decimal("58.47")
    assert amounts_of_units(order, line, Decimal(0)) == NOTHING
