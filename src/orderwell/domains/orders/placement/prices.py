"""What price lists say of the lines of one plan: the price that applies, and the reason that is kept with it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.catalog.resolving import VariantRef
from orderwell.domains.orders.drafts import LineDraft, QuoteDraft
from orderwell.domains.orders.placement.plan import ZERO, Plan
from orderwell.domains.orders.price_reasons import reason
from orderwell.domains.prices.resolving import PriceBook
from orderwell.domains.prices.rule import Buyer, Offer, choose


class Found(msgspec.Struct, frozen=True):
    """`price` is the rule's, None where the product has none; `units` is what the order has of the product."""

    price: Decimal | None
    reason: dict[str, Any]
    offers: list[Offer]
    units: Decimal


def buyer_of(plan: Plan) -> Buyer:
    channel, customer = plan.channel, plan.customer
    return Buyer(
        customer.id if customer else None,
        customer.group_id if customer else None,
        channel.id if channel else None,
        channel.prices_include_tax if channel else True,
    )


class Pricing:
    """Made once for a plan; without applicable lists every line costs one look-up in a dictionary."""

    def __init__(self, plan: Plan, book: PriceBook) -> None:
        self.currency, self.book = plan.currency, book
        self.scopes = book.scopes_for(buyer_of(plan), plan.currency) if book.lists and not plan.past else {}
        self.quoted = plan.draft.reasons if isinstance(plan.draft, QuoteDraft) else ()
        self.units: dict[str, Decimal] = {}
        if self.scopes:  # lines of the same product count together
            self.units = defaultdict(Decimal, plan.ordered)
            for line in plan.draft.lines:
                self.units[line.sku] += line.quantity

    def of(self, index: int, line: LineDraft, variant: VariantRef) -> Found:
        base = self.book.listed.get((variant.id, self.currency))
        if not self.scopes and not self.quoted:
            return Found(base, reason(None, base, units=ZERO, given=line.unit_price is not None), [], ZERO)
        offers = self.book.offers(variant.id, self.scopes) if self.scopes else []
        units = self.units[line.sku] if offers else ZERO
        chosen = choose(offers, units) if offers else None
        why = reason(chosen, base, units=units, given=line.unit_price is not None)
        return Found(
            chosen.price if chosen is not None else base, self.quoted[index] if self.quoted else why, offers, units
        )
