"""A real document to show a template with: the newest of its kind and channel that the user may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model, QuerySet

from orderwell.domains.billing.queries import credit_note_list, credit_notes, invoice_list, invoices
from orderwell.domains.billing.statement import newest_statement
from orderwell.domains.fulfilment.queries import shipment_list, shipments
from orderwell.domains.orders.queries import OrderFilters, order_list
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.kinds import DocumentKind

# Among so many of a channel's newest orders its newest shipment or invoice is looked for.
LOOKED_AT = 500
_LISTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "shipment": (shipment_list, shipments),
    "invoice": (invoice_list, invoices),
    "credit_note": (credit_note_list, credit_notes),
}


def sample_of(kind: DocumentKind, actor: Actor, channel: str = "") -> int | None:
    """Its id, of the channel if that has one; None when there is none yet, or the user may not see such documents."""
    found = newest(kind, actor, channel) if channel else None
    return newest(kind, actor) if found is None else found


def newest(kind: DocumentKind, actor: Actor, channel: str = "") -> int | None:
    """The newest of a channel, or of all."""
    if not actor.may(kind.permission):
        return None
    if kind.source == "order":
        return _first(_orders(actor, channel, 1))
    if kind.source == "statement":  # of a customer, whatever the channel
        return _first([found] if (found := newest_statement(actor)) else ())
    if kind.source not in _LISTS:
        return None
    whole_list, rows = _LISTS[kind.source]
    if not channel:
        return _first(whole_list(actor, limit=1).rows)
    if not actor.may(Permission.ORDERS_ORDER_VIEW):
        return None
    recent = [order.pk for order in _orders(actor, channel, LOOKED_AT)]
    return _first(rows(actor).filter(order__in=recent).order_by("-pk")[:1])


def _orders(actor: Actor, channel: str, limit: int) -> Sequence[Model]:
    return order_list(actor, OrderFilters(channel=channel), limit=limit, now=utc_now()).rows


def _first(rows: Sequence[Model] | QuerySet[Any]) -> int | None:
    return next((row.pk for row in rows), None)
