"""Exact money. An amount is a `Decimal` with its currency beside it; there is one way to round and one way to spread.

Rounding is half up (ISO 80000-1 annex B, rule B), the commercial rule both Chinese and European invoices expect.
Spreading uses the largest remainder method (Hamilton's method), so that parts always add up to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from orderwell.kernel.quantities import plain

ZERO = Decimal(0)
AMOUNT_SCALE = 4
UNIT_PRICE_SCALE = 6
RATE_SCALE = 6
# The largest amount that any document may carry: well inside a 64-bit integer at scale 4, even when 10,000 are added.
MAX_AMOUNT = Decimal(10) ** 10

# Minor unit digits by ISO 4217 where they are not two. Currencies with four digits are not in everyday use.
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
# What a choice of currencies shows first, and a refusal names.
COMMON = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY")
_TWO_DIGITS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW"
)
_EXPONENTS.update(dict.fromkeys(_TWO_DIGITS.split(), 2))
_STEPS = {exponent: Decimal(1).scaleb(-exponent) for exponent in (0, 2, 3)}


def known_currency(currency: str) -> bool:
    """Whether `currency` is an ISO 4217 code that Orderwell can round to."""
    return currency in _EXPONENTS


def currencies() -> list[str]:
    """All of them; those that most companies use first."""
    return [*COMMON, *sorted(set(_EXPONENTS).difference(COMMON))]


def exponent(currency: str) -> int:
    """Digits after the point of an amount in `currency`. Raises KeyError for an unknown code."""
    return _EXPONENTS[currency]


def in_currency(text: str, currency: str) -> str:
    """A number with at least the digits that amounts in the currency have: 39.40 rather than 39.4, 0.00 rather than 0."""
    wanted = _EXPONENTS.get(currency, 0)
    whole, _point, rest = text.partition(".")
    return f"{whole}.{rest.ljust(wanted, '0')}" if len(rest) < wanted else text


def written(amount: Decimal, currency: str) -> str:
    """An amount, or a price that may have more digits, as programs are told it everywhere."""
    return in_currency(plain(amount), currency)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """`amount` in whole minor units of `currency`, half away from zero."""
    return amount.quantize(_STEPS[_EXPONENTS[currency]], rounding=ROUND_HALF_UP)


def is_rounded(amount: Decimal, currency: str) -> bool:
    return amount == round_amount(amount, currency)


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Spread `total` over `weights` in whole minor units; the parts add up to `total` exactly.

    The minor units left after rounding down go to the largest remainders, the earlier part first on a tie. Weights must
    not be negative. When all weights are zero the parts are equal. `total` must be whole minor units and may be negative.
    """
    if not is_rounded(total, currency):
        raise ValueError(f"{total} is not a whole number of minor units of {currency}")
    if not weights:
        if total:
            raise ValueError("nothing to spread the amount over")
        return []
    if any(not weight >= 0 for weight in weights):
        raise ValueError("weights must not be negative")
    step = _STEPS[_EXPONENTS[currency]]
    sign = -1 if total < 0 else 1
    units = int(abs(total).scaleb(_EXPONENTS[currency]))
    # Whole numbers from here: a Decimal quotient of 28 digits could be rounded up to a unit that is not there.
    scale = max(0, *(-_last_digit(weight) for weight in weights))
    shares = [int(weight.scaleb(scale)) for weight in weights]
    if not any(shares):
        shares = [1] * len(weights)
    whole = sum(shares)
    counts = [units * share // whole for share in shares]
    left = units - sum(counts)
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(units * shares[i] % whole), i))
    for index in by_remainder[:left]:
        counts[index] += 1
    return [sign * count * step for count in counts]


def _last_digit(value: Decimal) -> int:
    """The power of ten of the last digit that is written."""
    digits = value.as_tuple().exponent
    if not isinstance(digits, int):
        raise ValueError(f"{value} is not a number")
    return digits


def tax_on_net(net: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Tax to be added to a net amount; `rate` is a fraction (0.13 for 13 %)."""
    return round_amount(net * rate, currency)


def tax_in_gross(gross: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Tax contained in a gross amount; `rate` is a fraction (0.13 for 13 %)."""
    return round_amount(gross * rate / (1 + rate), currency)
