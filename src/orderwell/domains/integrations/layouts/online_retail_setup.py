"""The master data of the preset `online-retail`: channel, warehouse, tax category, products, customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.domains.catalog.models import Channel, TaxCategory
from orderwell.domains.catalog.services.bring_in import SimpleProduct, bring_in_channel, bring_in_products
from orderwell.domains.customers.services.bring_in import ForeignCustomer, bring_in_customers
from orderwell.domains.integrations.values import parse_number
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.services.past import bring_in_warehouse
from orderwell.kernel.errors import DomainError
from orderwell.kernel.quantities import has_scale
from orderwell.platform.accounts.actor import Actor

CHANNEL = WAREHOUSE = "online-retail"
CURRENCY = "GBP"
TAX_CATEGORY = "untaxed"
# Other names that a product had in the file, kept with it; a product has a handful, a damaged file could have thousands.
_NAMES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Article:
    """What a file says of one article code over all its lines."""

    code: str
    name: str
    other_names: tuple[str, ...]
    unit_price: Decimal | None

    @classmethod
    def seen(
        cls, code: str, sold_as: Mapping[str, int], noted_as: Mapping[str, int], prices: Mapping[str, int]
    ) -> Article:
        """The name it was sold under most often. Lines without a price carry notes ("damaged") more often than names;
        names are in capitals, so such a line names an article that was never sold only when it is in capitals."""
        names = _merged(sold_as) or Counter(
            {name: count for name, count in _merged(noted_as).items() if name.isupper()}
        )
        ranked = [name for name, _ in names.most_common(_NAMES_KEPT + 1)]
        return cls(code, (ranked or [code])[0][:240], tuple(ranked[1:]), _usual_price(prices))


def _merged(names: Mapping[str, int]) -> Counter[str]:
    """Counts by name, without the spaces that differ."""
    merged: Counter[str] = Counter()
    for name, count in names.items():
        if plain := " ".join(name.split()):
            merged[plain] += count
    return merged


def _usual_price(prices: Mapping[str, int]) -> Decimal | None:
    for text, _ in Counter(prices).most_common():
        try:
            price = parse_number(text)
        except DomainError:
            continue
        if price > 0 and has_scale(price, 6):
            return price
    return None


def external_id(customer_id: str) -> str:
    return f"{CHANNEL}:{customer_id}"


def prepare(
    articles: Sequence[Article], countries: Mapping[str, str], *, actor: Actor, now: datetime
) -> dict[str, str]:
    """Make what is missing. CustomerID -> customer number."""
    untaxed = bring_in_channel(
        channel=Channel(
            code=CHANNEL,
            name_zh="Online Retail",
            name_en="Online Retail",
            currency=CURRENCY,
            prices_include_tax=False,
            warehouse_codes=[WAREHOUSE],
        ),
        tax_category=TaxCategory(code=TAX_CATEGORY, name_zh="不计税", name_en="Untaxed", rate=Decimal(0)),
        actor=actor,
    )
    bring_in_warehouse(
        # Last in the order of preference: other channels do not sell from it unless they say so.
        Warehouse(code=WAREHOUSE, name_zh="Online Retail", name_en="Online Retail", country="GB", priority=999),
        actor=actor,
    )
    bring_in_products(
        [
            SimpleProduct(
                sku=article.code,
                name_zh=article.name,
                name_en=article.name,
                unit_price=article.unit_price,
                custom={"other_names": list(article.other_names)} if article.other_names else {},
            )
            for article in articles
        ],
        tax_category=untaxed,
        currency=CURRENCY,
        actor=actor,
        now=now,
    )
    numbers = bring_in_customers(
        [
            ForeignCustomer(external_id(customer), customer, f"Customer {customer}", country, CURRENCY)
            for customer, country in countries.items()
        ],
        actor=actor,
        now=now,
    )
    return {customer: numbers[external_id(customer)] for customer in countries}
