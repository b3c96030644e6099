"""Who changed which price when, whether with a price list, on the form of the product or with a new variant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orderwell.domains.catalog.drafts import PriceChange, PriceDraft, ProductDraft, VariantDraft
from orderwell.domains.catalog.price_history import price_history
from orderwell.domains.catalog.services.save_product import save_product
from orderwell.domains.catalog.services.set_prices import set_prices
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, outsider, owner
from orderwell.testing.factories import make_tax_category

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def product(*variants: VariantDraft, minutes: int = 0, name: str = "Cup") -> int:
    draft = ProductDraft(code="CUP", name_en=name, variants=variants)
    return save_product(draft, actor=owner(), now=NOW + timedelta(minutes=minutes)).pk


def variant(sku: str, **prices: str) -> VariantDraft:
    return VariantDraft(
        sku=sku, prices=tuple(PriceDraft(name, Decimal(text), Decimal(1)) for name, text in prices.items())
    )


def test_every_way_to_change_a_price_is_told_newest_first() -> None:
    make_tax_category("standard")
    pk = product(variant("RED", CNY="10"))
    product(variant("RED", CNY="12.50", USD="2"), minutes=1)
    product(variant("RED", USD="2"), variant("BLUE", CNY="9"), minutes=2)
    product(variant("RED", USD="2"), minutes=3, name="Other")
    set_prices([PriceChange(sku="RED", currency="USD", unit_price=Decimal(3))], actor=owner(), now=NOW)
    set_prices(
        [PriceChange(sku="RED", currency="USD", unit_price=Decimal(3), unit_cost=Decimal(2))], actor=owner(), now=NOW
    )
    told = [(step.sku, step.currency, step.old, step.new) for step in price_history(clerk(), pk)]
    assert told[0] == ("RED", "USD", 2, 3)
    assert set(told[1:3]) == {("RED", "CNY", Decimal("12.5"), None), ("BLUE", "CNY", None, 9)}
    assert set(told[3:]) == {("RED", "CNY", 10, Decimal("12.5")), ("RED", "USD", None, 2)}
    assert {step.who for step in price_history(clerk(), pk)} == {owner().label}
    assert len(price_history(clerk(), pk, limit=2)) == 2
    with pytest.raises(PermissionDenied):
        price_history(outsider(), pk)
