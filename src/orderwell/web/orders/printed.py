"""What is printed of an order: the papers that there are of it, with their numbers and where they open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.printing.kinds import kind_of
from orderwell.web.orders.steps import Documents


@dataclass(frozen=True, slots=True)
class Paper:
    """`url` is of its PDF."""

    title: str
    number: str
    when: datetime | None
    url: str


def papers_of(order: Order, documents: Documents, actor: Actor) -> list[Paper]:
    """Invoices and credit notes, delivery notes, the confirmation or the quote: the newest of each kind first."""
    money = documents.money
    return [
        *_papers("invoice", ((row, row.issued_at) for row in money.invoices), actor),
        *_papers("credit-note", ((row, row.issued_at) for row in money.credit_notes), actor),
        *_papers("delivery-note", ((row, row.shipped_at) for row in documents.shipments), actor),
        *_papers(
            "order-confirmation",
            () if order.history else ((order, order.placed_at or order.created_at),),
            actor,
            title=_("Quote") if order.state == Order.State.DRAFT else "",
        ),
    ]


def _papers(code: str, rows: Iterable[tuple[Any, datetime | None]], actor: Actor, *, title: str = "") -> list[Paper]:
    kind = kind_of(code)
    if not actor.may(kind.permission):
        return []
    address = reverse("print", args=[code])
    return [Paper(title or _(kind.title), row.number, when, f"{address}?ids={row.pk}") for row, when in rows]
