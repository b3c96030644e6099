"""Rules of the state machine: goods are counted, announced, held back and sold ahead; part of a bundle leaves early."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.drafts import (
    BufferDraft,
    CountDraft,
    CountEntry,
    ExpectedReceiptDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    WarehouseDraft,
)
from orderwell.domains.inventory.models import ExpectedReceipt, Reservation, StockCount
from orderwell.domains.inventory.services.count_stock import enter_counts, open_count
from orderwell.domains.inventory.services.expect_receipt import expect_receipt
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.inventory.services.save_buffer import save_buffer
from orderwell.domains.inventory.services.save_warehouse import save_warehouse
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.services.displace import settle_count
from orderwell.testing.state_machine_base import ACTOR, Company, pick, small, yes


class ShelfRules(Company):
    @rule(index=pick, quantity=small, step=st.sampled_from(["new", "enter", "post", "post below"]))
    def count(self, index: int, quantity: Decimal, step: str) -> None:
        """Work goes on between opening, counting and posting; each step brings about what it needs and lacks."""
        count = self.one(list(StockCount.objects.filter(state="open").order_by("pk")), index)
        if step == "new" or count is None:
            draft = CountDraft(warehouse=self.warehouses[index % 2].code)
            self.attempt("open count", lambda: open_count(draft, actor=ACTOR, now=self.now))
            return
        if step == "enter" or not count.lines.filter(counted__isnull=False).exists():
            entry = CountEntry(code=self.skus[index % 3], quantity=quantity)
            self.attempt(
                "enter count", lambda: enter_counts(count_id=count.pk, entries=[entry], actor=ACTOR, now=self.now)
            )
        if step.startswith("post"):
            self.attempt(
                "post count",
                lambda: settle_count(count_id=count.pk, displace=step == "post below", actor=ACTOR, now=self.now),
            )

    @rule(index=pick, quantity=small, came=yes)
    def announce(self, index: int, quantity: Decimal, came: bool) -> None:
        announced = self.one(list(ExpectedReceipt.objects.select_related("variant", "warehouse").order_by("pk")), index)
        if came and announced is not None:
            line = ReceiptLineDraft(sku=announced.variant.sku, quantity=quantity, expected_receipt=announced.pk)
            receipt = ReceiptDraft(warehouse=announced.warehouse.code, lines=(line,))
            self.attempt("receive announced", lambda: receive_stock(receipt, actor=ACTOR, now=self.now))
            return
        draft = ExpectedReceiptDraft(
            reference=f"PO-{index % 3}",
            sku=self.skus[index % 3],
            warehouse=self.warehouses[index % 2].code,
            quantity=quantity,
            due_at=self.now + timedelta(days=3),
        )
        self.attempt("announce", lambda: expect_receipt(draft, actor=ACTOR, now=self.now))

    @rule(index=pick, quantity=small, what=st.sampled_from(["sell ahead", "no more", "hold back"]))
    def policy(self, index: int, quantity: Decimal, what: str) -> None:
        code = self.warehouses[index % 2].code
        if what == "hold back":
            buffer = BufferDraft(
                channel="waiting" if index % 3 else "refusing",
                quantity=quantity if index % 5 else None,
                sku=self.skus[index % 3],
                warehouse=code,
            )
            self.attempt(what, lambda: save_buffer(buffer, actor=ACTOR, now=self.now))
            return
        draft = WarehouseDraft(code=code, allow_negative=what == "sell ahead")
        self.attempt(what, lambda: save_warehouse(draft, actor=ACTOR, now=self.now))

    @rule(index=pick, quantity=small)
    def ship_what_was_picked(self, index: int, quantity: Decimal) -> None:
        """Units of one product, also where they are but part of a bundle."""
        reserved = list(Reservation.objects.select_related("stock_item").order_by("pk"))
        promise = self.one(reserved, index)
        if promise is None:
            return
        order_id = OrderLine.objects.values_list("order_id", flat=True).get(pk=promise.line_id)
        picked = {(promise.line_id, promise.stock_item.variant_id): min(quantity, promise.quantity)}
        self.attempt("ship picked", lambda: ship(order_id=order_id, picked=picked, actor=ACTOR, now=self.now))
