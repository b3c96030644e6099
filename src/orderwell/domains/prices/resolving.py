"""What the order engine reads of prices: list prices and applicable lists in one statement, entries in a second if any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.catalog.resolving import list_prices
from orderwell.domains.prices.models import PriceList
from orderwell.domains.prices.rule import Buyer, Offer, Terms, choose
from orderwell.kernel.clock import business_day
from orderwell.kernel.money import UNIT_PRICE_SCALE
from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.platform.statements import fetch, unscaled
from orderwell.platform.unchanged import Unchanged

# One statement for both: a company without price lists pays nothing for them, and what one process writes holds for the
# next order of every other. Which lists apply is decided on few rows, so that a list of a thousand customers and ten
# thousand prices is never multiplied out.
_LISTED = """
SELECT 0, p.variant_id, p.currency, p.unit_price, '', '', '', 0, '', 0
FROM catalog_variantprice p WHERE p.variant_id IN (%s) AND p.currency IN (%s)
UNION ALL
SELECT 1, l.id, l.currency, CASE WHEN l.prices_include_tax IS NULL THEN -1 WHEN l.prices_include_tax THEN 1 ELSE 0 END,
    l.code, l.name_zh, l.name_en, l.priority, a.scope, COALESCE(a.customer_id, a.group_id, a.channel_id)
FROM prices_pricelist l JOIN prices_priceassignment a ON a.price_list_id = l.id
WHERE l.active AND l.currency IN (%s)
    AND (l.valid_from IS NULL OR l.valid_from <= %s) AND (l.valid_until IS NULL OR l.valid_until >= %s)
    AND (a.scope = 'everyone' OR a.customer_id IN (%s) OR a.group_id IN (%s) OR a.channel_id IN (%s))
"""
_ENTRIES = """
SELECT price_list_id, variant_id, minimum, unit_price FROM prices_priceentry
WHERE price_list_id IN (%s) AND variant_id IN (%s)
"""


def price_day(now: datetime) -> date:
    """The day whose prices hold at the moment `now`."""
    return business_day(now, ZoneInfo(settings.TIME_ZONE))


@dataclass(slots=True)
class PriceBook:
    """The prices of some products for some buyers on one day."""

    listed: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    lists: dict[int, Terms] = field(default_factory=dict)
    targets: dict[int, list[tuple[str, int | None]]] = field(default_factory=lambda: defaultdict(list))
    entries: dict[int, list[tuple[int, Decimal, Decimal]]] = field(default_factory=lambda: defaultdict(list))

    def scopes_for(self, buyer: Buyer, currency: str) -> dict[int, str]:
        """The lists in `currency` that apply to `buyer`, and for whom each of them is."""
        found = {}
        for pk, terms in self.lists.items():
            if terms.currency == currency and terms.include_tax in (None, buyer.include_tax):
                scope = buyer.scope_of(self.targets[pk])
                if scope is not None:
                    found[pk] = scope
        return found

    def price_of(self, variant_id: int, currency: str, scopes: dict[int, str], units: Decimal) -> Decimal | None:
        """What one of so many units costs: by the lists of `scopes`, else the list price; None where nothing says it."""
        chosen = choose(self.offers(variant_id, scopes), units)
        return chosen.price if chosen is not None else self.listed.get((variant_id, currency))

    def offers(self, variant_id: int, scopes: dict[int, str]) -> list[Offer]:
        """What the lists of `scopes` say of a product."""
        if not scopes:
            return []
        return [
            Offer(self.lists[pk], scopes[pk], minimum, price)
            for pk, minimum, price in self.entries.get(variant_id, ())
            if pk in scopes
        ]


def price_book(
    wanted: Collection[tuple[int, str]], buyers: Collection[Buyer], *, day: date, known: Unchanged | None = None
) -> PriceBook:
    """Read all prices of `wanted` - (variant id, currency) - that any of `buyers` could get on `day`."""
    if known is not None and not known.recall("lists", {currency for _, currency in wanted}, _currencies_of_lists):
        return PriceBook(known.recall("prices", wanted, list_prices))
    return _book(wanted, buyers, first=day, last=day)


def _currencies_of_lists(currencies: Collection[str]) -> dict[str, bool]:
    """Those in which there is a list in use, whenever it is valid and whoever it is for."""
    found = PriceList.objects.filter(active=True, currency__in=currencies).values_list("currency", flat=True)
    return dict.fromkeys(found, True)


def price_books(
    wanted: Collection[tuple[int, str]], buyers: Collection[Buyer], *, days: Collection[date]
) -> dict[date, PriceBook]:
    """The same for several days: three statements at most, however many there are."""
    if len(set(days)) < 2:
        return {day: price_book(wanted, buyers, day=day) for day in days}
    book = _book(wanted, buyers, first=min(days), last=max(days))
    rows = PriceList.objects.filter(pk__in=list(book.lists)) if book.lists else PriceList.objects.none()
    valid = {pk: (first, last) for pk, first, last in rows.values_list("pk", "valid_from", "valid_until")}
    return {
        day: replace(book, lists={pk: terms for pk, terms in book.lists.items() if _holds(valid[pk], day)})
        for day in set(days)
    }


def _holds(span: tuple[date | None, date | None], day: date) -> bool:
    first, last = span
    return (first is None or first <= day) and (last is None or last >= day)


def _book(wanted: Collection[tuple[int, str]], buyers: Collection[Buyer], *, first: date, last: date) -> PriceBook:
    book = PriceBook()
    if not wanted:
        return book
    variants, currencies = {variant for variant, _ in wanted}, {currency for _, currency in wanted}
    rows = fetch(
        _LISTED,
        *(variants, currencies, currencies, last.isoformat(), first.isoformat()),
        {buyer.customer_id for buyer in buyers} - {None},
        {buyer.group_id for buyer in buyers} - {None},
        {buyer.channel_id for buyer in buyers} - {None},
    )
    for kind, pk, currency, number, code, name_zh, name_en, priority, scope, target in rows:
        if not kind:
            book.listed[pk, currency] = unscaled(number, UNIT_PRICE_SCALE)
            continue
        include_tax = None if number < 0 else bool(number)
        book.lists[pk] = Terms(pk, code, name_zh, name_en, currency, priority, include_tax)
        book.targets[pk].append((scope, target))
    if book.lists:
        for pk, variant, minimum, price in fetch(_ENTRIES, set(book.lists), variants):
            book.entries[variant].append((pk, unscaled(minimum, QUANTITY_SCALE), unscaled(price, UNIT_PRICE_SCALE)))
    return book
