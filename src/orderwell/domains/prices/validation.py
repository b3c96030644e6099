"""Everything wrong with a draft of a price list or of an entry. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from msgspec import UNSET

from orderwell.domains.catalog.errors import UnknownSku
from orderwell.domains.prices.drafts import ZERO, CopyDraft, EntryDraft, PriceListDraft
from orderwell.domains.prices.errors import DaysOutOfOrder, PriceListCurrencyFixed
from orderwell.domains.prices.models import PriceList
from orderwell.domains.prices.rounding import FINEST
from orderwell.kernel.errors import DomainError, InvalidValue, Phrase
from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.kernel.refusals import (
    MAX_UNIT_PRICE,
    ValueMissing,
    currency_problems,
    quantity_problems,
    text_problems,
    unit_price_problems,
)
from orderwell.platform.coded_rows import code_and_name_problems

MAX_NOTE = 2000
MAX_PRIORITY = 9999
MAX_TARGETS = 2000
MAX_PERCENT = Decimal(1000)
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)


def list_problems(draft: PriceListDraft, current: PriceList | None, *, has_entries: bool) -> Iterator[DomainError]:
    yield from code_and_name_problems(draft, limit=40)
    if draft.currency is UNSET:
        if current is None:
            yield ValueMissing(pointer="/currency")
    elif current is not None and draft.currency != current.currency and has_entries:
        yield PriceListCurrencyFixed(pointer="/currency", code=current.code, currency=current.currency)
    else:
        yield from currency_problems(draft.currency, "/currency")
    if draft.priority is not UNSET and not 0 <= draft.priority <= MAX_PRIORITY:
        expected = Phrase("{low} to {high}", low=0, high=MAX_PRIORITY)
        yield InvalidValue(pointer="/priority", value=draft.priority, expected=expected)
    if draft.note is not UNSET:
        yield from text_problems(draft.note, "/note", MAX_NOTE, lines=True)
    if draft.applies_to is not UNSET and len(draft.applies_to) > MAX_TARGETS:
        expected = Phrase("at most {count}", count=MAX_TARGETS)
        yield InvalidValue(pointer="/applies_to", value=len(draft.applies_to), expected=expected)
    yield from _day_problems(draft, current)


def _day_problems(draft: PriceListDraft, current: PriceList | None) -> Iterator[DomainError]:
    first = draft.valid_from if draft.valid_from is not UNSET else current.valid_from if current else None
    last = draft.valid_until if draft.valid_until is not UNSET else current.valid_until if current else None
    for name, day in (("valid_from", first), ("valid_until", last)):
        if day is not None and not FIRST_DAY <= day < LAST_DAY:
            expected = Phrase("{low} to {high}", low=FIRST_DAY.isoformat(), high=LAST_DAY.isoformat())
            yield InvalidValue(pointer=f"/{name}", value=day.isoformat(), expected=expected)
    if first is not None and last is not None and last < first:
        yield DaysOutOfOrder(pointer="/valid_until", first=first.isoformat(), last=last.isoformat())


def tidy_minimum(minimum: Decimal, places: int) -> Decimal:
    """Of goods sold by the piece "from one on" is "any quantity"."""
    return ZERO if places == 0 and minimum == 1 else minimum


def entry_problems(draft: EntryDraft, places: int | None) -> Iterator[DomainError]:
    """`places`: how finely the product is divisible, None where there is no such product."""
    if places is None:
        yield UnknownSku(pointer="/sku", value=draft.sku[:60])
    if draft.minimum != 0:
        limit = QUANTITY_SCALE if places is None else places
        yield from quantity_problems(draft.minimum, "/minimum", sku=draft.sku[:60], places=limit)
    if draft.unit_price is not None:
        yield from unit_price_problems(draft.unit_price, "/unit_price")


def copy_problems(draft: CopyDraft) -> Iterator[DomainError]:
    yield from code_and_name_problems(draft, limit=40)
    if draft.currency or not draft.source:
        yield from currency_problems(draft.currency, "/currency")
    if not draft.percent.is_finite() or not -100 < draft.percent <= MAX_PERCENT:
        expected = Phrase("more than {low} and at most {high}", low=-100, high=MAX_PERCENT)
        yield InvalidValue(pointer="/percent", value=str(draft.percent), expected=expected)
    if not draft.step.is_finite() or not FINEST <= draft.step <= MAX_UNIT_PRICE or draft.step % FINEST:
        expected = Phrase("{low} to {high}", low=FINEST, high=MAX_UNIT_PRICE)
        yield InvalidValue(pointer="/step", value=str(draft.step), expected=expected)
