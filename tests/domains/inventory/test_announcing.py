"""Announced goods: several at once or none, received and called off from a list, and what they let one promise."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orderwell.domains.inventory.availability import atp
from orderwell.domains.inventory.drafts import BufferDraft, ExpectedReceiptDraft
from orderwell.domains.inventory.incoming import coming, coming_by_item
from orderwell.domains.inventory.models import ExpectedReceipt, StockItem
from orderwell.domains.inventory.promise_dates import promise_quantities
from orderwell.domains.inventory.promising import Owed
from orderwell.domains.inventory.queries import announced
from orderwell.domains.inventory.services.expect_receipt import AlreadyAnnounced, expect_receipt, expect_receipts
from orderwell.domains.inventory.services.many_receipts import cancel_receipts, expect_again, receive_receipts
from orderwell.domains.inventory.services.save_buffer import save_buffer
from orderwell.kernel.errors import Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import codes_of, differences

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def draft(sku: str, quantity: Any, *, days: int = 3, warehouse: str = "main", **more: str) -> ExpectedReceiptDraft:
    due_at = NOW + timedelta(days=days)
    return ExpectedReceiptDraft(
        **{"reference": "PO-1", **more}, sku=sku, warehouse=warehouse, quantity=Decimal(str(quantity)), due_at=due_at
    )


def announce(*drafts: ExpectedReceiptDraft) -> list[ExpectedReceipt]:
    return expect_receipts(drafts, actor=owner(), now=NOW)


def test_all_are_announced_or_none_and_each_error_is_at_its_line() -> None:
    make_variant("CUP"), make_variant("POT"), make_variant("JUG"), make_warehouse("main")
    with pytest.raises(Refusal) as refused:
        announce(draft("CUP", 5), draft("NONE", 1), draft("POT", "1.5"), draft("JUG", 2, supplier="x" * 121))
    assert set(codes_of(refused)) == {"/lines/1/sku", "/lines/2/quantity", "/supplier"}
    assert not ExpectedReceipt.objects.exists()
    rows = announce(draft("CUP", 5, supplier=" Acme "), draft("POT", 2))
    assert [row.supplier for row in rows] == ["Acme", ""]
    assert announce(draft("CUP", 5, supplier="Acme"))[0].pk == rows[0].pk and ExpectedReceipt.objects.count() == 2
    with pytest.raises(PermissionDenied):
        expect_receipts([draft("CUP", 1)], actor=outsider(), now=NOW)


def test_the_same_product_twice_is_no_announcement() -> None:
    make_variant("CUP"), make_warehouse("main"), make_warehouse("west")
    with pytest.raises(Refusal) as refused:
        announce(draft("CUP", 50), draft("CUP", 5))
    assert codes_of(refused) == {"/lines/1/sku": "sku_given_twice"}
    assert not ExpectedReceipt.objects.exists()
    assert len(announce(draft("CUP", 50), draft("CUP", 5, warehouse="west"))) == 2


def test_what_is_announced_already_is_changed_only_by_who_has_seen_it() -> None:
    make_variant("CUP"), make_variant("POT"), make_warehouse("main")
    (row,) = announce(draft("CUP", 50, supplier="Acme"))
    both = draft("POT", 2), draft("CUP", 5, days=9)
    with pytest.raises(AlreadyAnnounced) as asked:
        announce(*both)
    assert [(one.row.quantity, one.row.supplier, one.draft.quantity) for one in asked.value.standing] == [
        (50, "Acme", 5)
    ]
    row.refresh_from_db()
    assert (row.quantity, ExpectedReceipt.objects.count()) == (50, 1)
    expect_receipt(draft("CUP", 60, supplier="Acme"), actor=owner(), now=NOW)
    with pytest.raises(AlreadyAnnounced):  # it is no longer what was seen
        expect_receipts(both, seen=asked.value.fingerprint, actor=owner(), now=NOW)
    expect_receipt(draft("CUP", 50, supplier="Acme"), actor=owner(), now=NOW)
    expect_receipts(both, seen=asked.value.fingerprint, actor=owner(), now=NOW)
    row.refresh_from_db()
    assert (row.quantity, row.supplier, ExpectedReceipt.objects.count()) == (5, "", 2)
    event = Event.objects.filter(stream=f"expected_receipt:{row.pk}").order_by("id").last()
    assert event is not None
    changes = event.data["changes"]
    assert (changes["quantity"], changes["supplier"]) == (["50", "5"], ["Acme", ""])
    assert [moment[:10] for moment in changes["due_at"]] == ["2026-03-07", "2026-03-13"]
    cancel_receipts([row.pk], data={}, actor=owner(), now=NOW)
    with pytest.raises(AlreadyAnnounced):
        announce(draft("CUP", 5, days=9))


def test_what_was_announced_is_received_and_called_off_from_the_list() -> None:
    cup, main = make_variant("CUP"), make_warehouse("main")
    make_variant("POT")
    first, second = announce(draft("CUP", 5), draft("POT", 2))
    verdicts = receive_receipts([first.pk, 0, first.pk], data={}, actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in verdicts] == ["done", "refused", "done"] or verdicts[2].outcome == "refused"
    assert StockItem.objects.get(variant=cup, warehouse=main).on_hand == 5 and not differences()
    assert [v.outcome for v in receive_receipts([first.pk], data={}, actor=owner(), now=NOW)] == ["unchanged"]
    done = cancel_receipts([first.pk, second.pk], data={}, actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in done] == ["unchanged", "done"]
    assert not coming(owner(), [second.variant_id])
    expect_again([(second.pk, {})], actor=owner(), now=NOW)
    assert [row.quantity for row in coming(owner(), [second.variant_id])] == [2]


def test_the_list_tells_what_is_open_overdue_received_and_cancelled() -> None:
    (
        make_variant("CUP", name_en="Tea cup"),
        make_variant("POT", name_en="Jug", name_zh="壶"),
        make_warehouse("main"),
        make_warehouse("west"),
    )
    late, coming_soon, off, came = announce(
        draft("CUP", 5, days=-1, reference="L", supplier="Jingdezhen"),
        draft("POT", 2, reference="S", warehouse="west"),
        draft("POT", 3, reference="O"),
        draft("CUP", 4, reference="C"),
    )
    cancel_receipts([off.pk], data={}, actor=owner(), now=NOW)
    receive_receipts([came.pk], data={}, actor=owner(), now=NOW)

    def found(**filters: Any) -> set[int]:
        return {row.pk for row in announced(owner(), now=NOW, **filters)}

    assert found() == {late.pk, coming_soon.pk}
    assert found(state="overdue") == {late.pk}
    assert found(state="received") == {came.pk} and found(state="cancelled") == {off.pk}
    assert found(state="") == {late.pk, coming_soon.pk, off.pk, came.pk}
    assert found(text="jingde") == found(text="tea cup") == {late.pk}
    assert found(warehouse="west") == found(product_id=coming_soon.variant.product_id) == {coming_soon.pk}
    west = limited(owner(), warehouses=frozenset({coming_soon.warehouse_id}))
    assert {row.pk for row in announced(west, now=NOW)} == {coming_soon.pk}
    both = [late.variant_id, coming_soon.variant_id]
    assert set(coming_by_item(west, both)) == {(coming_soon.variant_id, coming_soon.warehouse_id)}


@pytest.mark.parametrize("seed", range(4))
def test_a_page_of_promises_says_what_each_product_says_alone(seed: int) -> None:
    chance = random.Random(seed)
    channel = make_channel("shop")
    places = [make_warehouse(code) for code in ("main", "west")]
    variants = [make_variant() for _ in range(6)]
    owed = {}
    for variant in variants:
        for place in places:
            if chance.random() < 0.7:
                stock_up(variant, place, chance.randint(1, 9))
            if chance.random() < 0.5:
                announce(draft(variant.sku, chance.randint(1, 20), days=chance.randint(-2, 9), warehouse=place.code))
        if chance.random() < 0.5:
            due = NOW + timedelta(days=chance.randint(0, 6)) if chance.random() < 0.6 else None
            owed[variant.pk] = [Owed(Decimal(chance.randint(1, 12)), due, "SO1")]
    save_buffer(BufferDraft(channel="shop", quantity=Decimal(2)), actor=owner(), now=NOW)
    ids = [variant.pk for variant in variants]
    for days in (0, 2, 5, 12):
        on = NOW + timedelta(days=days)
        together = promise_quantities(owner(), ids, channel_id=channel.pk, owed=owed, on=on, now=NOW)
        for pk in ids:
            alone = atp(owner(), pk, channel=channel, owed=owed.get(pk, ()), now=NOW)
            assert together[pk] == alone.at(on)
