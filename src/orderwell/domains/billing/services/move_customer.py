"""Invoices, credit notes, payments and their ledger entries follow their orders to another customer, all together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwell.domains.billing.models import CreditNote, Invoice, LedgerEntry, Payment

MODELS: tuple[Any, ...] = (Invoice, CreditNote, Payment, LedgerEntry)


def move_money(*, source_id: int, target_id: int) -> None:
    """Everything of one customer. The caller holds both customers, and a transaction."""
    for model in MODELS:
        model.objects.filter(customer_id=source_id).update(customer_id=target_id)


def move_money_of(order_ids: Sequence[int], *, source_id: int, target_id: int) -> None:
    """What belongs to these orders, whenever it was written."""
    for start in range(0, len(order_ids), 500):
        part = list(order_ids[start : start + 500])
        for model in MODELS:
            model.objects.filter(order_id__in=part, customer_id=source_id).update(customer_id=target_id)
