"""What of each invoice is settled: rules that hold for whatever was charged, credited, paid, named and given back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.billing.settling import open_amounts, settled

D = Decimal
CENTS = st.integers(0, 20_000).map(lambda cents: D(cents) / 100)
# Credit notes of an invoice may come to a little more than it did.
ASKED = st.lists(st.integers(-500, 20_000).map(lambda cents: D(cents) / 100), max_size=6)
# Payments: (the place of the invoice they name, if any; amount; how much of it was given back).
PAYMENTS = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 5)), CENTS, CENTS), max_size=6)
Payments = list[tuple[int | None, Decimal, Decimal]]


def sums(asked: list[Decimal], payments: Payments) -> tuple[list[tuple[int, Decimal]], dict[int, Decimal], Decimal]:
    named: dict[int, Decimal] = {}
    paid = D(0)
    for place, amount, back in payments:
        left = amount - min(back, amount)
        paid += left
        if place is not None and place < len(asked):
            named[place] = named.get(place, D(0)) + left
    return list(enumerate(asked)), named, paid


@given(asked=ASKED, payments=PAYMENTS)
def test_sums_over_the_order(asked: list[Decimal], payments: Payments) -> None:
    rows, named, paid = sums(asked, payments)
    done = settled(rows, named, paid)
    charged = [max(amount, D(0)) for amount in asked]
    beyond = sum(charged, D(0)) - sum(asked, D(0))
    assert all(0 <= done[pk] <= charged[pk] for pk, _amount in rows)
    assert sum(done.values(), D(0)) == min(paid + beyond, sum(charged, D(0)))
    if not beyond:
        assert sum(done.values(), D(0)) == min(paid, sum(asked, D(0)))
    # What is open adds up to what the order owes on its invoices.
    assert sum(open_amounts(rows, named, paid).values(), D(0)) == max(sum(asked, D(0)) - paid, D(0))


@given(asked=ASKED, payments=PAYMENTS)
def test_an_invoice_has_at_least_what_names_it_and_the_rest_fills_up_from_the_oldest(
    asked: list[Decimal], payments: Payments
) -> None:
    rows, named, paid = sums(asked, payments)
    done = settled(rows, named, paid)
    own = {pk: min(max(amount, D(0)), named.get(pk, D(0))) for pk, amount in rows}
    assert all(done[pk] >= own[pk] for pk, _amount in rows)
    for place, (pk, amount) in enumerate(rows):
        if done[pk] > own[pk]:  # it has of what names nothing here: then nothing is open of an older one
            assert all(done[older] == max(charged, D(0)) for older, charged in rows[:place]), (pk, amount)


@given(asked=ASKED, payments=PAYMENTS, more=st.tuples(st.one_of(st.none(), st.integers(0, 5)), CENTS))
def test_money_that_comes_in_opens_nothing(
    asked: list[Decimal], payments: Payments, more: tuple[int | None, Decimal]
) -> None:
    before = open_amounts(*sums(asked, payments))
    after = open_amounts(*sums(asked, [*payments, (*more, D(0))]))
    assert all(after[pk] <= before[pk] for pk in before)


@given(asked=ASKED, payments=PAYMENTS, newest=CENTS)
def test_a_new_invoice_takes_nothing_from_the_others(asked: list[Decimal], payments: Payments, newest: Decimal) -> None:
    payments = [row for row in payments if row[0] is None or row[0] < len(asked)]
    before, after = (open_amounts(*sums(rows, payments)) for rows in (asked, [*asked, newest]))
    assert all(after[pk] == amount for pk, amount in before.items())


@given(asked=ASKED, payments=PAYMENTS, which=st.integers(0, 5), back=CENTS)
def test_a_refund_takes_what_is_too_much_first(
    asked: list[Decimal], payments: Payments, which: int, back: Decimal
) -> None:
    if which >= len(payments):
        return
    place, amount, gone = payments[which]
    rows, named, paid = sums(asked, payments)
    before = open_amounts(rows, named, paid)
    later = [*payments[:which], (place, amount, gone + back), *payments[which + 1 :]]
    after = open_amounts(*sums(asked, later))
    surplus = max(paid - sum(asked, D(0)), D(0))
    taken = paid - sums(asked, later)[2]
    assert sum(after.values(), D(0)) - sum(before.values(), D(0)) == max(taken - surplus, D(0)) or sum(asked, D(0)) < 0
    if taken <= surplus:
        assert after == before


# Credit notes that were a mistake: (the place of the invoice, or of one that takes back another, and how much of it).
MISTAKES = st.lists(st.tuples(st.integers(0, 9), CENTS), min_size=1, max_size=4)


@given(asked=ASKED.filter(bool), payments=PAYMENTS, mistakes=MISTAKES)
def test_crediting_and_undoing_the_credit_note_leaves_the_same_open(
    asked: list[Decimal], payments: Payments, mistakes: list[tuple[int, Decimal]]
) -> None:
    rows, named, paid = sums(asked, payments)
    before = open_amounts(rows, named, paid)
    amounts, again = dict(rows), dict[int, int]()
    for place, amount in mistakes:
        invoice = place % len(amounts)
        part = min(amount, max(amounts[invoice], D(0)))
        amounts[invoice] -= part
        again[len(amounts)] = invoice
        amounts[len(amounts)] = part
    after = open_amounts(list(amounts.items()), named, paid, again)
    assert all(0 <= after[pk] <= max(amount, D(0)) for pk, amount in amounts.items())
    for pk in reversed(list(again)):  # each with the one whose credit note it takes back
        after[again[pk]] += after.pop(pk)
    assert after == before


@pytest.mark.parametrize(
    ("named", "paid", "left"),
    [
        ({}, "100", [0, 100, 100]),
        ({2: D(100)}, "100", [100, 0, 100]),
        # More than the invoice asks for settles the oldest of the others.
        ({2: D(130)}, "130", [70, 0, 100]),
        ({2: D(100)}, "150", [50, 0, 100]),
        # Named twice: what the second brings is left for the others.
        ({2: D(200)}, "200", [0, 0, 100]),
        ({}, "500", [0, 0, 0]),
    ],
)
def test_by_hand(named: dict[int, Decimal], paid: str, left: list[int]) -> None:
    asked = [(pk, D(100)) for pk in (1, 2, 3)]
    assert list(open_amounts(asked, named, D(paid)).values()) == left
