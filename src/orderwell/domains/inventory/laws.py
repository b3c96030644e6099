"""What must always hold of stock; `orderwell verify` recomputes it from the causes and names every difference."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from orderwell.domains.inventory.models import (
    Adjustment,
    ExpectedReceipt,
    Reservation,
    StockItem,
    StockMovement,
    Transfer,
    TransferLine,
    Warehouse,
)
from orderwell.kernel.quantities import plain
from orderwell.platform.fields import QuantityField, quantity_value
from orderwell.platform.verify import Difference, LawResult, law

ZERO = Decimal(0)
CHUNK = 5_000


@law("inventory.on_hand_is_the_sum_of_movements")
def on_hand_is_the_sum_of_movements() -> LawResult:
    """What is on hand of every stock item is the sum of its movements."""
    return _balance(StockMovement.objects.all(), "on_hand")


@law("inventory.reserved_is_the_sum_of_reservations")
def reserved_is_the_sum_of_reservations() -> LawResult:
    """What is reserved of every stock item is the sum of its reservations."""
    return _balance(Reservation.objects.all(), "reserved")


def _balance(causes: QuerySet[Any], column: str) -> LawResult:
    sums = causes.filter(stock_item=OuterRef("pk")).order_by().values("stock_item").annotate(total=Sum("quantity"))
    items = StockItem.objects.annotate(
        cause=Coalesce(Subquery(sums.values("total")), quantity_value(ZERO), output_field=QuantityField())
    )
    wrong = items.exclude(**{column: F("cause")}).select_related("variant", "warehouse").order_by("pk")
    found = [
        Difference(_name(item), plain(item.cause), plain(getattr(item, column)), column)
        for item in wrong.iterator(CHUNK)
    ]
    return LawResult(StockItem.objects.count(), found)


@law("inventory.nothing_is_oversold")
def nothing_is_oversold() -> LawResult:
    """No more is reserved than is on hand, save where the warehouse may sell below zero."""
    wrong = StockItem.objects.filter(Q(reserved__lt=ZERO) | Q(on_hand__lt=F("reserved"), allow_negative=False))
    found = [
        Difference(_name(item), f"at least {plain(item.reserved)}", plain(item.on_hand), "on_hand")
        for item in wrong.select_related("variant", "warehouse").order_by("pk").iterator(CHUNK)
    ]
    return LawResult(StockItem.objects.count(), found)


@law("inventory.policy_copies_agree")
def policy_copies_agree() -> LawResult:
    """Every stock item carries its warehouse's policy on negative stock, which the database enforces there."""
    wrong = StockItem.objects.exclude(allow_negative=F("warehouse__allow_negative"))
    found = [
        Difference(_name(item), item.warehouse.allow_negative, item.allow_negative, "allow_negative")
        for item in wrong.select_related("variant", "warehouse").order_by("pk").iterator(CHUNK)
    ]
    return LawResult(StockItem.objects.count(), found)


@law("inventory.transfers_move_what_their_lines_say")
def transfers_move_what_their_lines_say() -> LawResult:
    """What left the origin and arrived at the destination of every transfer is what its lines and its state say."""
    moved: dict[tuple[int, int, int, str], Decimal] = defaultdict(Decimal)
    sums = (
        StockMovement.objects.filter(cause__startswith="transfer:")
        .order_by()
        .values_list("cause", "stock_item__warehouse_id", "stock_item__variant_id", "kind")
        .annotate(total=Sum("quantity"))
    )
    for cause, warehouse, variant, kind, total in sums.iterator(CHUNK):
        moved[int(cause.partition(":")[2]), warehouse, variant, kind] = total
    found: list[Difference] = []
    checked = 0
    lines = TransferLine.objects.select_related("transfer", "variant").order_by("pk")
    for line in lines.iterator(CHUNK):
        checked += 1
        transfer, sku = line.transfer, line.variant.sku
        left = line.quantity if transfer.state in ("dispatched", "received") else ZERO
        expected = {
            StockMovement.Kind.TRANSFER_OUT: (transfer.origin_id, -left),
            StockMovement.Kind.TRANSFER_IN: (transfer.destination_id, line.quantity_received),
        }
        for kind, (warehouse, quantity) in expected.items():
            actual = moved.pop((transfer.pk, warehouse, line.variant_id, kind), ZERO)
            if actual != quantity:
                found.append(
                    Difference(f"transfer {transfer.number}", plain(quantity), plain(actual), f"{kind} of {sku}")
                )
        if transfer.state == "received" and line.quantity != line.quantity_received + line.quantity_lost:
            arrived = plain(line.quantity_received + line.quantity_lost)
            found.append(Difference(f"transfer {transfer.number}", plain(line.quantity), arrived, f"arrival of {sku}"))
    numbers = dict(Transfer.objects.filter(pk__in={key[0] for key in moved}).values_list("pk", "number"))
    found += [
        Difference(f"transfer {numbers.get(key, key)}", "0", plain(total), f"{kind} that no line asks for")
        for (key, _, _, kind), total in moved.items()
        if total
    ]
    return LawResult(checked, found)


@law("inventory.expected_receipts_count_what_came")
def expected_receipts_count_what_came() -> LawResult:
    """What every expected receipt has received is the sum of the movements that answer to it."""
    sums = (
        StockMovement.objects.filter(cause__startswith="expected_receipt:")
        .order_by()
        .values_list("cause", "stock_item__variant_id", "stock_item__warehouse_id")
        .annotate(total=Sum("quantity"))
    )
    came = {(int(cause.partition(":")[2]), *place): total for cause, *place, total in sums.iterator(CHUNK)}
    found: list[Difference] = []
    checked = 0
    for row in ExpectedReceipt.objects.select_related("variant").order_by("pk").iterator(CHUNK):
        checked += 1
        actual = came.pop((row.pk, row.variant_id, row.warehouse_id), ZERO)
        if actual != row.quantity_received:
            name = f"expected receipt {row.reference} of {row.variant.sku}"
            found.append(Difference(name, plain(actual), plain(row.quantity_received), "quantity_received"))
    found += [
        Difference(f"expected receipt {key}", "0", plain(total), "movements that no expected receipt asks for")
        for (key, *_), total in came.items()
        if total
    ]
    return LawResult(checked, found)


@law("inventory.adjustments_stay_in_their_warehouse")
def adjustments_stay_in_their_warehouse() -> LawResult:
    """Every movement caused by an adjustment lies in the adjustment's warehouse, and the adjustment exists."""
    places = dict(Adjustment.objects.values_list("pk", "warehouse_id"))
    codes = dict(Warehouse.objects.values_list("pk", "code"))
    rows = StockMovement.objects.filter(cause__startswith="adjustment:")
    pairs = rows.order_by().values_list("cause", "stock_item__warehouse_id").distinct()
    found: list[Difference] = []
    checked = 0
    for cause, warehouse in pairs.iterator(CHUNK):
        checked += 1
        place = places.get(int(cause.partition(":")[2]))
        if place != warehouse:
            expected = codes[place] if place is not None else "an adjustment"
            found.append(Difference(cause.replace(":", " "), expected, codes[warehouse], "warehouse of its movements"))
    return LawResult(checked, found)


def _name(item: StockItem) -> str:
    return f"stock item {item.variant.sku} in {item.warehouse.code}"
