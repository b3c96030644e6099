"""What was on its way at a past moment, beside what was on hand: together they are all that there was."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from orderwell.domains.inventory.counts import PastItem, stock_at
from orderwell.domains.inventory.drafts import ArrivalDraft, TransferDraft, TransferLineDraft
from orderwell.domains.inventory.models import StockItem, Transfer
from orderwell.domains.inventory.queries import stock_as_of
from orderwell.domains.inventory.services.transfer_stock import create_transfer, dispatch_transfer, receive_transfer
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import differences

pytestmark = pytest.mark.django_db
Place = tuple[str, str]  # SKU and the warehouse that holds it, or sent it


def shown(rows: list[PastItem]) -> tuple[dict[Place, int], dict[Place, int]]:
    """On hand and on the way, without what is nothing."""
    then, sent = Counter[Place](), Counter[Place]()
    for row in rows:
        place = row.item.variant.sku, row.item.warehouse.code
        then[place] += int(row.then)
        sent[place] += int(row.sent)
    return dict(+then), dict(+sent)


@pytest.mark.parametrize("seed", range(3))
def test_on_hand_and_on_the_way_are_all_that_there_was(seed: int) -> None:
    chance = random.Random(seed)
    now = utc_now()
    moment = now - timedelta(days=400)
    # Nothing ever lay in the last one before: what is sent there has no row of its own while it is on its way.
    places = [make_warehouse(code) for code in ("main", "east", "new")]
    skus = ["CUP", "POT", "JUG"]
    hand, sent = Counter[Place](), Counter[Place]()
    total = Counter[str]()
    for sku in skus:
        stock_up(make_variant(sku), places[0], 200, now=moment)
        hand[sku, "main"] += 200
        total[sku] += 200
    seen = [(moment, dict(hand), dict(sent))]
    for _ in range(24):
        moment += timedelta(days=13, hours=5)
        open_ones = list(Transfer.objects.filter(state="dispatched").select_related("origin", "destination"))
        if open_ones and chance.random() < 0.6:
            transfer = chance.choice(open_ones)
            arrivals = []
            for line in transfer.lines.select_related("variant"):
                left = int(line.quantity - line.quantity_received - line.quantity_lost)
                came = chance.randint(0, left)
                lost = chance.randint(0, left - came)
                sku = line.variant.sku
                arrivals.append(ArrivalDraft(line=line.pk, received=Decimal(came), lost=Decimal(lost)))
                hand[sku, transfer.destination.code] += came
                sent[sku, transfer.origin.code] -= came + lost
                total[sku] -= lost
            if any(each.received or each.lost for each in arrivals):
                receive_transfer(transfer_id=transfer.pk, arrivals=arrivals, actor=owner(), now=moment)
        else:
            origin = chance.choice([place for place in places if sum(hand[sku, place.code] for sku in skus) > 9])
            target = chance.choice([place for place in places if place != origin])
            wanted = {sku: min(hand[sku, origin.code], chance.randint(1, 9)) for sku in chance.sample(skus, 2)}
            lines = tuple(TransferLineDraft(sku=sku, quantity=Decimal(units)) for sku, units in wanted.items() if units)
            draft = TransferDraft(origin=origin.code, destination=target.code, lines=lines)
            transfer = create_transfer(draft, actor=owner(), now=moment - timedelta(hours=1))
            dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=moment)
            for line in lines:
                hand[line.sku, origin.code] -= int(line.quantity)
                sent[line.sku, origin.code] += int(line.quantity)
        assert sum(hand.values()) + sum(sent.values()) == sum(total.values())
        seen.append((moment, dict(+hand), dict(+sent)))
    assert any(way for _, _, way in seen)
    for at, then, way in seen:
        rows = stock_at(owner(), at, now=now).rows
        assert shown(rows) == (then, way), at
        # What the API tells is the same.
        told = {row.stock_item_id: (row.on_hand, row.in_transit) for row in stock_as_of(owner(), at)}
        assert told == {row.item.pk: (row.then, row.sent) for row in rows if row.item.pk in told}, at
        assert not [row for row in rows if (row.then or row.sent) and row.item.pk not in told], at
    assert differences() == []


def test_a_warehouse_s_people_see_what_it_sent_and_no_more_is_asked_for_many() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    now = utc_now()
    main, east = make_warehouse("main"), make_warehouse("east")
    for number in range(4):
        variant = make_variant(f"V{number}")
        for place in (main, east):
            stock_up(variant, place, 5, now=now - timedelta(days=9))
        draft = TransferDraft(
            origin="main", destination="east", lines=(TransferLineDraft(sku=f"V{number}", quantity=Decimal(3)),)
        )
        transfer = create_transfer(draft, actor=owner(), now=now - timedelta(days=8))
        dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=now - timedelta(days=7))
        line = transfer.lines.get()
        part = [ArrivalDraft(line=line.pk, received=Decimal(1), lost=Decimal(1))]
        receive_transfer(transfer_id=transfer.pk, arrivals=part, actor=owner(), now=now - timedelta(days=6))
    own = stock_at(limited(owner(), warehouses=frozenset({east.pk})), now, now=now).rows
    assert [(row.item.warehouse_id, row.then, row.sent) for row in own] == [(east.pk, 6, 0)] * 4
    told = stock_as_of(limited(owner(), warehouses=frozenset({main.pk})), now)
    assert [(row.warehouse, row.on_hand, row.in_transit) for row in told] == [("main", 2, 1)] * 4
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = stock_at(owner(), now, now=now).rows
    assert {(row.item.warehouse.code, row.then, row.sent) for row in rows} == {("main", 2, 1), ("east", 6, 0)}
    assert len(asked) <= 5 and StockItem.objects.count() == 8
    with CaptureQueriesContext(connection) as asked:
        assert len(stock_as_of(owner(), now)) == 8
    assert len(asked) <= 4
