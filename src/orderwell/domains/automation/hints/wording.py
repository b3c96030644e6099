"""Values as they stand in the sentence of a hint."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

from orderwell.domains.catalog.naming import in_language
from orderwell.kernel.clock import business_day
from orderwell.kernel.money import round_amount
from orderwell.platform.formats import money_text, price_text


def local_name(row: Any) -> str:
    """The name in the reader's language of anything with a Chinese and an English one."""
    return in_language(row, chinese=reads_chinese())


def reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def day(moment: datetime) -> str:
    """The business day of a moment."""
    return business_day(moment, ZoneInfo(settings.TIME_ZONE)).isoformat()


def money(amount: Decimal, currency: str) -> str:
    return money_text(round_amount(amount, currency), currency)


def unit_price(amount: Decimal, currency: str) -> str:
    """With the digits that a unit price has, at least those of the currency."""
    return price_text(amount, currency)
