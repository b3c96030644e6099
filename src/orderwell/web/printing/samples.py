"""A real document to show a template with: the newest one of its kind that the user may see."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model

from orderwell.domains.billing.queries import credit_note_list, invoice_list
from orderwell.domains.billing.statement import newest_statement
from orderwell.domains.fulfilment.queries import shipment_list
from orderwell.domains.orders.queries import OrderFilters, order_list
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.printing.kinds import DocumentKind


def sample_of(kind: DocumentKind, actor: Actor) -> int | None:
    """Its id; None when there is none yet, or the user may not see such documents."""
    if not actor.may(kind.permission):
        return None
    rows: Sequence[Model] = ()
    match kind.source:
        case "order":
            rows = order_list(actor, OrderFilters(), limit=1, now=utc_now()).rows
        case "shipment":
            rows = shipment_list(actor, limit=1).rows
        case "invoice":
            rows = invoice_list(actor, limit=1).rows
        case "credit_note":
            rows = credit_note_list(actor, limit=1).rows
        case "statement":
            newest = newest_statement(actor)
            rows = [newest] if newest else ()
    return rows[0].pk if rows else None
