"""Dated availability: pure rules, then the same over real stock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.inventory.availability import atp, available
from orderwell.domains.inventory.drafts import BufferDraft, ExpectedReceiptDraft, TransferDraft, TransferLineDraft
from orderwell.domains.inventory.promising import HeldBack, Incoming, Owed, promise_series
from orderwell.domains.inventory.services.expect_receipt import cancel_expected_receipt, expect_receipt
from orderwell.domains.inventory.services.save_buffer import save_buffer
from orderwell.domains.inventory.services.transfer_stock import create_transfer, dispatch_transfer
from orderwell.kernel.errors import NotFound
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def receipt(quantity: int, day: int | None, warehouse: str = "main") -> Incoming:
    due = None if day is None else NOW + day * DAY
    return Incoming(warehouse, Decimal(quantity), due, "expected_receipt", f"PO-{day}")


def series(free: dict[str, int], incoming: list[Incoming], owed: list[Owed]) -> list[tuple[int, int]]:
    points, _ = promise_series({k: Decimal(v) for k, v in free.items()}, incoming, owed, now=NOW)
    return [((point.moment - NOW).days, int(point.quantity)) for point in points]


def test_what_comes_can_be_promised_from_its_day_on() -> None:
    assert series({"main": 5}, [receipt(10, 3), receipt(20, 7)], []) == [(0, 5), (3, 15), (7, 35)]


def test_a_later_commitment_is_not_eaten() -> None:
    debt = Owed(Decimal(12), NOW + 5 * DAY)
    assert series({"main": 5}, [receipt(10, 3)], [debt]) == [(0, 3)]
    assert series({"main": 5}, [receipt(10, 3), receipt(4, 6)], [debt]) == [(0, 3), (6, 7)]


def test_backorders_without_a_date_come_first() -> None:
    assert series({"main": 0}, [receipt(10, 3)], [Owed(Decimal(4))]) == [(0, 0), (3, 6)]


def test_one_warehouse_does_not_pay_for_another() -> None:
    assert series({"main": 5, "east": -3}, [receipt(4, 2, "east")], []) == [(0, 5), (2, 6)]


def test_what_is_late_or_undated_is_told_but_not_promised() -> None:
    points, steps = promise_series({"main": Decimal(1)}, [receipt(9, -1), receipt(9, None)], [], now=NOW)
    assert [int(point.quantity) for point in points] == [1]
    assert sorted(step.reason for step in steps if not step.counted) == ["no_date", "overdue"]


quantities = st.integers(0, 50)
days = st.integers(0, 20)


@given(
    free=st.dictionaries(st.sampled_from(["main", "east"]), st.integers(-20, 50), min_size=1),
    incoming=st.lists(st.tuples(quantities, days, st.sampled_from(["main", "east"])), max_size=6),
    owed=st.lists(st.tuples(quantities, days), max_size=6),
    extra=quantities,
    own=st.dictionaries(st.sampled_from(["main", "east"]), quantities),
    shared=quantities,
)
def test_what_is_promised_can_be_kept(
    free: dict[str, int],
    incoming: list[tuple[int, int, str]],
    owed: list[tuple[int, int]],
    extra: int,
    own: dict[str, int],
    shared: int,
) -> None:
    """Promising what ATP says, at the moment it says, leaves every older commitment as well covered as before."""
    goods = [receipt(q, day, place) for q, day, place in incoming]
    debts = [Owed(Decimal(q), NOW + day * DAY) for q, day in owed]
    stock = {place: Decimal(value) for place, value in free.items()}
    held_back = HeldBack({place: Decimal(value) for place, value in own.items()}, Decimal(shared))
    points, _ = promise_series(stock, goods, debts, held_back=held_back, now=NOW)
    assert [point.quantity for point in points] == sorted(point.quantity for point in points)
    for point in points:
        promised = Owed(min(point.quantity, Decimal(extra)), point.moment)
        after, _ = promise_series(stock, goods, [*debts, promised], held_back=held_back, now=NOW)
        assert all(later.quantity >= 0 for later in after)
        kept = [p.quantity for p in after if p.moment >= point.moment] or [after[-1].quantity]
        before = [p.quantity for p in points if p.moment >= point.moment]
        assert kept[-1] == before[-1] - promised.quantity


@pytest.mark.django_db
def test_the_most_specific_buffer_counts() -> None:
    shop, cup, pot = make_channel("shop"), make_variant("CUP"), make_variant("POT")
    main, east = make_warehouse("main"), make_warehouse("east")
    for variant in (cup, pot):
        for place in (main, east):
            stock_up(variant, place, 20)
    for sku, warehouse, quantity in ((None, None, 1), (None, "east", 2), ("CUP", None, 3), ("CUP", "east", 4)):
        draft = BufferDraft(channel="shop", sku=sku, warehouse=warehouse, quantity=Decimal(quantity))
        save_buffer(draft, actor=owner(), now=NOW)
    found = {(a.variant_id, a.warehouse): a.available for a in available(owner(), [cup.pk, pot.pk], channel=shop)}
    assert found == {(cup.pk, "main"): 17, (cup.pk, "east"): 16, (pot.pk, "main"): 19, (pot.pk, "east"): 18}
    assert {a.available for a in available(owner(), [cup.pk])} == {20}
    save_buffer(BufferDraft(channel="shop", sku="CUP", warehouse="east", quantity=None), actor=owner(), now=NOW)
    assert {a.warehouse: a.buffer for a in available(owner(), [cup.pk], channel=shop)} == {"main": 0, "east": 3}


@pytest.mark.django_db
def test_a_buffer_without_a_warehouse_is_held_back_once() -> None:
    cup, first, second = make_variant("CUP"), make_warehouse("b-first"), make_warehouse("a-second")
    shop = make_channel("shop", warehouses=[first, second])
    stock_up(cup, first, 8)
    stock_up(cup, second, 3)
    save_buffer(BufferDraft(channel="shop", sku="CUP", quantity=Decimal(5)), actor=owner(), now=NOW)
    found = {a.warehouse: (a.buffer, a.available) for a in available(owner(), [cup.pk], channel=shop)}
    # The least preferred warehouse gives all it has, the best the rest.
    assert found == {"b-first": (2, 6), "a-second": (3, 0)}
    promise = atp(owner(), cup.pk, channel=shop, now=NOW)
    assert promise.at(NOW) == 6
    assert [(s.kind, s.reference, s.quantity) for s in promise.steps] == [
        ("free", "a-second", 3),
        ("free", "b-first", 8),
        ("buffer", "", -5),
    ]
    # More than there is: nothing is available, and what comes fills the buffer first.
    save_buffer(BufferDraft(channel="shop", sku="CUP", quantity=Decimal(15)), actor=owner(), now=NOW)
    assert [a.available for a in available(owner(), [cup.pk], channel=shop)] == [0, 0]
    coming = ExpectedReceiptDraft(
        reference="PO-1", sku="CUP", warehouse="a-second", quantity=Decimal(10), due_at=NOW + DAY
    )
    expect_receipt(coming, actor=owner(), now=NOW)
    assert [p.quantity for p in atp(owner(), cup.pk, channel=shop, now=NOW).series] == [0, 6]
    # Who sees one warehouse is told of the other one's part as everybody is.
    save_buffer(BufferDraft(channel="shop", sku="CUP", quantity=Decimal(5)), actor=owner(), now=NOW)
    actor = limited(owner(), warehouses=frozenset({first.pk}))
    assert [(a.buffer, a.available) for a in available(actor, [cup.pk], channel=shop)] == [(2, 6)]


@given(
    free=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(-20, 50), min_size=1),
    own=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 60)),
    shared=st.integers(0, 120),
)
def test_no_more_is_held_back_than_lies_there(free: dict[str, int], own: dict[str, int], shared: int) -> None:
    there = {place: Decimal(max(value, 0)) for place, value in free.items()}
    held = HeldBack({k: Decimal(v) for k, v in own.items()}, Decimal(shared)).of(
        {k: Decimal(v) for k, v in free.items()}
    )
    assert held.keys() == free.keys() and all(0 <= held[place] <= there[place] for place in held)
    assert all(held[place] == min(there[place], own[place]) for place in held.keys() & own.keys())
    rest = held.keys() - own.keys()
    assert sum(held[place] for place in rest) == min(shared, sum(there[place] for place in rest))


@pytest.mark.django_db
def test_stock_announced_goods_and_transfers_make_the_series() -> None:
    cup, main, east = make_variant("CUP"), make_warehouse("main"), make_warehouse("east")
    shop = make_channel("shop", warehouses=[main])
    stock_up(cup, main, 5)
    stock_up(cup, east, 50)
    draft = ExpectedReceiptDraft(
        reference="PO-1", sku="CUP", warehouse="main", quantity=Decimal(10), due_at=NOW + 3 * DAY
    )
    expected = expect_receipt(draft, actor=owner(), now=NOW)
    plan = TransferDraft(
        origin="east",
        destination="main",
        lines=(TransferLineDraft(sku="CUP", quantity=Decimal(7)),),
        expected_at=NOW + DAY,
    )
    transfer = create_transfer(plan, actor=owner(), now=NOW)
    assert [int(p.quantity) for p in atp(owner(), cup.pk, channel=shop, now=NOW).series] == [5, 15]
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    promise = atp(owner(), cup.pk, channel=shop, owed=[Owed(Decimal(2))], now=NOW)
    assert [((p.moment - NOW).days, int(p.quantity)) for p in promise.series] == [(0, 3), (1, 10), (3, 20)]
    assert (promise.at(NOW + 2 * DAY), promise.when(Decimal(11)), promise.when(Decimal(99))) == (
        10,
        NOW + 3 * DAY,
        None,
    )
    assert {step.reference for step in promise.steps} >= {"main", "PO-1", transfer.number}
    assert [p.quantity for p in atp(owner(), cup.pk, channel=shop, until=NOW + DAY, now=NOW).series] == [5, 12]
    assert atp(owner(), cup.pk, now=NOW).at(NOW) == 48
    cancel_expected_receipt(expected_receipt_id=expected.pk, actor=owner(), now=NOW)
    assert atp(owner(), cup.pk, channel=shop, now=NOW).series[-1].quantity == 12


@pytest.mark.django_db
def test_only_the_actor_s_warehouses_and_channels_count() -> None:
    cup, main, east = make_variant("CUP"), make_warehouse("main"), make_warehouse("east")
    shop = make_channel("shop")
    stock_up(cup, main, 5)
    stock_up(cup, east, 50)
    actor = limited(owner(), warehouses=frozenset({main.pk}), channels=frozenset())
    assert [a.warehouse for a in available(actor, [cup.pk])] == ["main"]
    assert atp(actor, cup.pk, now=NOW).at(NOW) == 5
    with pytest.raises(NotFound):
        available(actor, [cup.pk], channel=shop)
