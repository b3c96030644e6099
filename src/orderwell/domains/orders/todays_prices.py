"""What a buyer pays today for some products: by the price lists that are theirs, else the list price."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.prices.resolving import price_book, price_day
from orderwell.domains.prices.rule import Buyer


def todays_prices(wanted: Mapping[int, Decimal], buyer: Buyer, currency: str, *, now: datetime) -> dict[int, Decimal]:
    """By variant id the price of one unit in `currency`; `wanted` are the units of each. Who has none is left out."""
    book = price_book({(variant, currency) for variant in wanted}, {buyer}, day=price_day(now))
    scopes = book.scopes_for(buyer, currency)
    prices = {variant: book.price_of(variant, currency, scopes, units) for variant, units in wanted.items()}
    return {variant: price for variant, price in prices.items() if price is not None}
