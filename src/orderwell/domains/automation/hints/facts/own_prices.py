"""What the customer of an order pays: by the price lists that are theirs, in the order's currency, on its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orderwell.domains.automation.hints.facts.values import OrderFacts
from orderwell.domains.prices.resolving import PriceBook, price_books, price_day
from orderwell.domains.prices.rule import Buyer, choose


@dataclass(frozen=True)
class OwnPrices:
    """Prices of some goods for the buyers of some orders."""

    books: dict[date, PriceBook]

    def agreed(self, item: OrderFacts, variant_id: int, quantity: Decimal) -> Decimal | None:
        """What a list of the buyer says of so many units; None where only the list price is left."""
        book = self.books[day_of(item)]
        scopes = book.scopes_for(buyer_of(item), item.currency)
        chosen = choose(book.offers(variant_id, scopes), quantity) if scopes else None
        return chosen.price if chosen is not None else None

    def of(self, item: OrderFacts, variant_id: int, quantity: Decimal) -> Decimal | None:
        """What the buyer pays for a unit of so many; None where nothing says it."""
        book = self.books[day_of(item)]
        return book.price_of(variant_id, item.currency, book.scopes_for(buyer_of(item), item.currency), quantity)


def own_prices(facts: Sequence[OrderFacts], variants: Collection[int]) -> OwnPrices:
    wanted = {(pk, item.currency) for pk in variants for item in facts}
    return OwnPrices(price_books(wanted, {buyer_of(item) for item in facts}, days={day_of(item) for item in facts}))


def buyer_of(item: OrderFacts) -> Buyer:
    return Buyer(item.customer_id, item.group_id, item.channel_id, item.include_tax)


def day_of(item: OrderFacts) -> date:
    return price_day(item.placed_at or item.now)
