"""What a buyer pays today for some products: by the price lists that are theirs, else the list price."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.prices.resolving import price_book, price_day
from orderwell.domains.prices.rule import Buyer, choose


def todays_prices(wanted: Mapping[int, Decimal], buyer: Buyer, currency: str, *, now: datetime) -> dict[int, Decimal]:
    """By variant id the price of one unit in `currency`; `wanted` are the units of each. Who has none is left out."""
    book = price_book({(variant, currency) for variant in wanted}, {buyer}, day=price_day(now))
    scopes = book.scopes_for(buyer, currency)
    found = {}
    for variant, quantity in wanted.items():
        chosen = choose(book.offers(variant, scopes), quantity)
        price = chosen.price if chosen is not None else book.listed.get((variant, currency))
        if price is not None:
            found[variant] = price
    return found
