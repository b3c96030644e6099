"""The ledger's own writes: balances follow their causes, and nothing half-done stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from orderwell.domains.inventory import laws
from orderwell.domains.inventory.drafts import (
    AdjustmentDraft,
    AdjustmentLineDraft,
    ArrivalDraft,
    ExpectedReceiptDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    TransferDraft,
    TransferLineDraft,
    WarehouseDraft,
)
from orderwell.domains.inventory.errors import StockChanged
from orderwell.domains.inventory.models import (
    Adjustment,
    ExpectedReceipt,
    Reservation,
    StockItem,
    StockMovement,
    Transfer,
    Warehouse,
)
from orderwell.domains.inventory.services import ledger
from orderwell.domains.inventory.services.adjust_stock import adjust_stock
from orderwell.domains.inventory.services.expect_receipt import expect_receipt
from orderwell.domains.inventory.services.ledger import NewMovement, NewReservation
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.inventory.services.save_warehouse import save_warehouse
from orderwell.domains.inventory.services.transfer_stock import (
    cancel_transfer,
    create_transfer,
    dispatch_transfer,
    receive_transfer,
)
from orderwell.kernel.errors import DomainError
from orderwell.platform.database import atomic
from orderwell.platform.verify import LawResult
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import balance, differences, hold

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def item() -> StockItem:
    return stock_up(make_variant(), make_warehouse(), 10)


def test_releasing_gives_back_and_shipping_takes_away(item: StockItem) -> None:
    hold(item, 6)
    reservation = Reservation.objects.get()
    ledger.release({reservation.pk: Decimal(1)})
    assert balance(item) == (10, 5)
    ledger.consume({reservation.pk: Decimal(2)}, cause="shipment:1", actor_label="x", now=NOW)
    assert balance(item) == (8, 3)
    ledger.consume({reservation.pk: Decimal(3)}, cause="shipment:2", actor_label="x", now=NOW)
    assert balance(item) == (5, 0)
    assert not Reservation.objects.exists()
    assert not differences()


def test_more_than_a_reservation_holds_cannot_be_taken(item: StockItem) -> None:
    hold(item, 6)
    reservation = Reservation.objects.get()
    for take in (ledger.release, lambda taken: ledger.consume(taken, cause="shipment:1", actor_label="x", now=NOW)):
        with pytest.raises(StockChanged), atomic():
            take({reservation.pk: Decimal(7)})
        with pytest.raises(StockChanged), atomic():
            take({0: Decimal(1)})
    assert balance(item) == (10, 6)
    assert not differences()


def test_a_line_that_holds_some_can_hold_more(item: StockItem) -> None:
    hold(item, 2, line_id=1)
    more = [NewReservation(item.pk, line, Decimal(3)) for line in (1, 2)]
    ledger.add_to_reservations(more, now=NOW)
    assert dict(Reservation.objects.values_list("line_id", "quantity")) == {1: 5, 2: 3}
    assert balance(item) == (10, 8)
    with pytest.raises(StockChanged), atomic():
        ledger.add_to_reservations(more, now=NOW)
    assert balance(item) == (10, 8)
    assert not differences()


def test_nothing_leaves_that_is_promised(item: StockItem) -> None:
    hold(item, 6)
    with pytest.raises(StockChanged), atomic():
        leaving = NewMovement(item.pk, StockMovement.Kind.ADJUSTMENT, Decimal(-5), "adjustment:1")
        ledger.post_movements([leaving], actor_label="x", now=NOW)
    assert balance(item) == (10, 6)


def test_a_new_stock_item_has_the_policy_of_today(item: StockItem) -> None:
    """Also when the caller has read an older one."""
    variant, warehouse = make_variant(), item.warehouse
    Warehouse.objects.filter(pk=warehouse.pk).update(allow_negative=True)
    made = ledger.ensure_stock_items([(variant.pk, warehouse.pk, False)])
    assert StockItem.objects.get(pk=made[variant.pk, warehouse.pk]).allow_negative
    assert ledger.ensure_stock_items([(variant.pk, warehouse.pk, False)]) == made


def falsify_movement(item: StockItem) -> None:
    StockMovement.objects.filter(stock_item=item).update(quantity=Decimal(9))


def falsify_reservation(item: StockItem) -> None:
    Reservation.objects.update(quantity=Decimal(1))


def falsify_policy(item: StockItem) -> None:
    StockItem.objects.update(allow_negative=True)


def falsify_transfer(item: StockItem) -> None:
    east = make_warehouse()
    moved = Transfer.objects.create(
        number="T1", origin=item.warehouse, destination=east, state="dispatched", created_at=NOW
    )
    moved.lines.create(variant=item.variant, quantity=Decimal(2))


def falsify_receipt(item: StockItem) -> None:
    ExpectedReceipt.objects.create(
        variant=item.variant,
        warehouse=item.warehouse,
        quantity=Decimal(2),
        quantity_received=Decimal(1),
        due_at=NOW,
        reference="PO",
    )


def falsify_adjustment(item: StockItem) -> None:
    elsewhere = Adjustment.objects.create(warehouse=make_warehouse(), reason="found", adjusted_at=NOW, actor_label="x")
    StockMovement.objects.update(cause=f"adjustment:{elsewhere.pk}")


@pytest.mark.parametrize(
    ("falsify", "law"),
    [
        (falsify_movement, laws.on_hand_is_the_sum_of_movements),
        (falsify_reservation, laws.reserved_is_the_sum_of_reservations),
        (falsify_policy, laws.policy_copies_agree),
        (falsify_transfer, laws.transfers_move_what_their_lines_say),
        (falsify_receipt, laws.expected_receipts_count_what_came),
        (falsify_adjustment, laws.adjustments_stay_in_their_warehouse),
    ],
)
def test_every_law_notices_what_breaks_it(
    item: StockItem, falsify: Callable[[StockItem], None], law: Callable[[], LawResult]
) -> None:
    hold(item, 3)
    before = law()
    assert not before.differences
    falsify(item)
    after = law()
    assert after.rows_checked > 0
    assert after.differences and all(difference.document for difference in after.differences)


QUANTITY = st.integers(1, 12).map(Decimal)
PLACES = ("main", "east")
SKUS = ("CUP", "POT")


class StockMachine(RuleBasedStateMachine):
    """Any sequence of stock services keeps every law, and a refusal leaves everything as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = atomic()
        self.frame.__enter__()
        for place in PLACES:
            make_warehouse(place)
        for sku in SKUS:
            make_variant(sku)
        self.line = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def attempt(self, action: Callable[[], object]) -> None:
        before = self.snapshot()
        try:
            with atomic():
                action()
        except DomainError:
            assert self.snapshot() == before

    def snapshot(self) -> tuple[object, ...]:
        return (
            list(StockItem.objects.order_by("pk").values_list("pk", "on_hand", "reserved", "allow_negative")),
            StockMovement.objects.count(),
            list(Reservation.objects.order_by("pk").values_list("pk", "quantity")),
            list(Transfer.objects.order_by("pk").values_list("pk", "state", "version")),
            list(ExpectedReceipt.objects.order_by("pk").values_list("pk", "quantity_received")),
        )

    @rule(place=st.sampled_from(PLACES), sku=st.sampled_from(SKUS), quantity=QUANTITY)
    def receive(self, place: str, sku: str, quantity: Decimal) -> None:
        lines = (ReceiptLineDraft(sku=sku, quantity=quantity),)
        self.attempt(lambda: receive_stock(ReceiptDraft(warehouse=place, lines=lines), actor=owner(), now=NOW))

    @rule(sku=st.sampled_from(SKUS), announced=QUANTITY, came=QUANTITY)
    def receive_announced(self, sku: str, announced: Decimal, came: Decimal) -> None:
        def action() -> None:
            given = ExpectedReceiptDraft(reference="PO", sku=sku, warehouse="main", quantity=announced, due_at=NOW)
            expected = expect_receipt(given, actor=owner(), now=NOW)
            lines = (ReceiptLineDraft(sku=sku, quantity=came, expected_receipt=expected.pk),)
            receive_stock(ReceiptDraft(warehouse="main", lines=lines), actor=owner(), now=NOW)

        self.attempt(action)

    @rule(place=st.sampled_from(PLACES), sku=st.sampled_from(SKUS), quantity=QUANTITY, how=st.sampled_from("+-="))
    def adjust(self, place: str, sku: str, quantity: Decimal, how: str) -> None:
        line = AdjustmentLineDraft(sku=sku, counted=quantity)
        if how != "=":
            line = AdjustmentLineDraft(sku=sku, change=quantity if how == "+" else -quantity)
        draft = AdjustmentDraft(warehouse=place, reason="count", lines=(line,))
        self.attempt(lambda: adjust_stock(draft, actor=owner(), now=NOW))

    @rule(index=st.integers(0, 3), quantity=QUANTITY)
    def promise(self, index: int, quantity: Decimal) -> None:
        items = ledger.lock_items(list(StockItem.objects.values_list("pk", flat=True)))
        if items:
            self.line += 1
            row = NewReservation(items[index % len(items)].id, self.line, quantity)
            self.attempt(lambda: ledger.reserve([row], now=NOW))

    @rule(index=st.integers(0, 5), quantity=QUANTITY, ship=st.booleans())
    def fulfil(self, index: int, quantity: Decimal, ship: bool) -> None:
        held = list(Reservation.objects.order_by("pk").values_list("pk", flat=True))
        if not held:
            return
        taken = {held[index % len(held)]: quantity}
        if ship:
            self.attempt(lambda: ledger.consume(taken, cause="shipment:1", actor_label="x", now=NOW))
        else:
            self.attempt(lambda: ledger.release(taken))

    @rule(sku=st.sampled_from(SKUS), quantity=QUANTITY, back=st.booleans())
    def plan_transfer(self, sku: str, quantity: Decimal, back: bool) -> None:
        origin, destination = PLACES[::-1] if back else PLACES
        lines = (TransferLineDraft(sku=sku, quantity=quantity),)
        draft = TransferDraft(origin=origin, destination=destination, lines=lines)
        self.attempt(lambda: create_transfer(draft, actor=owner(), now=NOW))

    @rule(index=st.integers(0, 5), step=st.sampled_from([dispatch_transfer, cancel_transfer, receive_transfer]))
    def move_transfer(self, index: int, step: Callable[..., Transfer]) -> None:
        made = list(Transfer.objects.order_by("pk").values_list("pk", flat=True))
        if made:
            self.attempt(lambda: step(transfer_id=made[index % len(made)], actor=owner(), now=NOW))

    @rule(index=st.integers(0, 5), received=st.integers(0, 4), lost=st.integers(0, 2))
    def receive_part(self, index: int, received: int, lost: int) -> None:
        made = list(Transfer.objects.filter(state="dispatched").order_by("pk"))
        if made:
            transfer = made[index % len(made)]
            line = transfer.lines.get().pk
            arrivals = [ArrivalDraft(line=line, received=Decimal(received), lost=Decimal(lost))]
            self.attempt(lambda: receive_transfer(transfer_id=transfer.pk, arrivals=arrivals, actor=owner(), now=NOW))

    @rule(place=st.sampled_from(PLACES), allow=st.booleans())
    def change_policy(self, place: str, allow: bool) -> None:
        draft = WarehouseDraft(code=place, allow_negative=allow)
        self.attempt(lambda: save_warehouse(draft, actor=owner(), now=NOW))

    @invariant()
    def every_law_holds(self) -> None:
        assert differences() == []


def test_any_sequence_of_stock_services_keeps_every_law() -> None:
    run_state_machine_as_test(
        StockMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
