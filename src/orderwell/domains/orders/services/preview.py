"""What an order would cost and where it would come from, without writing anything: the same steps as placing it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from orderwell.domains.orders.drafts import OrderDraft, Submission
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import Plan, alive
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.reserve import reserve_in_arrival_order
from orderwell.domains.orders.placement.resolve import resolve
from orderwell.domains.orders.pricing import Amounts
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """`missing` is what stock does not cover now, in units of the line."""

    kind: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    amounts: Amounts
    missing: Decimal
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """`errors` is what placing the same draft now would be refused for."""

    currency: str
    lines: tuple[PreviewLine, ...]
    total: Amounts
    errors: tuple[ErrorDetail, ...]


def preview_order(*, draft: OrderDraft, actor: Actor) -> Preview:
    """Price a draft and look at stock. Raises PermissionDenied; everything wrong with the draft is in `errors`."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    plan = Plan(Submission(draft, actor))
    with transaction.atomic():
        resolve([plan])
        for living in alive([plan]):
            price(living)
        reserve_in_arrival_order(alive([plan]))
        # Locks and decisions end here; nothing of them is kept.
        transaction.set_rollback(True)
    return Preview(
        currency=plan.currency,
        lines=tuple(
            PreviewLine(
                str(line.kind),
                line.sku,
                line.name,
                line.quantity,
                line.unit_price,
                line.amounts,
                max((d.missing * line.quantity / d.quantity for d in line.demands), default=Decimal(0)),
                line.explanation,
            )
            for line in plan.lines
        ),
        total=plan.total,
        errors=plan.outcome.errors if isinstance(plan.outcome, Refused) else (),
    )
