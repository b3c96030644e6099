"""Exact quantities: `Decimal` with at most four digits after the point."""

from __future__ import annotations

from decimal import Decimal

QUANTITY_SCALE = 4
MAX_QUANTITY = Decimal(10) ** 9


def has_scale(value: Decimal, scale: int) -> bool:
    """Whether `value` is finite and has at most `scale` digits after the point."""
    if not value.is_finite():
        return False
    if value == value.to_integral_value():
        return True
    digits = value.as_tuple().exponent
    return isinstance(digits, int) and (-digits <= scale or value == value.quantize(Decimal(1).scaleb(-scale)))


def quantity_problem(value: Decimal, *, places: int = QUANTITY_SCALE) -> str | None:
    """Why `value` cannot be an ordered quantity (a stable error code), or None when it can.

    `places` is how finely the product is divisible: 0 for pieces.
    """
    if not value.is_finite():
        return "not_a_number"
    if value <= 0:
        return "quantity_not_positive"
    if value > MAX_QUANTITY:
        return "quantity_too_large"
    if not has_scale(value, places):
        return "quantity_too_precise"
    return None


def digits(value: Decimal) -> str:
    """A number with all its digits, never with an exponent: what `format(value, "f")` says, in a third of the time."""
    text = str(value)
    return format(value, "f") if "E" in text else text


def plain(value: Decimal) -> str:
    """A number as people write it: 3 rather than 3.0000, and never with an exponent."""
    if not value.is_finite():
        return str(value)
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def concise(value: Decimal) -> str:
    """What `plain` says, for what nearly always has no zeros to lose: a whole number costs no more than its digits."""
    text = str(value)
    return plain(value) if "." in text or "E" in text else text


def trimmed(value: Decimal) -> Decimal:
    """The same number without zeros at its end: 5 for 5.0000."""
    text = str(value)
    return Decimal(plain(value)) if "." in text or "E" in text else value
