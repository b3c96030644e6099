"""Reading notes about customers."""

from __future__ import annotations

from django.db.models import QuerySet

from orderwell.domains.customers.models import CustomerNote
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.prepared import prepared

MOST = 50


def notes_of(actor: Actor, customer_id: int, *, limit: int = MOST) -> list[CustomerNote]:
    """Pinned ones first, then the newest. Raises PermissionDenied."""
    return _notes(actor, customer_id)[:limit]


@prepared(Actor, int)
def _notes(actor: Actor, customer_id: int) -> QuerySet[CustomerNote]:
    rows = CustomerNote.objects.filter(
        customer_id=customer_id, customer__in=visible_customers(actor).values("pk"), removed_at=None
    )
    return rows.order_by("-pinned", "-created_at", "-pk")[:MOST]


def note_of(actor: Actor, customer_id: int, note_id: int) -> CustomerNote:
    """One that is not taken away. Raises PermissionDenied, NotFound."""
    rows = CustomerNote.objects.filter(
        customer_id=customer_id, customer__in=visible_customers(actor).values("pk"), removed_at=None
    )
    note = rows.select_related("customer").filter(pk=note_id).first()
    if note is None:
        raise NotFound(kind="note", reference=note_id)
    return note
