"""Invoicing many orders at once, from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.orders.services.many import each
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict


def invoice_orders(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Invoice all that is open of each, or with the extent "shipped" what of it left the house."""
    shipped = data.get("extent") == "shipped"

    def do(pk: int) -> Mapping[str, Any]:
        return {"invoice": issue_invoice(order_id=pk, shipped=shipped, actor=actor, now=now).pk}

    return each(ids, actor=actor, do=do)
