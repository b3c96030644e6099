"""The money of parts, without a database: any sequence of parts ends at the whole."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.billing.charging import Account, Billed, Part, credit_parts, next_charge, spread_units
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


def invoice_lines(terms: Terms, line: Line, parts: list[int]) -> dict[int, Billed]:
    """The line invoiced in parts."""
    account, found = Account(), {}
    for pk, quantity in enumerate(cut(int(line.quantity), parts)):
        charge = next_charge(terms, line, account, quantity)
        account = Account(account.invoiced + quantity, account.charged + charge)
        found[pk] = Billed(quantity, charge)
    return found


def credited_of(billed: dict[int, Billed], parts: list[Part]) -> None:
    for part in parts:
        row = billed[part.invoice_line_id]
        taken, money = row.taken_back + part.quantity, row.credited + part.amounts
        billed[part.invoice_line_id] = Billed(row.quantity, row.charged, taken, money)


@given(TERMS, LINES, PARTS, st.data())
def test_an_invoice_is_credited_to_the_cent_in_any_parts_and_any_order(
    terms: Terms, line: Line, parts: list[int], data: st.DataObject
) -> None:
    billed = invoice_lines(terms, line, parts)
    pieces = [(pk, part) for pk, row in billed.items() for part in cut(int(row.quantity), data.draw(PARTS))]
    for pk, quantity in data.draw(st.permutations(pieces)):
        (part,) = credit_parts(terms, line, billed, [(pk, quantity)])
        assert part.amounts.gross == part.amounts.net + part.amounts.tax
        credited_of(billed, [part])
        row = billed[pk]
        for part_of_it, whole in ((row.credited.net, row.charged.net), (row.credited.tax, row.charged.tax)):
            assert min(whole, 0) <= part_of_it <= max(whole, 0)
        assert row.taken_back < row.quantity or row.credited == row.charged
    assert sum((row.credited for row in billed.values()), NOTHING) == amounts_of_units(terms, line, line.quantity)


@given(TERMS, LINES, PARTS)
def test_all_invoices_at_once_are_credited_as_one_by_one(terms: Terms, line: Line, parts: list[int]) -> None:
    billed = invoice_lines(terms, line, parts)
    found = credit_parts(terms, line, billed, [(pk, row.quantity) for pk, row in billed.items()])
    assert [part.amounts for part in found] == [row.charged for row in billed.values()]


def test_the_second_invoice_of_a_line_is_credited_with_its_own_amount() -> None:
    terms, line = Terms("CNY", True), Line(D(3), D("3.335"))
    billed = invoice_lines(terms, line, [1, 1, 1])
    assert [row.charged.gross for row in billed.values()] == [D("3.34"), D("3.33"), D("3.34")]
    (part,) = credit_parts(terms, line, billed, [(1, D(1))])
    assert part.amounts == billed[1].charged


def test_what_an_older_rule_credited_too_much_is_made_up_for_at_the_end() -> None:
    """Before, a credit note took the next units of the order line, whichever invoice it named."""
    terms, line = Terms("CNY", True), Line(D(3), D("3.335"))
    billed = invoice_lines(terms, line, [1, 1, 1])
    credited_of(billed, [Part(1, D(1), amounts_of_units(terms, line, D(1)))])
    assert billed[1].credited.gross == D("3.34")
    found = credit_parts(terms, line, billed, [(2, D(1)), (0, D(1))])
    assert [part.amounts.gross for part in found] == [D("3.34"), D("3.33")]


def test_units_are_taken_in_order() -> None:
    taken, left = spread_units(D(5), [(1, D(2)), (2, D(0)), (3, D(2))])
    assert (taken, left) == ([(1, D(2)), (3, D(2))], D(1))
