"""How the demo company keeps its shelves filled: weekly goods in, transfers, counts - and some suppliers that don't deliver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import Sum

from orderwell.demo.catalogue import VariantSpec
from orderwell.demo.company import MAIN, OPENING_UNITS, SOUTH, WAREHOUSES, WEST, Company
from orderwell.demo.diary import Diary
from orderwell.domains.catalog.models import Variant
from orderwell.domains.inventory.drafts import (
    AdjustmentDraft,
    AdjustmentLineDraft,
    ArrivalDraft,
    ExpectedReceiptDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    TransferDraft,
    TransferLineDraft,
)
from orderwell.domains.inventory.models import StockItem, TransferLine
from orderwell.domains.inventory.services.adjust_stock import adjust_stock
from orderwell.domains.inventory.services.expect_receipt import expect_receipt
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.inventory.services.transfer_stock import create_transfer, dispatch_transfer, receive_transfer
from orderwell.domains.orders.models import Backorder
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.kernel.errors import DomainError

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# The maker of these called a batch back, and the supplier has not delivered since: orders for them wait.
TROUBLED = 16
TROUBLED_AMONG = 70
TROUBLED_WEEKS = 4


class Supply:
    def __init__(self, company: Company, diary: Diary, random: Random) -> None:
        self.company, self.diary, self.random = company, diary, random
        self.demand = {variant.sku: variant for variant in company.variants}
        wanted_most = sorted(self.demand, key=lambda sku: -self.demand[sku].demand)[:TROUBLED_AMONG]
        self.troubled = set(random.sample(wanted_most, TROUBLED))
        self.trouble_from = diary.end - TROUBLED_WEEKS * WEEK

    def plan(self, start: datetime) -> None:
        week = 0
        while (moment := start + week * WEEK + 3 * timedelta(hours=week % 5)) < self.diary.end:
            self.diary.note(moment, self.goods_in)
            if week % 6 == 2:
                self.diary.note(moment + DAY, self.transfer)
            if week % 4 == 1:
                self.diary.note(moment + 2 * DAY, self.count)
            week += 1
        self.diary.note(self.trouble_from, self.recall)
        self.diary.note(self.diary.end - 2 * DAY, self.transfer)
        self.diary.note(self.diary.end - timedelta(hours=1), self.announce)

    def goods_in(self, now: datetime) -> None:
        """Fill up what runs low, and serve who waits for it."""
        for number, (warehouse, lines) in enumerate(self._wanted(now).items(), 1):
            draft = ReceiptDraft(warehouse=warehouse, lines=tuple(lines), reference=f"PO-{now:%y%m%d}-{number}")
            receive_stock(draft, actor=self.company.crew.system, now=now)
        waiting = set(Backorder.objects.values_list("variant_id", flat=True))
        if waiting:
            allocate_backorders(variant_ids=waiting, actor=self.company.crew.system, now=now)

    def _wanted(self, now: datetime) -> dict[str, list[ReceiptLineDraft]]:
        wanted: dict[str, list[ReceiptLineDraft]] = defaultdict(list)
        missing = self._backordered()
        rows = StockItem.objects.values_list("variant__sku", "warehouse__code", "on_hand", "reserved")
        for sku, warehouse, on_hand, reserved in rows:
            variant = self.demand.get(sku)
            if variant is None or (sku in self.troubled and now > self.trouble_from):
                continue
            target = self._target(variant, warehouse)
            short = missing.pop(sku, Decimal(0)) if warehouse == MAIN else Decimal(0)
            free = on_hand - reserved - short
            if free < target * Decimal("0.45"):
                lot = max(target - free, Decimal(4))
                wanted[warehouse].append(ReceiptLineDraft(sku=sku, quantity=lot.to_integral_value()))
        return wanted

    def _target(self, variant: VariantSpec, warehouse: str) -> Decimal:
        share = WAREHOUSES[warehouse][-1]
        return Decimal(round(OPENING_UNITS * share * (0.6 + 1.2 * variant.demand)))

    def _backordered(self) -> dict[str, Decimal]:
        rows = Backorder.objects.values("variant_id").annotate(total=Sum("quantity"))
        names = dict(Variant.objects.values_list("id", "sku"))
        return {names[row["variant_id"]]: row["total"] for row in rows}

    def transfer(self, now: datetime) -> None:
        """From the main warehouse to where it is short; the last one is still on the road."""
        destination = self.random.choice((SOUTH, WEST))
        lines = tuple(self._to_spare())
        if not lines:
            return
        system = self.company.crew.system
        draft = TransferDraft(
            origin=MAIN, destination=destination, lines=lines, expected_at=now + 4 * DAY, note="调拨 Replenishment"
        )
        transfer = create_transfer(draft, actor=system, now=now)
        dispatch_transfer(transfer_id=transfer.pk, actor=system, now=now)
        self.diary.note(now + 4 * DAY, lambda at: self._arrive(transfer.pk, at))

    def _arrive(self, transfer_id: int, now: datetime) -> None:
        lines = list(TransferLine.objects.filter(transfer_id=transfer_id).order_by("pk"))
        lost = self.random.choice(lines).pk
        arrivals = [
            ArrivalDraft(
                line=line.pk,
                received=line.quantity - (1 if line.pk == lost else 0),
                lost=Decimal(1 if line.pk == lost else 0),
            )
            for line in lines
        ]
        receive_transfer(transfer_id=transfer_id, arrivals=arrivals, actor=self.company.crew.system, now=now)

    def _to_spare(self) -> Iterator[TransferLineDraft]:
        rows = StockItem.objects.filter(warehouse__code=MAIN).values_list("variant__sku", "on_hand", "reserved")
        plenty = [(sku, on_hand - reserved) for sku, on_hand, reserved in rows if on_hand - reserved > 12]
        for sku, free in self.random.sample(plenty, min(8, len(plenty))):
            yield TransferLineDraft(sku=sku, quantity=(free / 3).to_integral_value())

    def count(self, now: datetime) -> None:
        """A few shelves are counted; broken goods are written off."""
        warehouse = self.random.choice(list(WAREHOUSES))
        rows = StockItem.objects.filter(warehouse__code=warehouse).values_list("variant__sku", "on_hand", "reserved")
        known = [row for row in rows if row[1] - row[2] > 3]
        if len(known) < 3:
            return
        counted = tuple(
            AdjustmentLineDraft(sku=sku, counted=on_hand + self.random.choice((-1, 1)))
            for sku, on_hand, _ in self.random.sample(known, 2)
        )
        system = self.company.crew.system
        adjust_stock(
            AdjustmentDraft(warehouse=warehouse, reason="count", note="循环盘点 Cycle count", lines=counted),
            actor=system,
            now=now,
        )
        sku = self.random.choice(known)[0]
        broken = AdjustmentDraft(
            warehouse=warehouse,
            reason="damaged",
            note="运输破损 Broken in transport",
            lines=(AdjustmentLineDraft(sku=sku, change=Decimal(-1)),),
        )
        try:
            adjust_stock(broken, actor=system, now=now)
        except DomainError:
            return  # the count took the last free one

    def recall(self, now: datetime) -> None:
        """Most of what is free of the troubled products is scrapped."""
        rows = StockItem.objects.filter(variant__sku__in=self.troubled).values_list(
            "warehouse__code", "variant__sku", "on_hand", "reserved"
        )
        scrapped: dict[str, list[AdjustmentLineDraft]] = defaultdict(list)
        for warehouse, sku, on_hand, reserved in rows:
            if on_hand - reserved > 2:
                scrapped[warehouse].append(AdjustmentLineDraft(sku=sku, change=2 - on_hand + reserved))
        for warehouse, lines in scrapped.items():
            draft = AdjustmentDraft(
                warehouse=warehouse, reason="damaged", note="批次召回 Batch called back", lines=tuple(lines)
            )
            adjust_stock(draft, actor=self.company.crew.system, now=now)

    def announce(self, now: datetime) -> None:
        """What suppliers have promised: some of it for days that have passed."""
        short = self._backordered()
        for number, sku in enumerate(sorted(set(short) | self.troubled)):
            due = now + self.random.randint(-4, 24) * DAY
            draft = ExpectedReceiptDraft(
                reference=f"PO-{now:%y%m%d}-{number:03d}",
                sku=sku,
                warehouse=MAIN,
                quantity=max(short.get(sku, Decimal(0)) * 2, Decimal(24)),
                due_at=due,
            )
            expect_receipt(draft, actor=self.company.crew.system, now=now)
