"""What the stock tests share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from orderwell.domains.inventory import laws
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.inventory.services.ledger import NewReservation, lock_items, reserve
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.database import atomic
from orderwell.platform.verify import LawResult

LAWS: tuple[Callable[[], LawResult], ...] = (
    laws.on_hand_is_the_sum_of_movements,
    laws.reserved_is_the_sum_of_reservations,
    laws.nothing_is_oversold,
    laws.policy_copies_agree,
    laws.transfers_move_what_their_lines_say,
    laws.expected_receipts_count_what_came,
    laws.adjustments_stay_in_their_warehouse,
    laws.counts_post_their_differences,
)


def differences() -> list[str]:
    return [f"{difference}" for law in LAWS for difference in law().differences]


def hold(item: StockItem, quantity: Decimal | int, line_id: int = 1) -> None:
    """Reserve for an order line."""
    with atomic():
        lock_items([item.pk])
        reserve([NewReservation(item.pk, line_id, Decimal(quantity))], now=utc_now())


def codes_of(error: pytest.ExceptionInfo[DomainError]) -> dict[str | None, str]:
    return {detail.pointer: detail.code for detail in error.value.details}


def balance(item: StockItem) -> tuple[Decimal, Decimal]:
    item.refresh_from_db()
    return item.on_hand, item.reserved
