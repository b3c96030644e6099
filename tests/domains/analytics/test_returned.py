"""What came back stands beside the revenue: the sum of the list of returns, live and prepared, whatever happens to a return."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db.models import Sum

from orderwell.domains.analytics import queries, rankings
from orderwell.domains.analytics.models import DayFigure, DayMark, PreparedRanking
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.services.prepare import prepare_days
from orderwell.domains.analytics.services.prepare_rankings import prepare_rankings
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.catalog.models import Channel
from orderwell.domains.customers.models import Customer
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.queries import returns
from orderwell.domains.fulfilment.services.past_returns import (
    PastReturn,
    PastReturnLine,
    record_past_returns,
    remove_past_returns,
)
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.assign import assign_order
from orderwell.domains.orders.services.place import place_orders
from orderwell.platform.accounts.models import Team
from orderwell.platform.verify import run_laws
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_channel, make_customer, make_variant, make_warehouse, stock_up

pytestmark = pytest.mark.django_db
LAW = "analytics.prepared_days_are_what_their_orders_say"
ZONE = ZoneInfo("Europe/London")
OCTOBER = Period(date(2025, 10, 1), date(2025, 10, 31))
NOW = datetime(2025, 12, 1, 12, tzinfo=UTC)
# Half past midnight on the 2nd in London, the day before in UTC.
SOLD_AT, CAME_AT = datetime(2025, 10, 1, 9, tzinfo=UTC), datetime(2025, 10, 1, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_london(settings: Any) -> None:
    settings.TIME_ZONE = ZONE.key


@pytest.fixture
def shop() -> Iterator[Channel]:
    cup, pot = make_variant("CUP", price="10.00"), make_variant("POT", price="50.00")
    for item in (cup, pot):
        stock_up(item, make_warehouse(), 1000)
    yield make_channel("shop")


def sell(channel: Channel, customer: str = "A", **units: int) -> int:
    if not Customer.objects.filter(number=customer).exists():
        make_customer(customer, name=customer)
    lines = tuple(LineDraft(sku, Decimal(count)) for sku, count in units.items())
    draft = OrderDraft(channel=channel.code, customer=customer, lines=lines)
    outcome = place_orders([draft], actor=owner(), now=SOLD_AT)[0]
    assert isinstance(outcome, Placed), outcome
    ship(order_id=outcome.order_id, actor=owner(), now=SOLD_AT)
    return outcome.order_id


def bring_back(order_id: int, at: datetime = CAME_AT, **units: int) -> Return:
    lines = dict(OrderLine.objects.filter(order=order_id).values_list("sku", "pk"))
    wishes = [ReturnedUnits(lines[sku], Decimal(count), "restock") for sku, count in units.items()]
    return record_return(order_id=order_id, lines=wishes, reason="too small", actor=owner(), now=at)


def by_day(actor: Any = None) -> dict[int, tuple[Any, Any]]:
    """Day of October -> revenue, returned. The sum of the list behind the figure is looked at on the way."""
    actor = actor or owner()
    found = queries.sales(actor=actor, period=OCTOBER, zone=ZONE, now=NOW).get("CNY")
    since, until = OCTOBER.bounds(ZONE)
    behind = returns(actor, currency="CNY", since=since, until=until, standing=True)
    listed = behind.aggregate(amount=Sum("gross_amount"))["amount"] or Decimal(0)
    assert (found.total.returned if found else Decimal(0)) == listed
    points = found.points if found else []
    return {day.day: (figure.revenue, figure.returned) for day, figure in points if figure.orders or figure.returned}


def prepare() -> None:
    prepare_days(now=NOW)
    assert not DayMark.objects.exists()
    assert [each.document for each in run_laws([LAW])[0].result.differences] == []


def test_what_came_back_is_of_the_day_it_came_back_on(shop: Channel) -> None:
    order = sell(shop, CUP=3, POT=1)
    bring_back(order, CUP=2)
    bring_back(order, at=SOLD_AT + timedelta(days=60), POT=1)
    right = {1: (Decimal(80), Decimal(0)), 2: (Decimal(0), Decimal(20))}
    assert by_day() == right
    prepare()
    assert by_day() == right
    assert DayFigure.objects.get(day=date(2025, 10, 2)).returned == 20
    found = queries.sales(actor=owner(), period=OCTOBER, zone=ZONE, now=NOW)["CNY"]
    assert (found.total.net, found.total.orders, found.total.average) == (Decimal(60), 1, Decimal(80))
    assert [channel for channel, _figure in found.by_channel] == [shop.pk]


def test_a_return_of_a_prepared_day_shows_at_once_and_so_does_its_undoing(shop: Channel) -> None:
    order = sell(shop, CUP=3)
    prepare()
    document = bring_back(order, CUP=1)
    assert by_day()[2] == (0, 10)
    prepare()
    assert by_day()[2] == (0, 10)
    undo_return(return_id=document.pk, reason="counted wrong", actor=owner(), now=NOW)
    assert 2 not in by_day()
    prepare()
    assert 2 not in by_day()


def test_past_returns_show_when_they_are_recorded_and_are_gone_when_removed(shop: Channel) -> None:
    sell(shop, CUP=1)
    prepare()
    line = PastReturnLine("FEE", "Postage", Decimal(1), Decimal("7.50"))
    past = PastReturn(shop.pk, "C1", None, "CNY", CAME_AT, [line])
    ids = record_past_returns([past], actor=owner(), now=NOW)
    assert by_day()[2] == (0, Decimal("7.50"))
    prepare()
    remove_past_returns(ids, actor=owner(), now=NOW)
    assert 2 not in by_day()
    prepare()
    assert 2 not in by_day()


def test_everybody_sees_what_came_back_of_their_own_rows(shop: Channel) -> None:
    other, team = make_channel("other"), Team.objects.create(name="Books")
    order = sell(shop, CUP=3)
    bring_back(order, CUP=1)
    bring_back(sell(other, CUP=3), CUP=2)
    mine, theirs = limited(owner(), channels=frozenset({shop.pk})), limited(owner(), teams=frozenset({team.pk}))
    for _once in range(2):
        assert (by_day()[2][1], by_day(mine)[2][1]) == (30, 10)
        assert 2 not in by_day(theirs)
        prepare()
    assign_order(order_id=order, owner_id=None, team_id=team.pk, actor=owner(), now=NOW)
    assert by_day(theirs)[2][1] == 10
    prepare()
    assert by_day(theirs)[2][1] == 10


def test_an_upgrade_prepares_the_days_with_returns_anew(shop: Channel) -> None:
    bring_back(sell(shop, CUP=3), CUP=1)
    prepare()
    DayFigure.objects.update(returned=0)  # as a version before left them
    assert by_day_sums() == 0
    import_module("orderwell.domains.analytics.migrations.0002_returned_beside_revenue").prepare_anew(apps, None)
    assert set(DayMark.objects.values_list("day", flat=True)) == {date(2025, 10, 1)}
    assert by_day()[2] == (0, 10)
    prepare()


def by_day_sums() -> Decimal:
    """Without a look at the list behind it."""
    return queries.sales(actor=owner(), period=OCTOBER, zone=ZONE, now=NOW)["CNY"].total.returned


def test_the_law_finds_a_wrong_return_figure(shop: Channel) -> None:
    bring_back(sell(shop, CUP=3), CUP=1)
    prepare()
    DayFigure.objects.filter(day=date(2025, 10, 2)).update(returned=11)
    (found,) = run_laws([LAW])[0].result.differences
    assert found.document.startswith("figures of 2025-10-02")


def best(kind: str = "customers") -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {"actor": owner(), "period": OCTOBER, "currency": "CNY", "zone": ZONE, "now": NOW}
    found = rankings.top_customers(**asked) if kind == "customers" else rankings.top_variants(**asked)
    assert all(row.net == row.revenue - row.returned for row in found.value)
    return [(row.name_en, row.count, row.returned, row.net) for row in found.value]


@pytest.mark.parametrize("first_look", [1, 64])
def test_the_best_are_those_who_keep_the_most(shop: Channel, monkeypatch: pytest.MonkeyPatch, first_look: int) -> None:
    monkeypatch.setattr(rankings, "FIRST_LOOK", first_look)
    monkeypatch.setattr(rankings, "PLACES", 2)
    bring_back(sell(shop, "A", POT=4), POT=4)
    sell(shop, "B", CUP=9)
    bring_back(sell(shop, "C", POT=2), POT=1)
    sell(shop, "D", CUP=1)
    assert best() == [("B", 1, 0, 90), ("C", 1, 50, 50)]
    pot, cup = best("products")[::-1]
    assert (cup[1:], pot[1:]) == ((10, 0, 100), (1, 250, 50))


def test_a_prepared_ranking_knows_what_came_back(shop: Channel) -> None:
    bring_back(sell(shop, "A", POT=4), POT=3)
    sell(shop, "B", CUP=9)
    prepare()
    moment = datetime(2025, 10, 31, 12, tzinfo=UTC)
    assert prepare_rankings(now=moment, many=1) > 0 and PreparedRanking.objects.exists()
    asked: dict[str, Any] = {"actor": owner(), "currency": "CNY", "zone": ZONE, "now": moment}
    row = PreparedRanking.objects.get(kind="customers", last=date(2025, 12, 31))
    found = rankings.top_customers(period=Period(row.first, row.last), **asked)
    assert found.at == moment
    assert [(each.name_en, *map(int, (each.revenue, each.returned, each.net))) for each in found.value] == [
        ("B", 90, 0, 90),
        ("A", 200, 150, 50),
    ]
