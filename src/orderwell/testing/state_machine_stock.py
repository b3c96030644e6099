"""Rules of the state machine: stock is counted, comes in and moves; goods leave, arrive and come back."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orderwell.domains.automation.services.bill import ship_and_invoice
from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.inventory.drafts import (
    AdjustmentDraft,
    AdjustmentLineDraft,
    ArrivalDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    TransferDraft,
    TransferLineDraft,
)
from orderwell.domains.inventory.models import StockItem, Transfer
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.inventory.services.transfer_stock import (
    cancel_transfer,
    create_transfer,
    dispatch_transfer,
    receive_transfer,
)
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.services.displace import correct_stock
from orderwell.testing.state_machine_base import ACTOR, Company, pick, small, yes


class StockRules(Company):
    @rule(index=pick, change=st.integers(-9, 9).filter(bool), west=yes)
    def adjust(self, index: int, change: int, west: bool) -> None:
        line = AdjustmentLineDraft(sku=self.skus[index % 3], change=Decimal(change))
        draft = AdjustmentDraft(warehouse="west" if west else "east", reason="count", lines=(line,))
        self.attempt("adjust", lambda: correct_stock(draft, actor=ACTOR, now=self.now))

    @rule(index=pick, fewer=small)
    def displace(self, index: int, fewer: Decimal) -> None:
        promised = StockItem.objects.filter(reserved__gt=0, allow_negative=False).select_related("variant", "warehouse")
        item = self.one(list(promised.order_by("pk")), index)
        if item is None:
            return
        line = AdjustmentLineDraft(sku=item.variant.sku, counted=max(item.reserved - fewer, Decimal(0)))
        draft = AdjustmentDraft(warehouse=item.warehouse.code, reason="count", lines=(line,), displace=True)
        self.attempt("displace", lambda: correct_stock(draft, actor=ACTOR, now=self.now))

    @rule(index=pick, quantity=small)
    def receive(self, index: int, quantity: Decimal) -> None:
        line = ReceiptLineDraft(sku=self.skus[index % 3], quantity=quantity)
        draft = ReceiptDraft(warehouse="east", lines=(line,))
        self.attempt("receive", lambda: receive_stock(draft, actor=ACTOR, now=self.now))

    @rule(index=pick, quantity=small, step=st.sampled_from(["new", "go", "arrive", "arrive", "cancel"]), lost=yes)
    def transfer(self, index: int, quantity: Decimal, step: str, lost: bool) -> None:
        if step == "new":
            line = TransferLineDraft(sku=self.skus[index % 3], quantity=quantity)
            draft = TransferDraft(origin="east", destination="west", lines=(line,))
            made = self.attempt("transfer", lambda: create_transfer(draft, actor=ACTOR, now=self.now))
            if made is not None and lost:
                self.attempt("dispatch", lambda: dispatch_transfer(transfer_id=made.pk, actor=ACTOR, now=self.now))
            return
        transfer = self.one(list(Transfer.objects.order_by("pk")), index)
        if transfer is None:
            return
        if step == "go":
            self.attempt("dispatch", lambda: dispatch_transfer(transfer_id=transfer.pk, actor=ACTOR, now=self.now))
        elif step == "cancel":
            self.attempt("cancel transfer", lambda: cancel_transfer(transfer_id=transfer.pk, actor=ACTOR, now=self.now))
        else:
            line_id = transfer.lines.get().pk
            arrival = ArrivalDraft(line=line_id, received=quantity - lost, lost=Decimal(int(lost)))
            self.attempt(
                "arrive",
                lambda: receive_transfer(transfer_id=transfer.pk, arrivals=[arrival], actor=ACTOR, now=self.now),
            )

    @rule(index=pick, quantity=small, everything=yes, invoiced=yes)
    def ship(self, index: int, quantity: Decimal, everything: bool, invoiced: bool) -> None:
        order = self.an_order(index, "placed")
        if order is None:
            return
        line = self.one(self.goods(order), index)
        lines = None if everything or line is None else {line.pk: quantity}
        deed = ship_and_invoice if invoiced else ship
        self.attempt("ship", lambda: deed(order_id=order.pk, lines=lines, actor=ACTOR, now=self.now))

    @rule(index=pick)
    def arrive(self, index: int) -> None:
        shipment = self.one(list(Shipment.objects.filter(delivered_at=None).order_by("pk")), index)
        if shipment is not None:
            self.attempt("deliver", lambda: deliver(shipment_id=shipment.pk, actor=ACTOR, now=self.now))

    @rule(index=pick, quantity=small, scrap=yes, credited=yes, refund=yes)
    def come_back(self, index: int, quantity: Decimal, scrap: bool, credited: bool, refund: bool) -> None:
        found = OrderLine.objects.filter(quantity_shipped__gt=0, order__history=False).order_by("pk")
        line = self.one(list(found), index)
        if line is None:
            return
        units = [ReturnedUnits(line.pk, quantity, "scrap" if scrap else "restock")]
        if credited:
            self.attempt(
                "take back",
                lambda: take_back(
                    order_id=line.order_id, lines=units, reason="broken", refund=refund, actor=ACTOR, now=self.now
                ),
            )
        else:
            self.attempt(
                "return",
                lambda: record_return(order_id=line.order_id, lines=units, reason="broken", actor=ACTOR, now=self.now),
            )

    @rule(index=pick)
    def undo_come_back(self, index: int) -> None:
        found = self.one(list(Return.objects.order_by("pk")), index)
        if found is not None:
            self.attempt(
                "undo return", lambda: undo_return(return_id=found.pk, reason="a mistake", actor=ACTOR, now=self.now)
            )
