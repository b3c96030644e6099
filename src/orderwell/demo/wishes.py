"""What customers order: drafts as channels send them, drawn from customers, seasons of demand and habits of channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from orderwell.demo import names
from orderwell.demo.catalogue import VariantSpec
from orderwell.demo.company import DESK, MARKET, PHONE, SHOP, Company
from orderwell.demo.people import CustomerSpec, PlaceSpec
from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft, OrderDraft


def _gift_wrap(country: str) -> ChargeDraft:
    return ChargeDraft(code="GIFT-WRAP", name=names.said_to(country, names.GIFT_WRAP), amount=Decimal("8.00"))


@dataclass
class Wishes:
    """Draws drafts; the same `random` gives the same ones."""

    company: Company
    random: Random
    variants: Sequence[VariantSpec] = field(init=False)
    _sku_weights: list[float] = field(init=False)
    _customer_weights: list[float] = field(init=False)
    _number: int = 0

    def __post_init__(self) -> None:
        self.variants = self.company.variants
        self._sku_weights = list(accumulate(variant.demand for variant in self.variants))
        self._customer_weights = list(accumulate(customer.weight for customer in self.company.customers))

    def draw(self, moment: datetime) -> tuple[OrderDraft, CustomerSpec | None]:
        """A wish that comes in at `moment`, and who has it; None for a guest of the web shop."""
        random = self.random
        customer = random.choices(self.company.customers, cum_weights=self._customer_weights)[0]
        channel = _channel(customer, random)
        if channel == SHOP and random.random() < 0.15:
            return self._guest(moment), None
        place = random.choice(customer.shipping) if random.random() < 0.3 else customer.shipping[0]
        business = customer.company and channel in (DESK, PHONE)
        return self.draft(moment, channel, place, customer, business=business), customer

    def draft(
        self, moment: datetime, channel: str, place: PlaceSpec, customer: CustomerSpec | None, *, business: bool
    ) -> OrderDraft:
        random = self.random
        self._number += 1
        lines = self.lines(business=business, channel=channel)
        discounted = business and random.random() < 0.2
        return OrderDraft(
            channel=channel,
            lines=lines,
            external_id=self._external_id(channel, moment),
            customer=customer.number if customer else None,
            customer_name="" if customer else place.recipient,
            ship_to=AddressDraft(
                recipient=place.recipient,
                phone=place.phone,
                email=customer.contacts[0].email if customer else "",
                street=place.street,
                district=place.district,
                city=place.city,
                region=place.region,
                postcode=place.postcode,
                country=place.country,
            ),
            discount=Decimal(random.choice((50, 80, 100, 150))) if discounted and len(lines) > 3 else Decimal(0),
            shipping=_shipping(channel, business=business, random=random),
            charges=(_gift_wrap(place.country),) if channel == SHOP and random.random() < 0.06 else (),
            note=names.said_to(place.country, random.choice(names.NOTES)) if random.random() < 0.09 else "",
            priority=50 if customer and "VIP" in customer.tags else 100,
            requested_at=moment + timedelta(days=random.randint(5, 16)) if business and random.random() < 0.4 else None,
        )

    def lines(self, *, business: bool, channel: str) -> tuple[LineDraft, ...]:
        random = self.random
        wanted = random.choice((2, 3, 3, 4, 5, 6, 8)) if business else random.choice((1, 1, 1, 2, 2, 3, 4))
        chosen = {
            variant.sku: variant for variant in random.choices(self.variants, cum_weights=self._sku_weights, k=wanted)
        }
        lines = [
            LineDraft(sku=sku, quantity=Decimal(_units(variant, business=business, random=random)))
            for sku, variant in chosen.items()
        ]
        if random.random() < 0.05 and self.company.bundles and channel != MARKET:
            bundle = random.choice(self.company.bundles)
            lines.append(LineDraft(sku=bundle.sku, quantity=Decimal(random.choice((1, 1, 2)))))
        if business and random.random() < 0.1:
            first = lines[0]
            lines[0] = LineDraft(sku=first.sku, quantity=first.quantity, discount=Decimal(10))
        return tuple(lines)

    def _guest(self, moment: datetime) -> OrderDraft:
        random = self.random
        city = random.choice(names.CITIES_CN)
        name = random.choice(names.FAMILY_ZH)[0] + random.choice(names.GIVEN_ZH)[0]
        place = PlaceSpec(
            recipient=name,
            phone=f"1{random.choice('3578')}{random.randint(0, 999_999_999):09d}",
            street=f"{random.choice(names.STREETS_ZH)}{random.randint(1, 999)}号",
            district=city.district,
            city=city.zh,
            region=city.region,
            postcode=city.postcode,
            country="CN",
        )
        return self.draft(moment, SHOP, place, None, business=False)

    def _external_id(self, channel: str, moment: datetime) -> str | None:
        if channel == SHOP:
            return f"W{moment:%y%m%d}{self._number:07d}"
        if channel == MARKET:
            return f"114-{self._number:07d}-{moment:%m%d%H}"
        return None


def _channel(customer: CustomerSpec, random: Random) -> str:
    if customer.abroad:
        return MARKET
    if customer.company:
        return random.choices((DESK, PHONE, SHOP), (0.68, 0.2, 0.12))[0]
    return random.choices((SHOP, PHONE, DESK), (0.82, 0.13, 0.05))[0]


def _shipping(channel: str, *, business: bool, random: Random) -> Decimal:
    if channel == MARKET:
        return Decimal("9.90")
    if channel == SHOP:
        return Decimal(0) if random.random() < 0.6 else Decimal("12.00")
    return Decimal(0) if business else Decimal("15.00")


def _units(variant: VariantSpec, *, business: bool, random: Random) -> int:
    if not business:
        return random.choice((1, 1, 1, 1, 2, 2, 3))
    if variant.pack is not None and random.random() < 0.4:
        return variant.pack[0]
    return random.choice((2, 3, 4, 5, 6, 8, 10))
