from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orderwell.kernel.money import (
    MAX_AMOUNT,
    allocate,
    currencies,
    exponent,
    is_rounded,
    known_currency,
    round_amount,
    tax_in_gross,
    tax_on_net,
)

D = Decimal
a_currency = st.sampled_from(["CNY", "JPY", "KWD", "EUR"])
an_amount = st.decimals(min_value=-MAX_AMOUNT, max_value=MAX_AMOUNT, places=6)
a_weight = st.decimals(min_value=0, max_value=MAX_AMOUNT, places=6)
a_rate = st.decimals(min_value=0, max_value=1, places=6)


def step(currency: str) -> Decimal:
    return D(1).scaleb(-exponent(currency))


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "CNY", "0.01"),
        ("-0.005", "CNY", "-0.01"),
        ("0.004999", "CNY", "0.00"),
        ("2.5", "JPY", "3"),
        ("-2.5", "JPY", "-3"),
        ("1.0005", "KWD", "1.001"),
        ("9999999999.995", "CNY", "10000000000.00"),
    ],
)
def test_half_is_rounded_away_from_zero(amount: str, currency: str, expected: str) -> None:
    assert round_amount(D(amount), currency) == D(expected)


@given(an_amount, a_currency)
def test_rounding_is_near_stable_and_symmetric(amount: Decimal, currency: str) -> None:
    rounded = round_amount(amount, currency)
    assert abs(rounded - amount) * 2 <= step(currency)
    assert round_amount(rounded, currency) == rounded
    assert is_rounded(rounded, currency)
    assert round_amount(-amount, currency) == -rounded


@given(an_amount, st.lists(a_weight, min_size=1, max_size=40), a_currency)
def test_parts_add_up_to_the_whole_and_are_fair(total: Decimal, weights: list[Decimal], currency: str) -> None:
    total = round_amount(total, currency)
    parts = allocate(total, weights, currency)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert is_rounded(part, currency)
        assert part * total >= 0
        exact = total * weight / whole if whole else total / len(weights)
        assert abs(part - exact) < step(currency) + D("1e-12")
        if weight == 0 and whole:
            assert part == 0


@given(an_amount, st.lists(a_weight, min_size=1, max_size=20), a_currency)
def test_spreading_a_negative_amount_mirrors_the_positive(
    total: Decimal, weights: list[Decimal], currency: str
) -> None:
    total = round_amount(total, currency)
    assert allocate(-total, weights, currency) == [-part for part in allocate(total, weights, currency)]


@given(an_amount, st.lists(a_weight, min_size=2, max_size=20), a_currency)
def test_a_heavier_part_never_gets_less(total: Decimal, weights: list[Decimal], currency: str) -> None:
    total = abs(round_amount(total, currency))
    parts = allocate(total, weights, currency)
    for part, weight in zip(parts, weights, strict=True):
        for other, heavier in zip(parts, weights, strict=True):
            assert weight >= heavier or part <= other


def test_the_left_over_cent_goes_to_the_largest_remainder_and_the_earlier_on_a_tie() -> None:
    assert allocate(D("0.05"), [D(1), D(1), D(1)], "CNY") == [D("0.02"), D("0.02"), D("0.01")]
    assert allocate(D("1.00"), [D(1), D(2), D(4)], "CNY") == [D("0.14"), D("0.29"), D("0.57")]
    assert allocate(D(100), [D(1), D(1), D(1)], "JPY") == [D(34), D(33), D(33)]


def test_weights_of_many_digits_are_not_rounded_into_a_unit_too_many() -> None:
    weights = [D("9999999999.999999"), D("0.000001"), D("9999999999.999999")]
    parts = allocate(D("9999999999.99"), weights, "CNY")
    assert sum(parts) == D("9999999999.99")
    assert parts == [D("5000000000.00"), D("0.00"), D("4999999999.99")]


def test_without_weights_the_parts_are_equal() -> None:
    assert allocate(D("0.03"), [D(0), D(0)], "CNY") == [D("0.02"), D("0.01")]
    assert allocate(D(0), [], "CNY") == []


def test_what_cannot_be_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="minor units"):
        allocate(D("0.001"), [D(1)], "CNY")
    with pytest.raises(ValueError, match="nothing to spread"):
        allocate(D(1), [], "CNY")
    with pytest.raises(ValueError, match="negative"):
        allocate(D(1), [D(-1), D(2)], "CNY")


@given(an_amount, a_rate, a_currency)
def test_tax_in_gross_and_tax_on_net_agree_within_one_minor_unit(gross: Decimal, rate: Decimal, currency: str) -> None:
    gross = round_amount(gross, currency)
    tax = tax_in_gross(gross, rate, currency)
    net = gross - tax
    assert is_rounded(net, currency)
    assert abs(tax_on_net(net, rate, currency) - tax) <= step(currency)
    assert abs(tax) <= abs(gross)


@given(an_amount, a_rate, a_currency)
def test_tax_of_a_return_is_the_tax_of_the_sale(amount: Decimal, rate: Decimal, currency: str) -> None:
    amount = round_amount(amount, currency)
    assert tax_in_gross(-amount, rate, currency) == -tax_in_gross(amount, rate, currency)
    assert tax_on_net(-amount, rate, currency) == -tax_on_net(amount, rate, currency)


def test_no_rate_no_tax() -> None:
    assert tax_in_gross(D("99.99"), D(0), "CNY") == tax_on_net(D("99.99"), D(0), "CNY") == 0


@given(an_amount, st.decimals(allow_nan=False, allow_infinity=False))
def test_adding_never_loses_a_cent(first: Decimal, second: Decimal) -> None:
    assume(abs(second) <= MAX_AMOUNT)
    first, second = round_amount(first, "CNY"), round_amount(second, "CNY")
    assert first + second - second == first


def test_currencies() -> None:
    assert known_currency("CNY")
    assert not known_currency("cny")
    assert not known_currency("")
    assert (exponent("CNY"), exponent("JPY"), exponent("KWD")) == (2, 0, 3)
    with pytest.raises(KeyError):
        round_amount(D(1), "XXX")
    assert all(len(code) == 3 and code.isupper() for code in currencies())
    assert len(currencies()) == len(set(currencies())) > 140
