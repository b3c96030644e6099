"""Which price applies: one pure rule, the same for an order, a preview and an explanation.

Of the lists that apply to a buyer on a day the one made for the narrowest circle wins: the customer's own before the
group's, the group's before the channel's, the channel's before everyone's. Then the smaller priority number, then the
lower price, then the code. A list has a price for a quantity when one of its entries begins at or below it; the one that
begins highest counts. The quantity is what the whole order has of the product. No list: the product's list price.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

ZERO = Decimal(0)
# From the narrowest circle to the widest.
SCOPES = ("customer", "group", "channel", "everyone")


@dataclass(frozen=True, slots=True)
class Terms:
    """A list as it stands; `days` are its first and last day."""

    id: int
    code: str
    name_zh: str
    name_en: str
    currency: str
    priority: int
    include_tax: bool | None = None
    days: tuple[date | None, date | None] = (None, None)
    active: bool = True


class Buyer(msgspec.Struct, frozen=True):
    """Who orders where. `include_tax`: whether the channel's prices do."""

    customer_id: int | None = None
    group_id: int | None = None
    channel_id: int | None = None
    include_tax: bool = True

    def scope_of(self, targets: Iterable[tuple[str, int | None]]) -> str | None:
        """The narrowest of `targets` - (scope, id) - that the buyer is in; None: in none of them."""
        own = {"customer": self.customer_id, "group": self.group_id, "channel": self.channel_id}
        found = {scope for scope, key in targets if scope == "everyone" or (key is not None and key == own[scope])}
        return next((scope for scope in SCOPES if scope in found), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of a list that applies to the buyer for the reason `scope`."""

    terms: Terms
    scope: str
    minimum: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Break:
    """From `minimum` on the product costs less: `price`, by the list of `offer`."""

    minimum: Decimal
    price: Decimal
    offer: Offer


def applies(terms: Terms, buyer: Buyer, *, day: date, currency: str) -> str:
    """Why a list doesn't apply, as a word ("archived", "currency", "tax", "not_yet", "over"); empty when it does."""
    first, last = terms.days
    if not terms.active:
        return "archived"
    if terms.currency != currency:
        return "currency"
    if terms.include_tax is not None and terms.include_tax != buyer.include_tax:
        return "tax"
    if first is not None and day < first:
        return "not_yet"
    if last is not None and day > last:
        return "over"
    return ""


def candidates(offers: Iterable[Offer], quantity: Decimal) -> list[Offer]:
    """Of each list the entry that counts for `quantity`, the list that wins first. A total order: codes are unique."""
    best: dict[int, Offer] = {}
    for offer in offers:
        known = best.get(offer.terms.id)
        if offer.minimum <= quantity and (known is None or known.minimum < offer.minimum):
            best[offer.terms.id] = offer
    return sorted(best.values(), key=_rank)


def _rank(offer: Offer) -> tuple[int, int, Decimal, str]:
    return SCOPES.index(offer.scope), offer.terms.priority, offer.price, offer.terms.code


def choose(offers: Iterable[Offer], quantity: Decimal) -> Offer | None:
    """The price that applies to `quantity` units in one order; None where only the list price is left."""
    found = candidates(offers, quantity)
    return found[0] if found else None


def next_break(offers: Sequence[Offer], quantity: Decimal, price: Decimal | None) -> Break | None:
    """The next larger quantity at which the rule gives less than `price`."""
    for minimum in sorted({offer.minimum for offer in offers if offer.minimum > quantity}):
        chosen = choose(offers, minimum)
        if chosen is not None and (price is None or chosen.price < price):
            return Break(minimum, chosen.price, chosen)
    return None
