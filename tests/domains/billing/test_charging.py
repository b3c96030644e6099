"""The money of parts, without a database: any sequence of parts ends at the whole."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.billing.charging import Account, credit_parts, next_charge, spread_units
from orderwell.domains.orders.pricing import NOTHING, amounts_of_units

D = Decimal
ZERO, RATE = D(0), D("0.13")


@dataclass
class Terms:
    currency: str
    prices_include_tax: bool


@dataclass
class Line:
    quantity: Decimal
    unit_price: Decimal
    line_discount: Decimal = ZERO
    order_discount_share: Decimal = ZERO
    tax_rate: Decimal = RATE


TERMS = st.builds(Terms, st.sampled_from(["CNY", "JPY", "KWD"]), st.booleans())
LINES = st.builds(
    Line,
    quantity=st.integers(1, 12).map(Decimal),
    unit_price=st.integers(0, 10**8).map(lambda value: Decimal(value).scaleb(-6)),
    line_discount=st.integers(0, 3).map(Decimal),
)
PARTS = st.lists(st.integers(1, 5), max_size=8)


def cut(total: int, parts: list[int]) -> list[Decimal]:
    """`parts` cut to `total`, with the rest as the last part."""
    found = []
    for part in parts:
        taken = min(part, total)
        if taken:
            found.append(D(taken))
            total -= taken
    return [*found, D(total)] if total else found


@given(TERMS, LINES, PARTS)
def test_partial_invoices_add_up(terms: Terms, line: Line, parts: list[int]) -> None:
    account = Account()
    for quantity in cut(int(line.quantity), parts):
        charge = next_charge(terms, line, account, quantity)
        assert charge.gross == charge.net + charge.tax
        account = Account(account.invoiced + quantity, account.charged + charge)
    assert account.charged == amounts_of_units(terms, line, line.quantity)


@given(TERMS, LINES, PARTS, st.booleans())
def test_partial_credits_add_up(terms: Terms, line: Line, parts: list[int], reverses: bool) -> None:
    whole = amounts_of_units(terms, line, line.quantity)
    account = Account(line.quantity, whole)
    units = list(enumerate(cut(int(line.quantity), parts)))
    credited = credit_parts(terms, line, account, units, reverses=reverses)
    assert sum((part.amounts for part in credited), NOTHING) == whole
    # The same, each in a credit note of its own.
    one_by_one = NOTHING
    for pk, quantity in units:
        (part,) = credit_parts(terms, line, account, [(pk, quantity)], reverses=reverses)
        one_by_one += part.amounts
        if reverses:
            account = Account(account.invoiced - quantity, account.charged - part.amounts)
        else:
            taken_back, so_far = account.taken_back + quantity, account.credited + part.amounts
            account = Account(account.invoiced, account.charged, taken_back, so_far)
    assert one_by_one == whole


def test_units_are_taken_in_order() -> None:
    taken, left = spread_units(D(5), [(1, D(2)), (2, D(0)), (3, D(2))])
    assert (taken, left) == ([(1, D(2)), (3, D(2))], D(1))
