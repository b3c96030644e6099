"""The connection breaks between COMMIT and its answer: what was placed is there once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed, Refused
from orderwell.domains.orders.services import place
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, draft, stock

pytestmark = pytest.mark.django_db(transaction=True)


def breaking(monkeypatch: pytest.MonkeyPatch, *, committed: bool) -> None:
    """The next COMMIT fails, after it was done or before; on PostgreSQL the connection is gone with it."""
    real: Callable[[], None] = connection._commit
    left = [1]

    def commit() -> None:
        if not left:
            return real()
        left.clear()
        if committed:
            real()
        if connection.vendor == "postgresql":
            connection.connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "_commit", commit)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("committed", [True, False])
def test_orders_are_there_once_whether_or_not_the_commit_was_done(
    monkeypatch: pytest.MonkeyPatch, count: int, committed: bool
) -> None:
    tea, channel, house = make_variant(), make_channel(), make_warehouse()
    stock_up(tea, house, 100)
    drafts: list[Any] = [draft(channel, (tea, 2)) for _ in range(count)]
    breaking(monkeypatch, committed=committed)
    outcomes = place_orders(drafts, actor=ACTOR, now=utc_now())
    placed = [outcome for outcome in outcomes if isinstance(outcome, Placed)]
    assert len(placed) == count
    assert sorted(Order.objects.values_list("pk", flat=True)) == sorted(outcome.order_id for outcome in placed)
    assert stock(tea)[house.code][1] == 2 * count


@pytest.mark.parametrize("committed", [True, False])
def test_where_nobody_tells_whether_it_was_done_nothing_is_placed_again(
    monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """The database starts anew just then: it does not answer when it is asked, and takes orders a moment later."""
    tea, channel, house = make_variant(), make_channel(), make_warehouse()
    stock_up(tea, house, 100)
    drafts: list[Any] = [draft(channel, (tea, 2)), draft(channel, (tea, 2), external_id="W-1")]

    def nobody_there() -> None:
        raise OperationalError("the database system is starting up")

    with monkeypatch.context() as patch:
        breaking(patch, committed=committed)
        patch.setattr(connection, "close_if_unusable_or_obsolete", nobody_there)
        patch.setattr(place, "RETURN_SECONDS", 0)
        outcomes = place_orders(drafts, actor=ACTOR, now=utc_now())
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["placement_unknown"] * 2
    assert Order.objects.count() == (2 if committed else 0)
    connection.close_if_unusable_or_obsolete()
    (again,) = place_orders(drafts[1:], actor=ACTOR, now=utc_now())
    assert again.verdict == ("duplicate" if committed else "placed")
    assert Order.objects.filter(external_id="W-1").count() == 1
