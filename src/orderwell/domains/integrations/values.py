"""Cells become values: strictly, so that what was not meant as a number or a date is refused and not guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderwell.domains.integrations.errors import NotADate, NotANumber
from orderwell.kernel.errors import Phrase
from orderwell.kernel.money import MAX_AMOUNT, UNIT_PRICE_SCALE
from orderwell.kernel.quantities import MAX_QUANTITY, QUANTITY_SCALE, has_scale
from orderwell.kernel.refusals import (
    MAX_UNIT_PRICE,
    AmountOutOfRange,
    PriceOutOfRange,
    PriceTooPrecise,
    QuantityTooLarge,
    QuantityTooPrecise,
)
from orderwell.kernel.written import bare_number

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_GROUPED = {
    ".": re.compile(r"-?[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]{1,12}|(?:,[0-9]{3}){2,4})"),
    ",": re.compile(r"-?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]{1,12}|(?:\.[0-9]{3}){2,4})"),
}
_WHOLE_AS_FLOAT = re.compile(r"([0-9]+)\.0+")
_SHOWN = 80
_TIME = r"(?:[ T]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})" + _TIME)
_IN_CHINESE = re.compile(r"(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?日?" + _TIME)
_DAY, _MONTH, _YEAR = r"(?P<day>[0-9]{1,2})", r"(?P<month>[0-9]{1,2})", r"(?P<year>[0-9]{4})"
_YEAR_LAST = {
    "dmy": re.compile(rf"{_DAY}(?P<mark>[-/.]){_MONTH}(?P=mark){_YEAR}{_TIME}"),
    "mdy": re.compile(rf"{_MONTH}(?P<mark>[-/.]){_DAY}(?P=mark){_YEAR}{_TIME}"),
}


def parse_number(text: str, *, decimal_mark: str = ".") -> Decimal:
    """A plain decimal number, also full-width, with the sign of a currency, or with thousands apart where they can be
    nothing else: 1,118.90 and 1,234,567, but not 1,118. No exponent, no leading plus: spreadsheets mangle those."""
    plain = text.strip()
    if _NUMBER.fullmatch(plain) is None:
        plain = bare_number(plain)
        if _GROUPED[decimal_mark].fullmatch(plain):
            plain = plain.replace("," if decimal_mark == "." else ".", "")
    if decimal_mark == ",":
        plain = plain.replace(",", ".", 1) if "." not in plain else ""
    if _NUMBER.fullmatch(plain) is None:
        raise NotANumber(
            value=text[:_SHOWN] or Phrase("(nothing)"),
            expected=Phrase("{one} or {two}", one="12", two=f"3{decimal_mark}50"),
        )
    return Decimal(plain)


def check_quantity(quantity: Decimal) -> None:
    """Raises for what no order line can hold, so that amounts can be reckoned exactly and stored."""
    if abs(quantity) > MAX_QUANTITY:
        raise QuantityTooLarge(value=str(quantity), limit=str(MAX_QUANTITY))
    if not has_scale(quantity, QUANTITY_SCALE):
        raise QuantityTooPrecise(sku="", value=str(quantity), places=QUANTITY_SCALE)


def check_price(price: Decimal) -> None:
    if abs(price) > MAX_UNIT_PRICE:
        raise PriceOutOfRange(value=str(price), limit=str(MAX_UNIT_PRICE))
    if not has_scale(price, UNIT_PRICE_SCALE):
        raise PriceTooPrecise(value=str(price), places=UNIT_PRICE_SCALE)


def check_amount(amount: Decimal) -> None:
    if abs(amount) > MAX_AMOUNT:
        raise AmountOutOfRange(value=str(amount), low=str(-MAX_AMOUNT), high=str(MAX_AMOUNT))


def parse_moment(text: str, zone: ZoneInfo, date_format: str = "", day_order: str = "") -> datetime:
    """A point in time in UTC. Without an offset of its own it is local time of `zone`.

    Dates begin with the year, with any of - / . between or as 2026年3月31日; `day_order` says of others whether the day or
    the month comes first ("dmy", "mdy"): nothing in 01/02/2026 does. A `date_format` is that and nothing else.
    """
    plain = text.strip()
    try:
        value = datetime.strptime(plain, date_format) if date_format else _moment(plain, day_order)  # noqa: DTZ007
        if value.tzinfo is None:
            value = value.replace(tzinfo=zone)
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        shown = date_format or {"dmy": "%d/%m/%Y %H:%M", "mdy": "%m/%d/%Y %H:%M"}.get(day_order, "%Y-%m-%d %H:%M")
        expected = datetime(2026, 3, 31, 9, 30, tzinfo=zone).strftime(shown)
        raise NotADate(value=text[:_SHOWN] or Phrase("(nothing)"), expected=expected) from None


def _moment(plain: str, day_order: str) -> datetime:
    written = unicodedata.normalize("NFKC", plain)
    found = _YEAR_FIRST.fullmatch(written) or _IN_CHINESE.fullmatch(written)
    if found is None and day_order:
        found = _YEAR_LAST[day_order].fullmatch(written)
    if found is None:
        return datetime.fromisoformat(written)
    parts = {name: int(value) for name, value in found.groupdict().items() if value and name != "mark"}
    return datetime(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 - its zone is the caller's


def parse_reference(text: str) -> str:
    """A number that is a name. Spreadsheets store such columns as floats: 17850.0 means 17850."""
    plain = text.strip()
    if not plain.endswith("0"):
        return plain
    whole = _WHOLE_AS_FLOAT.fullmatch(plain)
    return whole.group(1) if whole else plain
