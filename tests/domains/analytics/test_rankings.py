"""The best of a period: exact where it is asked live, and of the moment it says where it was prepared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderwell.domains.analytics.models import PreparedRanking
from orderwell.domains.analytics.periods import Period, usual_periods
from orderwell.domains.analytics.rankings import top_customers, top_variants
from orderwell.domains.analytics.services.prepare import prepare_days
from orderwell.domains.analytics.services.prepare_rankings import prepare_rankings
from orderwell.domains.catalog.models import Channel
from orderwell.domains.orders.drafts import LineDraft, PastOrderDraft
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import limited
from orderwell.testing.factories import make_channel, make_customer, make_variant
from tests.domains.orders.builders import ACTOR

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARCH = Period(date(2026, 2, 1), date(2026, 3, 2))


@pytest.fixture(autouse=True)
def _in_london(settings: Any) -> None:
    settings.TIME_ZONE = ZONE.key


@pytest.fixture
def shops() -> tuple[Channel, Channel]:
    """Anna buys most in the one shop, Bert in the other; the cup sells everywhere, the pot brings more."""
    one, other = make_channel("one"), make_channel("other")
    make_variant("CUP", price="10.00")
    make_variant("POT", price="50.00")
    make_customer("A", name="Anna")
    make_customer("B", name="Bert")
    sell(one, "A", CUP=3, POT=2)
    sell(one, "B", CUP=1)
    sell(other, "B", CUP=4)
    return one, other


def sell(channel: Channel, customer: str, at: datetime = NOW - timedelta(days=3), **units: int) -> None:
    lines = tuple(LineDraft(sku, Decimal(count)) for sku, count in units.items())
    draft = PastOrderDraft(channel=channel.code, customer=customer, lines=lines, placed_at=at)
    assert isinstance(place_orders([draft], actor=ACTOR, now=utc_now())[0], Placed)


def customers(actor: Any = ACTOR) -> list[tuple[str, int]]:
    found = top_customers(actor=actor, period=MARCH, currency="CNY", zone=ZONE, now=NOW)
    return [(row.name_en, row.orders) for row in found.value]


def test_customers_and_goods_by_revenue(shops: tuple[Channel, Channel]) -> None:
    assert customers() == [("Anna", 1), ("Bert", 2)]
    goods = top_variants(actor=ACTOR, period=MARCH, currency="CNY", zone=ZONE, now=NOW)
    assert [(row.count, row.revenue) for row in goods.value] == [(2, 100), (8, 80)]
    assert goods.at is None
    assert top_variants(actor=ACTOR, period=MARCH, currency="USD", zone=ZONE, now=NOW).value == []


def test_what_is_prepared_says_its_moment_and_is_made_anew(shops: tuple[Channel, Channel]) -> None:
    prepare_days(now=NOW)
    assert prepare_rankings(now=NOW) == 0, "three orders are ranked when somebody looks"
    assert prepare_rankings(now=NOW, many=3) > 0
    period = Period(date(2026, 2, 1), date(2026, 3, 2))
    assert PreparedRanking.objects.filter(first=period.first, last=period.last).count() == 2
    sell(shops[0], "B", POT=9)
    shown = top_customers(actor=ACTOR, period=period, currency="CNY", zone=ZONE, now=NOW)
    assert (shown.at, [row.name_en for row in shown.value]) == (NOW, ["Anna", "Bert"])
    later = NOW + timedelta(hours=1)
    assert prepare_rankings(now=later, many=3) > 0
    shown = top_customers(actor=ACTOR, period=period, currency="CNY", zone=ZONE, now=later)
    assert (shown.at, [row.name_en for row in shown.value]) == (later, ["Bert", "Anna"])
    stale = top_customers(actor=ACTOR, period=period, currency="CNY", zone=ZONE, now=later + timedelta(days=2))
    assert stale.at is None, "a worker that has stopped is not believed"
    assert prepare_rankings(now=later, many=1000) == 0
    assert not PreparedRanking.objects.exists(), "what nobody needs is forgotten"


def test_who_sees_one_shop_never_gets_the_ranking_of_all(shops: tuple[Channel, Channel]) -> None:
    prepare_days(now=NOW)
    prepare_rankings(now=NOW, many=1)
    other = limited(ACTOR, channels=frozenset({shops[1].pk}))
    assert customers(other) == [("Bert", 1)]


def test_usual_periods_end_today_or_with_the_last_order() -> None:
    today = date(2026, 3, 2)
    found = usual_periods(today, Period(date(2025, 6, 1), date(2026, 3, 1)))
    assert [period.days for period in found] == sorted(period.days for period in found)
    assert Period(date(2026, 2, 1), today) in found
    assert Period(date(2025, 1, 1), date(2025, 12, 31)) in found
    imported = usual_periods(today, Period(date(2010, 12, 1), date(2011, 12, 9)))
    assert Period(date(2011, 12, 3), date(2011, 12, 9)) in imported
    assert usual_periods(today, None) == []
