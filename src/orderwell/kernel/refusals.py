"""Refusals of input that every domain shares, and the checks that find them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderwell.kernel.clock import business_day
from orderwell.kernel.errors import DomainError
from orderwell.kernel.money import COMMON, MAX_AMOUNT, UNIT_PRICE_SCALE, exponent, is_rounded, known_currency
from orderwell.kernel.quantities import MAX_QUANTITY, QUANTITY_SCALE, has_scale, quantity_problem
from orderwell.kernel.written import DIRECTION_MARKS

MAX_UNIT_PRICE = Decimal(10) ** 9
ZERO = Decimal(0)
FIRST_MOMENT, LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


_NUL = re.compile("\x00")
# Control characters, and marks that turn the direction in which the text around them is read.
_STRAY = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{DIRECTION_MARKS}]")


class EmptyFile(DomainError):
    code = "empty_file"
    message = "The file {name} is empty."


class FileTooLarge(DomainError):
    code = "file_too_large"
    message = "The file has {megabytes} MB; at most {most} MB are taken."


class UsedElsewhere(DomainError):
    """An external id or a reference belongs to a document outside of the rows that a user or a key is limited to."""

    code = "used_elsewhere"
    message = "{value} was used before, for something that you may not see."


class UnknownCurrency(DomainError):
    code = "unknown_currency"
    message = "{value} is not an ISO 4217 currency code; expected one such as {expected}."


class NotANumber(DomainError):
    code = "not_a_number"
    message = "A number is needed here; it is {value}."


class QuantityNotPositive(DomainError):
    code = "quantity_not_positive"
    message = "The quantity must be greater than zero; it is {value}."


class QuantityTooLarge(DomainError):
    code = "quantity_too_large"
    message = "The quantity {value} is larger than {limit}."


class QuantityTooPrecise(DomainError):
    code = "quantity_too_precise"
    message = "{sku} is sold with at most {places} decimal places; the quantity is {value}."


class PriceOutOfRange(DomainError):
    code = "price_out_of_range"
    message = "The unit price must lie between 0 and {limit}; it is {value}."


class PriceTooPrecise(DomainError):
    code = "price_too_precise"
    message = "A unit price may have at most {places} decimal places; it is {value}."


class AmountTooPrecise(DomainError):
    code = "amount_too_precise"
    message = "An amount in {currency} may have at most {places} decimal places; it is {value}."


class AmountOutOfRange(DomainError):
    code = "amount_out_of_range"
    message = "The amount must lie between {low} and {high}; it is {value}."


class TextTooLong(DomainError):
    code = "text_too_long"
    message = "This text may have at most {limit} characters; it has {count}."


class ControlCharacter(DomainError):
    code = "control_character"
    message = "Character {place} of this text is {character}: it cannot be seen, but changes what stands around it. Remove it."


class ValueMissing(DomainError):
    code = "value_missing"
    message = "A value is needed here."


class MissingTimeZone(DomainError):
    code = "missing_time_zone"
    message = "{value} has no time zone; write it like 2026-03-01T09:30:00+08:00."


class MomentOutOfRange(DomainError):
    code = "moment_out_of_range"
    message = "A moment between 1970 and 2200 is expected; it is {value}."


class DayOver(DomainError):
    code = "day_over"
    message = "{value} is over; give today or a later day."


def text_problems(
    value: str, pointer: str, limit: int, *, needed: bool = False, lines: bool = False
) -> Iterator[DomainError]:
    """Missing although needed, too long, or with characters that a text of one line has no use for.

    `lines`: a text that stands by itself, such as a note, may have lines and run from right to left; only what PostgreSQL
    cannot store is refused.
    """
    if needed and not value.strip():
        yield ValueMissing(pointer=pointer)
    if len(value) > limit:
        yield TextTooLong(pointer=pointer, limit=limit, count=len(value))
    stray = None if value.isprintable() else (_NUL if lines else _STRAY).search(value.strip())
    if stray is not None:
        place = value.index(stray[0]) + 1
        yield ControlCharacter(pointer=pointer, place=place, character=f"U+{ord(stray[0]):04X}")


def moment_problems(value: datetime, pointer: str) -> Iterator[DomainError]:
    """Without a time zone, or so far away that it cannot be shown in every time zone."""
    if value.tzinfo is None:
        yield MissingTimeZone(pointer=pointer, value=value.isoformat())
    elif not FIRST_MOMENT <= value < LAST_MOMENT:
        yield MomentOutOfRange(pointer=pointer, value=value.isoformat())


def day_problems(value: datetime, pointer: str, *, now: datetime, zone: ZoneInfo) -> Iterator[DomainError]:
    """A moment of a day that is over, where something is still to come."""
    day = business_day(value, zone)
    if day < business_day(now, zone):
        yield DayOver(pointer=pointer, value=day.isoformat())


def quantity_problems(
    value: Decimal, pointer: str, *, sku: str, places: int, whole: Collection[Decimal] = ()
) -> Iterator[DomainError]:
    """Why `value` is no quantity of a product that is sold with `places` decimal places.

    What is left of a line may be finer than the product is divisible today: the quantities in `whole` can go as they are.
    """
    if value.is_finite() and value in whole:
        places = QUANTITY_SCALE
    match quantity_problem(value, places=places):
        case "not_a_number":
            yield NotANumber(pointer=pointer, value=str(value))
        case "quantity_not_positive":
            yield QuantityNotPositive(pointer=pointer, value=str(value))
        case "quantity_too_large":
            yield QuantityTooLarge(pointer=pointer, value=str(value), limit=MAX_QUANTITY)
        case "quantity_too_precise":
            yield QuantityTooPrecise(pointer=pointer, sku=sku, places=places, value=str(value))


def currency_problems(value: str, pointer: str) -> Iterator[DomainError]:
    if not known_currency(value):
        yield UnknownCurrency(pointer=pointer, value=value[:20], expected=", ".join(COMMON))


def unit_price_problems(value: Decimal, pointer: str) -> Iterator[DomainError]:
    if not value.is_finite():
        yield NotANumber(pointer=pointer, value=str(value))
    elif not 0 <= value <= MAX_UNIT_PRICE:
        yield PriceOutOfRange(pointer=pointer, value=str(value), limit=MAX_UNIT_PRICE)
    elif not has_scale(value, UNIT_PRICE_SCALE):
        yield PriceTooPrecise(pointer=pointer, places=UNIT_PRICE_SCALE, value=str(value))


def amount_problems(value: Decimal, pointer: str, currency: str, *, low: Decimal = ZERO) -> Iterator[DomainError]:
    """Why `value` is no amount in `currency`, which must be a known one."""
    if not value.is_finite():
        yield NotANumber(pointer=pointer, value=str(value))
    elif not low <= value <= MAX_AMOUNT:
        yield AmountOutOfRange(pointer=pointer, value=str(value), low=low, high=MAX_AMOUNT)
    elif not is_rounded(value, currency):
        yield AmountTooPrecise(pointer=pointer, currency=currency, places=exponent(currency), value=str(value))
