"""What a product sells ties to its lines, month by month and week by week, in the business time zone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderwell.domains.analytics.products import POINTS, ProductSales, Step, buyers, product_sales
from orderwell.domains.catalog.models import Variant
from orderwell.domains.orders.drafts import LineDraft, PastOrderDraft
from orderwell.domains.orders.line_list import LineFilters, goods_lines
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_channel, make_customer, make_variant
from tests.domains.orders.builders import ACTOR

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday


def past(channel: str, moment: datetime, *lines: tuple[Variant, int], customer: str | None = None) -> None:
    drafts = tuple(LineDraft(variant.sku, Decimal(quantity)) for variant, quantity in lines)
    draft = PastOrderDraft(channel=channel, lines=drafts, placed_at=moment, customer=customer)
    place_orders([draft], actor=ACTOR, now=utc_now())


def found(*variants: Variant, step: Step = "month", **more: Any) -> ProductSales | None:
    more = {"actor": owner(), "now": NOW, **more}
    return product_sales(variant_ids=[variant.pk for variant in variants], step=step, zone=ZONE, **more)


def test_nothing_sold_is_none() -> None:
    assert found(make_variant("CUP")) is None


def test_a_month_begins_when_it_does_in_the_business_time_zone() -> None:
    make_channel("shop")
    cup = make_variant("CUP", price="10")
    past("shop", datetime(2026, 2, 28, 15, 59, tzinfo=UTC), (cup, 1))  # 23:59 on the 28th in Shanghai
    past("shop", datetime(2026, 2, 28, 16, 1, tzinfo=UTC), (cup, 2))  # 00:01 on the 1st of March
    past("shop", datetime(2025, 3, 10, tzinfo=UTC), (cup, 4))
    sales = found(cup)
    assert sales is not None and len(sales.points) == POINTS["month"]
    march, february = sales.points[-1], sales.points[-2]
    assert (march.sold.units, march.before.units, february.sold.units) == (2, 4, 1)
    assert sales.before.units == 4 and sales.total.revenue == 30


def test_weeks_begin_on_monday_and_are_compared_52_weeks_before() -> None:
    make_channel("shop")
    cup = make_variant("CUP", price="10")
    monday = datetime(2026, 3, 16, 1, tzinfo=UTC)
    for days, units in ((0, 1), (-1, 2), (-364, 3), (-365, 5)):
        past("shop", monday + timedelta(days=days), (cup, units))
    sales = found(cup, step="week")
    assert sales is not None and len(sales.points) == POINTS["week"]
    this, last = sales.points[-1], sales.points[-2]
    assert this.period.first.isoformat() == "2026-03-16"
    assert [(one.sold.units, one.before.units) for one in (last, this)] == [(2, 5), (1, 3)]


@pytest.mark.parametrize("seed", range(3))
def test_figures_tie_to_the_lines_behind_them_for_any_sales(seed: int) -> None:
    chance = random.Random(seed)
    make_channel("shop")
    make_channel("web", currency="USD")
    make_customer("C1"), make_customer("C2")
    red = make_variant("CUP-RED", price="9.99")
    blue, other = make_variant("CUP-BLUE", price="7.35"), make_variant("POT", price="3")
    Variant.objects.filter(pk=blue.pk).update(product=red.product)
    for variant in (red, blue, other):
        variant.prices.create(currency="USD", unit_price=Decimal("1.25"))
    for _ in range(40):
        lines = [(variant, chance.randint(1, 9)) for variant in (red, blue, other) if chance.random() < 0.7]
        if lines:
            moment = NOW - timedelta(hours=chance.randint(0, 24 * 800))
            past(chance.choice(["shop", "web"]), moment, *lines, customer=chance.choice(["C1", "C2", None]))
    for line in OrderLine.objects.filter(sku="CUP-RED")[:5]:
        OrderLine.objects.filter(pk=line.pk).update(
            quantity_shipped=0, quantity_invoiced=0, quantity_cancelled=line.quantity
        )
    Order.objects.filter(pk__in=list(Order.objects.values_list("pk", flat=True)[:3])).update(state="cancelled")
    for step in POINTS:
        for currency in ("CNY", "USD"):
            sales = found(red, blue, step=step, currency=currency)
            assert sales is not None and set(sales.currencies) <= {"CNY", "USD"}
            for point in sales.points:
                since, until = point.period.bounds(ZONE)
                filters = LineFilters(
                    product_id=red.product_id, currency=sales.currency, sold=True, since=since, until=until
                )
                rows = [row for part in goods_lines(owner(), filters) for row in part]
                assert point.sold.revenue == sum((row.gross_amount for row in rows), Decimal(0))
                assert point.sold.units == sum((row.quantity - row.quantity_cancelled for row in rows), Decimal(0))
            who = buyers(
                actor=owner(),
                variant_ids=[red.pk, blue.pk],
                period=sales.period,
                currency=sales.currency,
                zone=ZONE,
            )
            for row in who:
                since, until = sales.period.bounds(ZONE)
                filters = LineFilters(
                    product_id=red.product_id,
                    customer_id=row["order__customer_id"],
                    currency=sales.currency,
                    sold=True,
                    since=since,
                    until=until,
                )
                rows = [line for part in goods_lines(owner(), filters) for line in part]
                assert row["revenue"] == sum(line.gross_amount for line in rows)
                assert row["orders"] == len({line.order_id for line in rows})


def test_what_stopped_selling_is_shown_as_it_was_when_it_sold() -> None:
    make_channel("shop")
    cup = make_variant("CUP")
    past("shop", datetime(2024, 7, 5, tzinfo=UTC), (cup, 1))
    sales = found(cup)
    assert sales is not None and sales.points[-1].period.first.isoformat() == "2024-07-01"


def test_everybody_sees_the_sales_of_their_own_channels() -> None:
    shop, web = make_channel("shop"), make_channel("web")
    cup = make_variant("CUP")
    past("shop", NOW - timedelta(days=1), (cup, 1))
    past("web", NOW - timedelta(days=1), (cup, 2))
    mine = found(cup, actor=limited(owner(), channels=frozenset({shop.pk})))
    assert mine is not None and mine.total.units == 1
    assert found(cup, actor=limited(owner(), channels=frozenset())) is None
    assert web.pk != shop.pk
    with pytest.raises(PermissionDenied):
        found(cup, actor=outsider())
