"""When what waits for stock can be expected: announced goods go to those who wait, in the order of the queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.inventory.models import ExpectedReceipt, TransferLine
from orderwell.domains.orders.models import Backorder

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Coming:
    """Goods that are announced: how many, for when, and on which document."""

    quantity: Decimal
    due_at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What completes a line: the moment, the document, and how much stands before it in the queue."""

    due_at: datetime
    reference: str
    ahead: Decimal


def expectations(queue: Sequence[tuple[int, Decimal]], coming: Sequence[Coming]) -> dict[int, Expectation]:
    """`queue` is (line, quantity) for one product, the most urgent first. Lines that nothing announced covers are left out.

    >>> from datetime import datetime
    >>> found = expectations([(7, Decimal(2)), (8, Decimal(3))], [Coming(Decimal(4), datetime(2026, 5, 1), "PO1")])
    >>> sorted(found)
    [7]
    """
    found, ahead = {}, ZERO
    arrivals = sorted(coming, key=lambda goods: goods.due_at)
    for line_id, quantity in queue:
        needed, there = ahead + quantity, ZERO
        for goods in arrivals:
            there += goods.quantity
            if there >= needed:
                found[line_id] = Expectation(goods.due_at, goods.reference, ahead)
                break
        ahead = needed
    return found


def expected_for(line_ids: Collection[int], variant_ids: Collection[int]) -> dict[int, Expectation]:
    """By line: when the last of what it waits for can be expected. Lines of which a part isn't announced are left out."""
    coming = _coming(variant_ids)
    queues: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    wanted: dict[int, set[int]] = defaultdict(set)
    rows = Backorder.objects.filter(variant_id__in=list(variant_ids)).order_by("priority", "since", "pk")
    for line_id, variant_id, quantity in rows.values_list("line_id", "variant_id", "quantity"):
        queues[variant_id].append((line_id, quantity))
        if line_id in line_ids:
            wanted[line_id].add(variant_id)
    by_variant = {variant: expectations(queue, coming[variant]) for variant, queue in queues.items()}
    found = {}
    for line_id, variants in wanted.items():
        parts = [by_variant[variant].get(line_id) for variant in variants]
        complete = [part for part in parts if part is not None]
        if complete and len(complete) == len(parts):
            found[line_id] = max(complete, key=lambda part: part.due_at)
    return found


def _coming(variant_ids: Collection[int]) -> dict[int, list[Coming]]:
    coming: dict[int, list[Coming]] = defaultdict(list)
    receipts = ExpectedReceipt.objects.filter(
        variant_id__in=list(variant_ids), cancelled_at=None, quantity__gt=F("quantity_received")
    )
    for variant_id, quantity, received, due_at, reference in receipts.values_list(
        "variant_id", "quantity", "quantity_received", "due_at", "reference"
    ):
        coming[variant_id].append(Coming(quantity - received, due_at, reference))
    transfers = TransferLine.objects.filter(
        variant_id__in=list(variant_ids), transfer__state="dispatched", transfer__expected_at__isnull=False
    )
    for variant_id, quantity, received, lost, due_at, reference in transfers.values_list(
        *("variant_id", "quantity", "quantity_received", "quantity_lost", "transfer__expected_at", "transfer__number")
    ):
        if quantity > received + lost:
            coming[variant_id].append(Coming(quantity - received - lost, due_at, reference))
    return coming
