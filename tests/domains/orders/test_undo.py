"""Changes as documents: the preview is what happens, and undoing brings back exactly what was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from orderwell.domains.automation.services.bill import ship_and_invoice
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders import errors
from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft
from orderwell.domains.orders.handlers import stock_became_free
from orderwell.domains.orders.models import Amendment, Backorder, Cancellation, Order
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import LineChange, OrderChange, amend_order, change_order, preview_change
from orderwell.domains.orders.services.undo import preview_undo, undo_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, place, placed, state_of, stock

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def north():
    return make_warehouse("north", priority=1)


@pytest.fixture
def tea(north):
    variant = make_variant("TEA", price="19.90")
    stock_up(variant, north, 10)
    stock_up(variant, make_warehouse("south", priority=2), 4)
    return variant


@pytest.fixture
def cup(north):
    variant = make_variant("CUP", price="5.00")
    stock_up(variant, north, 20)
    return variant


@pytest.fixture
def shop():
    return make_channel()


def amend(order: Order, **values: Any) -> Amendment:
    actor = values.pop("actor", ACTOR)
    agreed = values.pop("agreed", None)
    made = amend_order(order_id=order.pk, change=OrderChange(**values), agreed=agreed, actor=actor, now=utc_now())
    assert made.amendment is not None
    return made.amendment


def undo(amendment: Amendment, actor: Any = ACTOR) -> None:
    undo_change(order_id=amendment.order_id, number=amendment.number, actor=actor, now=utc_now())


def test_a_change_is_a_document_with_who_why_and_what(shop, tea):
    order = placed(draft(shop, (tea, 8)))
    made = amend(order, lines=(LineChange(lines(order)[0].pk, quantity=D(3)),), reason="customer called")
    assert (made.number, made.kind, made.reason, made.actor_label) == (1, "change", "customer called", ACTOR.label)
    order.refresh_from_db()
    assert (made.version_before, made.version_after) == (1, order.version) == (1, 2)
    assert made.difference["total"] == {"old": "159.2000", "new": "59.7000"}
    assert made.difference["stock"] == [{"sku": "TEA", "warehouse": "north", "quantity": "-5.0000"}]
    event = Event.objects.get(name="orders.order.changed")
    assert (event.data["version"], event.data["reason"]) == (2, "customer called")
    assert event.data["freed_variants"] == [tea.pk]


def test_what_changes_nothing_leaves_no_trace(shop, tea):
    order = placed(draft(shop, (tea, 8), note="as it is"))
    unchanged = amend_order(
        order_id=order.pk,
        change=OrderChange(note="as it is", lines=(LineChange(lines(order)[0].pk, quantity=D(8)),)),
        actor=ACTOR,
        now=utc_now(),
    )
    assert unchanged.amendment is None and unchanged.difference.nothing
    assert Order.objects.get().version == order.version
    assert not Event.objects.filter(name="orders.order.changed").exists()


def test_removing_and_adding_lines_and_shipping_is_undone_to_the_same_rows(shop, tea, cup):
    order = placed(draft(shop, (tea, 2), (cup, 4), shipping=D(8), discount=D(3)))
    before = state_of(order)
    made = amend(
        order,
        remove_lines=(lines(order)[1].pk,),
        add_lines=(LineDraft("CUP", D(1)), LineDraft("TEA", D(9))),
        add_charges=(ChargeDraft("WRAP", "Wrapping", D(2)),),
        shipping=D(0),
        discount=D(7),
    )
    assert [(line.position, line.sku) for line in lines(order)] == [(1, "TEA"), (4, "CUP"), (5, "TEA"), (6, "WRAP")]
    changed = Order.objects.get()
    assert changed.total_amount == 2 * D("19.90") + 5 + 9 * D("19.90") + 2 - 7
    assert changed.order_discount == sum(line.order_discount_share for line in lines(order)) == 7
    assert stock(tea) == {"north": (D(10), D(10)), "south": (D(4), D(1))}
    assert_lawful()
    undo(made)
    assert state_of(order) == before
    assert_lawful()


def test_a_completed_order_takes_added_lines_and_is_open_again(shop, tea, cup):
    order = placed(draft(shop, (tea, 2)))
    ship_and_invoice(order_id=order.pk, actor=ACTOR, now=utc_now())
    payment = PaymentDraft(order_id=order.pk, amount=D("39.80"), method="cash")
    record_payment(payment=payment, actor=ACTOR, now=utc_now())
    assert Order.objects.get().state == "completed"
    made = amend(order, add_lines=(LineDraft("CUP", D(2)),))
    assert [Order.objects.get().state, Order.objects.get().fulfilment_state] == ["placed", "partial"]
    undo(made)
    assert Order.objects.get().state == "completed"
    assert_lawful()


def test_clerks_may_not_undo_a_price_they_may_not_make(shop, tea):
    order = placed(draft(shop, (tea, 2)))
    made = amend(order, lines=(LineChange(lines(order)[0].pk, unit_price=D(10)),))
    with pytest.raises(PermissionDenied):
        undo(made, actor=clerk())
    shipping = amend(order, shipping=D(5), actor=clerk())
    undo(shipping, actor=clerk())
    assert Order.objects.get().total_amount == D(20)


def test_nothing_that_was_shipped_or_invoiced_is_undone(shop, tea):
    order = placed(draft(shop, (tea, 4)))
    line = lines(order)[0]
    first = amend(order, lines=(LineChange(line.pk, quantity=D(6)),))
    address = amend(order, ship_to=AddressDraft(recipient="李四", street="新路1号", city="杭州"))
    ship(order_id=order.pk, lines={line.pk: D(1)}, actor=ACTOR, now=utc_now())
    for made in (first, address):
        with pytest.raises(errors.UndoTooLate):
            undo(made)
    second = amend(order, lines=(LineChange(line.pk, quantity=D(7)),))
    issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=ACTOR, now=utc_now())
    with pytest.raises(errors.UndoTooLate):
        undo(second)
    note = amend(order, note="still free")
    undo(note)
    assert Order.objects.get().note == ""


def test_changes_are_undone_in_any_order_unless_they_concern_the_same(shop, tea, cup):
    order = placed(draft(shop, (tea, 4), (cup, 4)))
    before = state_of(order)
    tea_line, cup_line = lines(order)
    first = amend(order, lines=(LineChange(tea_line.pk, quantity=D(6)),))
    second = amend(order, lines=(LineChange(cup_line.pk, quantity=D(1)),))
    third = amend(order, lines=(LineChange(tea_line.pk, quantity=D(2)),))
    with pytest.raises(errors.ChangedAgain) as refused:
        undo(first)
    assert refused.value.data["later"] == third.number
    undo(second)
    undo(third)
    undo(first)
    assert state_of(order) == before
    with pytest.raises(errors.AlreadyUndone):
        undo(first)
    with pytest.raises(NotFound):
        undo_change(order_id=order.pk, number=99, actor=ACTOR, now=utc_now())


def test_stock_that_went_to_somebody_else_is_sourced_anew(shop, tea):
    order = placed(draft(shop, (tea, 10)))
    made = amend(order, lines=(LineChange(lines(order)[0].pk, quantity=D(5)),))
    placed(draft(shop, (tea, 3)))
    shown = preview_undo(order_id=order.pk, number=made.number, actor=ACTOR, now=utc_now())
    assert {(move.warehouse, move.quantity) for move in shown.taken} == {("north", D(2)), ("south", D(3))}
    undo(made)
    assert stock(tea) == {"north": (D(10), D(10)), "south": (D(4), D(3))}
    assert_lawful()


def test_without_stock_or_backorders_the_undoing_is_refused(shop, tea):
    order = placed(draft(shop, (tea, 14)))
    made = amend(order, lines=(LineChange(lines(order)[0].pk, quantity=D(5)),))
    placed(draft(shop, (tea, 3)))
    before = state_of(order)
    with pytest.raises(Refusal) as refused:
        undo(made)
    assert [detail.code for detail in refused.value.details] == ["out_of_stock"]
    assert state_of(order) == before
    assert_lawful()


def test_a_backorder_that_was_filled_meanwhile_stays_filled(tea, north):
    order = placed(draft(make_channel(backorder=True), (tea, 14)))
    made = amend(order, lines=(LineChange(lines(order)[0].pk, quantity=D(20)),))
    assert Backorder.objects.get().quantity == 6
    stock_up(tea, north, 6)
    allocate_backorders(variant_ids=[tea.pk], actor=ACTOR, now=utc_now())
    undo(made)
    assert not Backorder.objects.exists()
    assert_lawful()


def test_smaller_quantities_serve_those_who_wait(tea):
    shop = make_channel(backorder=True)
    order = placed(draft(shop, (tea, 14)))
    waiting = placed(draft(shop, (tea, 2)))
    amend(order, lines=(LineChange(lines(order)[0].pk, quantity=D(10)),))
    stock_became_free(Event.objects.get(name="orders.order.changed"))
    assert Order.objects.get(pk=waiting.pk).fulfilment_state == "reserved"


def test_priority_moves_what_waits(tea):
    order = placed(draft(make_channel(backorder=True), (tea, 16)))
    made = amend(order, priority=5)
    assert Backorder.objects.get().priority == 5
    undo(made)
    assert Backorder.objects.get().priority == 100


def test_a_bundle_that_left_in_part_is_not_undone(shop, tea, cup):
    bundle = make_bundle({tea: 1, cup: 2})
    order = placed(draft(shop, (bundle, 2)))
    made = amend(order, add_lines=(LineDraft(bundle.sku, D(3)),))
    before = state_of(order)
    undo(made)
    after = state_of(order)
    assert after[0].lines == {pk: line for pk, line in before[0].lines.items() if line.position == 1}
    assert_lawful()


def test_cancelled_units_and_a_cancelled_order_come_back(shop, tea):
    order = placed(draft(shop, (tea, 4), shipping=D(8)))
    before = state_of(order)
    cancel_units(order_id=order.pk, lines={lines(order)[0].pk: D(3)}, reason="sold twice", actor=ACTOR, now=utc_now())
    undo(Amendment.objects.get(kind="cancel"))
    assert state_of(order) == before
    cancel_units(order_id=order.pk, lines=None, reason="wrong order", actor=ACTOR, now=utc_now())
    assert Order.objects.get().state == "cancelled"
    assert_lawful()
    undo(Amendment.objects.get(number=2))
    assert state_of(order) == before
    assert not Cancellation.objects.exists()
    assert_lawful()


def test_a_cancellation_with_a_credit_note_stays(shop, tea):
    order = placed(draft(shop, (tea, 4)))
    issue_invoice(order_id=order.pk, actor=ACTOR, now=utc_now())
    cancel_and_credit(
        order_id=order.pk, lines={lines(order)[0].pk: D(1)}, reason="sold twice", actor=ACTOR, now=utc_now()
    )
    with pytest.raises(errors.UndoTooLate):
        undo(Amendment.objects.get())


def test_whoever_agreed_gets_what_was_agreed_to(tea):
    order = placed(draft(make_channel(backorder=True), (tea, 4)))
    change = OrderChange(lines=(LineChange(lines(order)[0].pk, quantity=D(12)),))
    shown = preview_change(order_id=order.pk, change=change, actor=ACTOR, now=utc_now())
    assert state_of(order)[0].lines[lines(order)[0].pk].quantity == 4
    placed(draft(make_channel(backorder=True), (tea, 5)))
    with pytest.raises(errors.DifferenceChanged):
        amend_order(order_id=order.pk, change=change, agreed=shown.fingerprint, actor=ACTOR, now=utc_now())
    again = preview_change(order_id=order.pk, change=change, actor=ACTOR, now=utc_now())
    assert [(gap.sku, gap.new) for gap in again.missing] == [("TEA", D(3))]
    assert amend_order(
        order_id=order.pk, change=change, agreed=again.fingerprint, actor=ACTOR, now=utc_now()
    ).difference.fingerprint == (again.fingerprint)


def test_who_comes_second_learns_what_the_first_changed(shop, tea):
    order = placed(draft(shop, (tea, 4)))
    amend(order, note="first")
    with pytest.raises(StaleVersion) as refused:
        change_order(
            order_id=order.pk, change=OrderChange(note="second"), version=order.version, actor=ACTOR, now=utc_now()
        )
    assert refused.value.data["differences"][0]["fields"] == [{"name": "note", "old": "", "new": "first"}]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"remove_lines": (0,)}, [("unknown_line", "/remove_lines/0")]),
        ({"add_lines": (LineDraft("CUP", D("1.5")),)}, [("quantity_too_precise", "/add_lines/0/quantity")]),
        ({"add_charges": (ChargeDraft("", "x", D(1)),)}, [("value_missing", "/add_charges/0/code")]),
        ({"add_charges": (ChargeDraft("REBATE", "", D(-500)),)}, [("amount_out_of_range", "/discount")]),
        ({"shipping": D("-1")}, [("amount_out_of_range", "/shipping")]),
        ({"shipping": D("NaN")}, [("not_a_number", "/shipping")]),
        ({"reason": "x" * 241}, [("text_too_long", "/reason")]),
        ({"priority": 1000}, [("priority_out_of_range", "/priority")]),
        ({"custom": {"nonsense": 1}}, [("unknown_custom_field", "/custom/nonsense")]),
    ],
)
def test_bad_changes_are_refused_at_their_place(shop, tea, cup, values, expected):
    order = placed(draft(shop, (tea, 4)))
    before = state_of(order)
    with pytest.raises(Refusal) as refused:
        amend(order, **values)
    found = {(detail.code, detail.pointer) for detail in refused.value.details}
    assert set(expected) <= found
    assert state_of(order) == before


def test_an_order_keeps_a_line_and_whole_pieces(shop, tea):
    order = placed(draft(shop, (tea, 4)))
    line = lines(order)[0]
    for values, code in (
        ({"remove_lines": (line.pk,)}, "no_lines"),
        ({"lines": (LineChange(line.pk, quantity=D("1.5")),)}, "quantity_too_precise"),
        ({"lines": (LineChange(line.pk, quantity=D("NaN")),)}, "not_a_number"),
        ({"lines": (LineChange(line.pk, quantity=D(10**6), unit_price=D(10**8)),)}, "amount_out_of_range"),
    ):
        with pytest.raises(Refusal) as refused:
            amend(order, **values)
        assert code in {detail.code for detail in refused.value.details}


def test_other_orders_are_not_touched(shop, tea):
    other = placed(draft(shop, (tea, 2)))
    before = state_of(other)
    order = placed(draft(shop, (tea, 4)))
    undo(amend(order, lines=(LineChange(lines(order)[0].pk, quantity=D(9)),)))
    assert state_of(other) == before
    assert place(draft(shop, (tea, 8)))[0].verdict == "placed"


def test_what_is_reserved_again_is_as_old_as_it_was(tea, shop) -> None:
    """When stock gets short, the youngest reservation gives way first: an undone mistake costs nobody their place."""
    first, second = placed(draft(shop, ("TEA", 4))), placed(draft(shop, ("TEA", 3)))
    line = lines(first)[0].pk
    Reservation.objects.filter(line_id=line).update(reserved_at=F("reserved_at") - timedelta(days=3))
    was = list(Reservation.objects.filter(line_id=line).values_list("stock_item", "quantity", "reserved_at"))
    cancel_units(order_id=first.pk, lines={line: D(4)}, reason="wrong order", actor=ACTOR, now=utc_now())
    assert not Reservation.objects.filter(line_id=line).exists()
    undo(Amendment.objects.get(order=first))
    assert list(Reservation.objects.filter(line_id=line).values_list("stock_item", "quantity", "reserved_at")) == was
    queue = Reservation.objects.order_by("reserved_at").values_list("line_id", flat=True)
    assert list(queue) == [line, lines(second)[0].pk]


def test_a_change_that_was_kept_before_its_reservations_were_dated_can_be_undone(tea, shop) -> None:
    order = placed(draft(shop, ("TEA", 4)))
    line = lines(order)[0].pk
    change = amend(order, lines=(LineChange(line_id=line, quantity=D(1)),))
    for part in (change.before, change.after):
        for kept in part["lines"].values():
            del kept["since"]
    change.save()
    undo(change)
    assert [row.quantity for row in Reservation.objects.filter(line_id=line)] == [4]
