"""Reading notes about customers."""

from __future__ import annotations

from orderwell.domains.customers.models import CustomerNote
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor


def notes_of(actor: Actor, customer_id: int, *, limit: int = 50) -> list[CustomerNote]:
    """Pinned ones first, then the newest. Raises PermissionDenied."""
    rows = CustomerNote.objects.filter(
        customer_id=customer_id, customer__in=visible_customers(actor).values("pk"), removed_at=None
    )
    return list(rows.order_by("-pinned", "-created_at", "-pk")[:limit])


def note_of(actor: Actor, customer_id: int, note_id: int) -> CustomerNote:
    """One that is not taken away. Raises PermissionDenied, NotFound."""
    rows = CustomerNote.objects.filter(
        customer_id=customer_id, customer__in=visible_customers(actor).values("pk"), removed_at=None
    )
    note = rows.select_related("customer").filter(pk=note_id).first()
    if note is None:
        raise NotFound(kind="note", reference=note_id)
    return note
