"""The shelf had less than was promised: written into the order's timeline, for whoever looks after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.services.warehouses import warehouse_id_of
from orderwell.domains.orders.errors import NothingToDo, UnknownLine
from orderwell.domains.orders.services.loading import lines_of, lock_order
from orderwell.kernel.errors import DomainError, InvalidValue, Refusal
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

# The timeline translates the words themselves.
REASONS = (_("missing"), _("damaged"), _("expired"), _("other"))


@dataclass(frozen=True, slots=True)
class Shortage:
    """`found` of the `wanted` units of a stocked SKU were there."""

    line_id: int
    sku: str
    wanted: Decimal
    found: Decimal
    reason: str


def report_short(*, order_id: int, warehouse: str, shortages: Sequence[Shortage], actor: Actor, now: datetime) -> None:
    """Stock stays as the ledger has it until somebody counts; nothing that is promised is taken from the order."""
    actor.require(Permission.FULFILMENT_SHIPMENT_CREATE)
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.FULFILMENT_SHIPMENT_CREATE)
        warehouse_id_of(warehouse, actor=actor, pointer="/warehouse")
        if not shortages:
            raise NothingToDo(step="ship", number=order.number)
        lines = {line.pk for line in lines_of(order)}
        problems: list[DomainError] = []
        for index, shortage in enumerate(shortages):
            pointer = f"/shortages/{index}"
            if shortage.line_id not in lines:
                problems.append(UnknownLine(pointer=pointer, number=order.number, value=shortage.line_id))
            if shortage.reason not in REASONS:
                expected = " / ".join(REASONS)
                problems.append(
                    InvalidValue(pointer=f"{pointer}/reason", value=shortage.reason[:20], expected=expected)
                )
        if problems:
            raise Refusal([problem.detail() for problem in problems])
        facts = [
            Fact(
                FulfilmentEvent.PICKED_SHORT,
                f"order:{order.pk}",
                f"order:{order.pk}",
                {
                    "number": order.number,
                    "warehouse": warehouse,
                    "sku": shortage.sku[:60],
                    "wanted": plain(shortage.wanted),
                    "found": plain(shortage.found),
                    "reason": shortage.reason,
                },
            )
            for shortage in shortages
        ]
        record(facts, actor=actor, now=now)
