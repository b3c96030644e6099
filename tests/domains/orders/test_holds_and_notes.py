from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from orderwell.domains.orders.errors import (
    HeldOrder,
    HoldAlreadyReleased,
    OrderStateForbids,
    UnknownHoldKind,
    ValueMissing,
)
from orderwell.domains.orders.holds import KINDS, STEPS, blocking
from orderwell.domains.orders.models import Hold, Order
from orderwell.domains.orders.overview import order_overview
from orderwell.domains.orders.queries import active_holds, timeline
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import OrderChange, change_order
from orderwell.domains.orders.services.hold import OWN_FOR, place_hold, release_hold, take_back_hold
from orderwell.domains.orders.services.loading import check_holds
from orderwell.domains.orders.services.note import add_attachment, add_note
from orderwell.domains.orders.services.quote import save_quote
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.refusals import EmptyFile
from orderwell.platform.permissions import PermissionDenied
from orderwell.platform.wording import sentences
from orderwell.testing.actors import clerk, owner, warehouse_worker
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    tea = make_variant()
    stock_up(tea, make_warehouse(), 10)
    return placed(draft(make_channel(), (tea, 1)))


def hold(order: Order, kind: str = "fraud", reason: str = "odd address", actor=ACTOR) -> Hold:
    return place_hold(order_id=order.pk, kind=kind, reason=reason, actor=actor, now=utc_now())


def test_every_kind_blocks_known_steps():
    for kind, definition in KINDS.items():
        assert definition.blocks <= set(STEPS), kind
        assert definition.blocks, kind
    assert blocking(["fraud", "address"], "invoice") == ["fraud"]


def test_holds_end_when_all_is_cancelled_and_stand_again_when_that_is_undone(order):
    first = hold(order, "credit", "limit")
    cancel_units(order_id=order.pk, lines=None, reason="not wanted", actor=ACTOR, now=utc_now())
    assert not Order.objects.get().on_hold and not active_holds(order.pk)
    assert order_overview(ACTOR, order.pk).active_holds == []
    ended = Hold.objects.get()
    assert (ended.released_by, ended.release_reason) == (ACTOR.label, "not wanted")
    assert [event.name for event in timeline(ACTOR, order.pk)].count("orders.hold.released") == 1
    assert_lawful()
    undo_change(order_id=order.pk, number=1, actor=ACTOR, now=utc_now())
    again = Order.objects.get()
    assert again.on_hold and again.state == "placed" and [row.pk for row in active_holds(order.pk)] == [first.pk]
    with pytest.raises(HeldOrder):
        check_holds(again, "ship")
    assert_lawful()


def test_a_hold_stays_while_a_part_of_the_order_does():
    tea = make_variant()
    stock_up(tea, make_warehouse(), 10)
    two = placed(draft(make_channel(), (tea, 2)))
    hold(two, "credit")
    cancel_units(order_id=two.pk, lines={two.lines.get().pk: Decimal(1)}, reason="less", actor=ACTOR, now=utc_now())
    assert Order.objects.get().on_hold and active_holds(two.pk)


def test_the_hold_of_a_quote_ends_with_it():
    tea = make_variant()
    made = save_quote(draft=draft(make_channel(), (tea, 1)), actor=ACTOR, now=utc_now())
    quote = Order.objects.get(pk=made.order_id)
    hold(quote, "credit")
    cancel_units(order_id=quote.pk, lines=None, reason="too dear", actor=ACTOR, now=utc_now())
    assert not Order.objects.get().on_hold and not active_holds(quote.pk)


def test_a_hold_blocks_its_steps_until_it_is_released(order):
    first, second = hold(order, "fraud"), hold(order, "credit")
    held = Order.objects.get()
    assert held.on_hold
    for step in ("ship", "invoice", "change"):
        with pytest.raises(HeldOrder):
            check_holds(held, step)
    check_holds(held, "cancel")
    with pytest.raises(HeldOrder):
        change_order(order_id=order.pk, change=OrderChange(note="x"), version=None, actor=ACTOR, now=utc_now())
    release_hold(hold_id=first.pk, reason="checked", actor=ACTOR, now=utc_now())
    assert Order.objects.get().on_hold
    release_hold(hold_id=second.pk, reason="paid", actor=ACTOR, now=utc_now())
    assert not Order.objects.get().on_hold
    assert [row.pk for row in active_holds(order.pk)] == []
    assert_lawful()


