"""Amounts, quantities and days as people read them: on screens, documents and in files alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import pgettext

from orderwell.kernel.money import exponent, known_currency
from orderwell.kernel.quantities import plain

# What is typed for a currency beside its symbol and its code.
_WRITTEN = {"CNY": ("￥", "元", "RMB"), "JPY": ("¥", "￥", "円"), "USD": ("＄", "US$"), "GBP": ("￡",)}
_SYMBOLS = {"CNY": "¥", "JPY": "JP¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"}


def money_text(amount: Decimal, currency: str, *, whole: bool = False) -> str:
    digits = 0 if whole else exponent(currency) if known_currency(currency) else 2
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    # Minus before the symbol, and a true minus sign: figures in a column line up and copy well.
    return f"{'−' if amount < 0 else ''}{symbol}{abs(amount):,.{digits}f}"


def signs_of(currency: str) -> tuple[str, ...]:
    """What people write beside an amount of this currency."""
    return tuple(dict.fromkeys((_SYMBOLS.get(currency, currency), currency, *_WRITTEN.get(currency, ()))))


def price_text(amount: Decimal, currency: str, *, symbol: bool = True) -> str:
    """A unit price: at least the digits of the currency, more where it has them."""
    digits = exponent(currency) if known_currency(currency) else 2
    places = -int(amount.normalize().as_tuple().exponent)
    shown = f"{amount:,.{max(digits, places)}f}"
    return _SYMBOLS.get(currency, f"{currency} ") + shown if symbol else shown


def comma() -> str:
    """What the language puts between the items of a list."""
    return pgettext("between the items of a list", ", ")


def listed(words: Iterable[object]) -> str:
    """Names one after the other, with the comma that the language puts between them."""
    return comma().join(str(word) for word in words)


def in_a_row(*sentences: object) -> str:
    """Whole sentences one after the other: a full stop as wide as a character needs no blank behind it."""
    text = ""
    for sentence in filter(None, map(str, sentences)):
        text += sentence if not text or text[-1] in "。！？；" else f" {sentence}"
    return text


def named(name: object, value: object) -> str:
    """A value behind its name, with the colon that the language puts between them."""
    return f"{name}{colon()}{value}"


def colon() -> str:
    return pgettext("between a name and its value", ": ")


def price_typed(amount: Decimal, currency: str) -> str:
    """A unit price as it stands in a field: with the digits people see, without signs."""
    return price_text(amount, currency, symbol=False).replace(",", "")


def quantity_text(value: Decimal | int) -> str:
    text = plain(Decimal(value))
    whole, _dot, part = text.partition(".")
    return f"{int(whole):,}" + (f".{part}" if part else "") if whole != "-0" else text


def percent_text(value: Decimal) -> str:
    return f"{plain(value * 100)} %"


def day_text(moment: datetime) -> str:
    """The day in the business time zone."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d")
