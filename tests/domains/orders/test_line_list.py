"""Lines of orders as rows: what was sold, what is reserved, what is missing; nobody sees lines of orders that aren't theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orderwell.domains.catalog.models import Channel
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.services.listed import ship_lines
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.line_list import (
    LineFilters,
    goods_lines,
    lines_of_reservations,
    missing_lines,
    reserved_lines,
)
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.hold import place_hold
from orderwell.kernel.quantities import plain
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import draft, placed

pytestmark = pytest.mark.django_db


NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def sell(channel: str, **quantities: int) -> Order:
    return placed(draft(Channel.objects.get(code=channel), *quantities.items()))


@pytest.fixture
def shop() -> None:
    make_channel("shop", backorder=True)
    make_channel("other", backorder=True)
    main, west = make_warehouse("main"), make_warehouse("west")
    for sku in ("CUP", "POT"):
        variant = make_variant(sku, price="10")
        stock_up(variant, main, 10)
        stock_up(variant, west, 10)


def skus(**filters: object) -> list[str]:
    found = [row for part in goods_lines(owner(), LineFilters(**filters)) for row in part]  # type: ignore[arg-type]
    return sorted(f"{row.sku}:{plain(row.quantity - row.quantity_cancelled)}" for row in found)


@pytest.mark.usefixtures("shop")
def test_lines_are_found_by_product_and_by_what_their_order_is() -> None:
    sell("shop", CUP=2, POT=1)
    sell("other", CUP=3)
    product = OrderLine.objects.filter(sku="CUP").first().variant.product_id  # type: ignore[union-attr]
    assert skus() == ["CUP:2", "CUP:3", "POT:1"]
    assert skus(product_id=product) == ["CUP:2", "CUP:3"]
    assert skus(product_id=product, channel="other") == ["CUP:3"]
    assert skus(sku="POT") == ["POT:1"] and skus(sku="NONE") == []
    assert skus(currency="USD") == []
    Order.objects.filter(channel__code="other").update(state="cancelled")
    assert skus(sold=True) == ["CUP:2", "POT:1"]


@pytest.mark.usefixtures("shop")
def test_an_actor_of_one_channel_sees_the_lines_and_reservations_of_that_channel_only() -> None:
    sell("shop", CUP=2, POT=30)
    sell("other", CUP=3, POT=40)
    actor = limited(owner(), channels=frozenset({Channel.objects.get(code="shop").pk}))
    found = [row.sku for part in goods_lines(actor, LineFilters()) for row in part]
    assert sorted(found) == ["CUP", "POT"]
    rows = list(reserved_lines(actor))
    assert {row.line_id for row in rows} <= set(
        OrderLine.objects.filter(order__channel__code="shop").values_list("pk", flat=True)
    )
    pot = OrderLine.objects.filter(sku="POT").first()
    assert pot is not None and pot.variant_id
    assert {row.line.order.channel.code for row in missing_lines(actor, [pot.variant_id], limit=9)} == {"shop"}


@pytest.mark.usefixtures("shop")
def test_a_held_order_is_left_out_unless_asked_for() -> None:
    first, second = sell("shop", CUP=2), sell("shop", CUP=3)
    place_hold(order_id=first.pk, kind="address", reason="look", actor=owner(), now=NOW)
    assert [row.quantity for row in reserved_lines(owner())] == [3]
    both = list(reserved_lines(owner(), ready=False))
    assert {line.order_id for line in lines_of_reservations(both).values()} == {first.pk, second.pk}


@pytest.mark.usefixtures("shop")
def test_chosen_lines_leave_together_and_the_others_stay() -> None:
    made = sell("shop", CUP=2, POT=1)
    held = sell("shop", CUP=1)
    place_hold(order_id=held.pk, kind="address", reason="look", actor=owner(), now=NOW)
    cup = Reservation.objects.get(line_id__in=OrderLine.objects.filter(order_id=made.pk, sku="CUP").values("pk"))
    stopped = Reservation.objects.get(line_id__in=OrderLine.objects.filter(order_id=held.pk).values("pk"))
    verdicts = ship_lines([cup.pk, stopped.pk, 0], data={"carrier": "SF"}, actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in verdicts] == ["done", "refused", "refused"]
    # A row that has gone since is told in words, and by no number of ours.
    gone = verdicts[2]
    assert gone.reference == "—" and [error.code for error in gone.errors] == ["no_longer_reserved"]
    assert "has been shipped" in gone.errors[0].text()
    shipment = Shipment.objects.get()
    assert shipment.carrier == "SF" and shipment.order_id == made.pk
    assert OrderLine.objects.get(order_id=made.pk, sku="CUP").quantity_shipped == 2
    assert OrderLine.objects.get(order_id=made.pk, sku="POT").quantity_shipped == 0
    assert not Reservation.objects.filter(pk=cup.pk).exists() and Reservation.objects.filter(pk=stopped.pk).exists()


def test_a_bundle_leaves_in_the_units_its_components_make_up() -> None:
    make_channel("shop", backorder=True)
    main = make_warehouse("main")
    cup, pot = make_variant("CUP"), make_variant("POT")
    bundle = make_bundle({cup: 2, pot: 1}, sku="SET", price="50")
    stock_up(cup, main, 6)
    stock_up(pot, main, 2)
    assert bundle.is_bundle
    made = sell("shop", SET=3)
    rows = list(reserved_lines(owner()))
    verdicts = ship_lines([row.pk for row in rows], data={}, actor=owner(), now=NOW)
    assert {verdict.outcome for verdict in verdicts} == {"done"} and Shipment.objects.count() == 1
    assert OrderLine.objects.get(order_id=made.pk).quantity_shipped == Decimal(2)