def test_a_hold_is_released_once(order):
    placed_hold = hold(order)
    release_hold(hold_id=placed_hold.pk, reason="ok", actor=ACTOR, now=utc_now())
    with pytest.raises(HoldAlreadyReleased):
        release_hold(hold_id=placed_hold.pk, reason="ok", actor=ACTOR, now=utc_now())


def test_who_placed_a_hold_takes_it_back_for_a_while(order):
    mine = hold(order, actor=clerk())
    with pytest.raises(PermissionDenied):
        release_hold(hold_id=mine.pk, reason="oops", actor=clerk(), now=mine.placed_at)
    with pytest.raises(PermissionDenied):
        take_back_hold(hold_id=mine.pk, reason="oops", actor=clerk(), now=mine.placed_at + OWN_FOR)
    take_back_hold(hold_id=mine.pk, reason="oops", actor=clerk(), now=mine.placed_at + OWN_FOR / 2)
    order.refresh_from_db()
    assert not order.on_hold and Hold.objects.get().released_by == clerk().label


def test_nobody_takes_back_the_hold_of_another(order):
    theirs = hold(order)
    with pytest.raises(PermissionDenied):
        take_back_hold(hold_id=theirs.pk, reason="oops", actor=clerk(), now=theirs.placed_at)
    twin = replace(clerk(), kind="key", id=clerk().id)
    mine = hold(order, actor=clerk())
    with pytest.raises(PermissionDenied):
        take_back_hold(hold_id=mine.pk, reason="oops", actor=twin, now=mine.placed_at)
    take_back_hold(hold_id=theirs.pk, reason="fine", actor=owner(), now=theirs.placed_at + 2 * OWN_FOR)


def test_a_state_is_named_in_the_reader_s_language(order):
    cancel_units(order_id=order.pk, lines=None, reason="x", actor=ACTOR, now=utc_now())
    with pytest.raises(OrderStateForbids) as refused:
        hold(order)
    with translation.override("zh-hans"):
        assert "已取消" in sentences(refused.value)[0] and "撤销取消" in sentences(refused.value)[0]


def test_a_missing_permission_is_named_in_words(order):
    with pytest.raises(PermissionDenied) as refused:
        release_hold(hold_id=1, reason="x", actor=clerk(), now=utc_now())
    with translation.override("en"):
        assert "“Release holds”" in sentences(refused.value)[0]
    with translation.override("zh-hans"):
        assert "orders:hold" not in sentences(refused.value)[0]


def test_bad_holds_are_refused(order):
    with pytest.raises(UnknownHoldKind):
        hold(order, "bored")
    with pytest.raises(ValueMissing):
        hold(order, reason=" ")
    with pytest.raises(PermissionDenied):
        release_hold(hold_id=hold(order).pk, reason="x", actor=warehouse_worker(), now=utc_now())
    cancel_units(order_id=order.pk, lines=None, reason="x", actor=ACTOR, now=utc_now())
    with pytest.raises(OrderStateForbids):
        hold(order)


def test_the_timeline_says_who_and_why(order):
    release_hold(hold_id=hold(order).pk, reason="phoned", actor=ACTOR, now=utc_now())
    events = timeline(ACTOR, order.pk)
    assert [event.name for event in events] == ["orders.hold.released", "orders.hold.placed", "orders.order.placed"]
    assert events[0].data == {"kind": "fraud", "reason": "phoned"}
    assert events[0].actor_label == "tests"


def test_notes_are_kept_with_their_author(order):
    note = add_note(order_id=order.pk, body="  Call before delivery ", actor=clerk(), now=utc_now())
    assert (note.body, note.author_label) == ("Call before delivery", "Carl Clerk")
    with pytest.raises(ValueMissing):
        add_note(order_id=order.pk, body=" ", actor=clerk(), now=utc_now())


def test_a_file_is_stored_under_our_own_name(order, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    attachment = add_attachment(
        order_id=order.pk,
        name="../../etc/合同.pdf",
        content=b"%PDF-1.7",
        content_type="application/pdf",
        actor=ACTOR,
        now=utc_now(),
    )
    assert attachment.name == "合同.pdf"
    assert attachment.size == Decimal(8)
    assert ".." not in attachment.file.name
    assert attachment.file.read() == b"%PDF-1.7"
    with pytest.raises(EmptyFile):
        add_attachment(order_id=order.pk, name="a", content=b"", content_type="", actor=ACTOR, now=utc_now())
