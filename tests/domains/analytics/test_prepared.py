"""Prepared figures say what the orders say: at once after every change, in every zone, for everybody's own rows."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from orderwell.domains.analytics import queries
from orderwell.domains.analytics.figures import SOLD, Figure
from orderwell.domains.analytics.models import DayFigure, DayMark, Preparation, PreparedDay
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.prepared import MOST_STRETCHES, stretches
from orderwell.domains.analytics.services import prepare
from orderwell.domains.catalog.models import Channel, Variant
from orderwell.domains.orders.drafts import LineDraft, OrderDraft, PastOrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.queries import OrderFilters, matching
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.past import remove_past_orders
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import business_day, day_bounds, utc_now
from orderwell.platform.verify import run_laws
from orderwell.testing.actors import limited
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR

pytestmark = pytest.mark.django_db
LAW = "analytics.prepared_days_are_what_their_orders_say"
LONDON = "Europe/London"
# London's clocks go back on the 25th of October: that day has 25 hours.
OCTOBER = Period(date(2025, 10, 1), date(2025, 10, 31))
NOW = datetime(2025, 12, 1, 12, tzinfo=UTC)


def past(channel: Channel, item: Variant, moments: Iterable[datetime], **values: Any) -> list[int]:
    drafts = [
        PastOrderDraft(channel=channel.code, lines=(LineDraft(item.sku, Decimal(1)),), placed_at=moment, **values)
        for moment in moments
    ]
    return _ids(place_orders(drafts, actor=ACTOR, now=utc_now()))


def open_order(channel: Channel, item: Variant, moment: datetime, quantity: int = 1) -> int:
    draft = OrderDraft(channel=channel.code, lines=(LineDraft(item.sku, Decimal(quantity)),))
    return _ids(place_orders([draft], actor=ACTOR, now=moment))[0]


def _ids(outcomes: Iterable[Any]) -> list[int]:
    found = []
    for outcome in outcomes:
        assert isinstance(outcome, Placed), outcome
        found.append(outcome.order_id)
    return found


def total(period: Period = OCTOBER, actor: Any = ACTOR, zone: str = LONDON) -> Figure:
    found = queries.sales(actor=actor, period=period, zone=ZoneInfo(zone), now=NOW)
    return sum((each.total for each in found.values()), start=Figure())


def by_day(zone: str = LONDON) -> dict[date, tuple[int, Decimal]]:
    found = queries.sales(actor=ACTOR, period=OCTOBER, zone=ZoneInfo(zone), now=NOW)
    return {
        day: (figure.orders, figure.revenue) for each in found.values() for day, figure in each.points if figure.orders
    }


def listed(zone: str = LONDON) -> dict[date, tuple[int, Decimal]]:
    """The same from the rows of the order list, day by day."""
    found = {}
    for day in OCTOBER.points():
        since, until = day_bounds(day, ZoneInfo(zone))
        rows = matching(ACTOR, OrderFilters(state=tuple(SOLD), since=since, until=until), now=NOW)
        amounts = list(rows.values_list("total_amount", flat=True))
        if amounts:
            found[day] = (len(amounts), sum(amounts, start=Decimal(0)))
    return found


def broken() -> list[str]:
    return [each.document for each in run_laws([LAW])[0].result.differences]


def corrupt() -> None:
    """What nobody but a test does: from now on a prepared day can be told from one read from its orders."""
    DayFigure.objects.update(orders=F("orders") + 1000)


@pytest.fixture(autouse=True)
def _in_london(settings: Any) -> None:
    settings.TIME_ZONE = LONDON


@pytest.fixture
def scattered() -> list[int]:
    """Orders at random moments of October, most of them near midnight, when clocks change too."""
    chance = random.Random(7)
    channels, items = [make_channel(backorder=True), make_channel(backorder=True)], [make_variant(), make_variant()]
    for item in items:
        stock_up(item, make_warehouse(), 1000)
    made = []
    for _ in range(60):
        midnight, _end = day_bounds(date(2025, 10, chance.choice([1, 2, 25, 26, 27, 31])), ZoneInfo(LONDON))
        moment = midnight + timedelta(minutes=chance.choice([-90, -60, -31, -1, 0, 1, 29, 60, 600]))
        if moment < day_bounds(OCTOBER.first, ZoneInfo(LONDON))[0]:
            continue
        made.append(open_order(chance.choice(channels), chance.choice(items), moment, chance.randint(1, 5)))
    return made


def test_prepared_figures_are_those_of_the_list_day_by_day(scattered: list[int]) -> None:
    before = by_day()
    assert before == listed()
    assert prepare.prepare_days(now=NOW) > 31
    assert by_day() == before
    assert not DayMark.objects.exists() and broken() == []
    corrupt()
    assert total().orders > 1000


def test_a_change_of_an_old_order_shows_at_once_and_is_prepared_anew(scattered: list[int]) -> None:
    prepare.prepare_days(now=NOW)
    for order_id in scattered[::4]:
        cancel_units(order_id=order_id, lines=None, reason="x", actor=ACTOR, now=NOW)
        assert by_day() == listed()
    assert DayMark.objects.exists() and broken() == []
    assert prepare.prepare_days(now=NOW) > 0
    assert not DayMark.objects.exists() and broken() == []
    assert by_day() == listed()
    assert prepare.prepare_days(now=NOW) == 0


def test_orders_recorded_later_or_taken_back_show_at_once() -> None:
    channel, item = make_channel(), make_variant()
    day = datetime(2025, 10, 26, 9, tzinfo=UTC)
    past(channel, item, [day])
    prepare.prepare_days(now=NOW)
    ids = past(channel, item, [day, day + timedelta(days=2)])
    assert total().orders == 3
    prepare.prepare_days(now=NOW)
    assert total().orders == 3 and broken() == []
    assert remove_past_orders(ids, actor=ACTOR, now=NOW) == set()
    assert total().orders == 1
    prepare.prepare_days(now=NOW)
    assert total().orders == 1 and broken() == []


def test_the_last_hour_of_a_day_of_25_hours_is_of_that_day() -> None:
    open_order(make_channel(backorder=True), make_variant(), datetime(2025, 10, 26, 23, 30, tzinfo=UTC))
    assert list(by_day()) == [date(2025, 10, 26)]
    prepare.prepare_days(now=NOW)
    assert list(by_day()) == [date(2025, 10, 26)] and broken() == []


def test_everybody_sees_the_figures_of_their_own_rows(scattered: list[int]) -> None:
    channel = Order.objects.values_list("channel_id", flat=True)[0]
    mine = limited(ACTOR, channels=frozenset({channel}))
    before = total(actor=mine)
    assert 0 < before.orders < len(scattered)
    prepare.prepare_days(now=NOW)
    assert total(actor=mine) == before
    assert total(actor=limited(ACTOR, teams=frozenset({0}))).orders == 0


def test_another_time_zone_makes_all_days_anew(scattered: list[int], settings: Any) -> None:
    prepare.prepare_days(now=NOW)
    corrupt()
    settings.TIME_ZONE = "Asia/Shanghai"
    assert by_day("Asia/Shanghai") == listed("Asia/Shanghai")
    prepare.prepare_days(now=NOW)
    assert set(PreparedDay.objects.values_list("zone", flat=True)) == {"Asia/Shanghai"}
    assert by_day("Asia/Shanghai") == listed("Asia/Shanghai") and broken() == []


def test_days_that_have_not_long_ended_are_read_from_their_orders() -> None:
    now = utc_now()
    today = business_day(now, ZoneInfo(LONDON))
    open_order(make_channel(backorder=True), make_variant(), now - timedelta(days=40))
    open_order(make_channel(backorder=True), make_variant(), now)
    prepare.prepare_days(now=now)
    newest = PreparedDay.objects.order_by("-day").values_list("day", flat=True)[0]
    assert today - timedelta(days=2) <= newest < today
    assert not DayMark.objects.exists()


def test_a_preparation_that_was_overtaken_keeps_nothing(scattered: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    computed = prepare._computed

    def slow(days: Any, zone: Any) -> Any:
        """While the figures are on their way an order changes, and another worker takes its mark."""
        found = computed(days, zone)
        monkeypatch.setattr(prepare, "_computed", computed)
        cancel_units(order_id=scattered[0], lines=None, reason="x", actor=ACTOR, now=NOW)
        prepare._take_marks(ZoneInfo(LONDON))
        return found

    monkeypatch.setattr(prepare, "_computed", slow)
    prepare.prepare_days(now=NOW)
    assert by_day() == listed() and broken() == []
    assert Preparation.objects.get().run > 2


def test_a_change_during_a_preparation_leaves_its_mark(scattered: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    computed = prepare._computed

    def slow(days: Any, zone: Any) -> Any:
        found = computed(days, zone)
        monkeypatch.setattr(prepare, "_computed", computed)
        cancel_units(order_id=scattered[-1], lines=None, reason="x", actor=ACTOR, now=NOW)
        return found

    monkeypatch.setattr(prepare, "_computed", slow)
    prepare.prepare_days(now=NOW, seconds=0.001)
    assert by_day() == listed() and broken() == []


def test_the_law_finds_a_wrong_figure(scattered: list[int]) -> None:
    prepare.prepare_days(now=NOW)
    wrong = DayFigure.objects.order_by("day")[0]
    DayFigure.objects.filter(pk=wrong.pk).update(revenue=F("revenue") + 1)
    assert [document.split(",")[0] for document in broken()] == [f"figures of {wrong.day.isoformat()}"]
    DayFigure.objects.filter(pk=wrong.pk).delete()
    assert len(broken()) == 1


def test_days_are_read_in_few_stretches() -> None:
    odd = {day for day in OCTOBER.points() if day.day % 2}
    found = stretches(odd, OCTOBER)
    assert len(found) == MOST_STRETCHES
    covered = {each.first + timedelta(days=step) for each in found for step in range(each.days)}
    assert {day for day in OCTOBER.points() if day not in odd} <= covered
    assert stretches(set(), OCTOBER) == [OCTOBER] and stretches(set(OCTOBER.points()), OCTOBER) == []
