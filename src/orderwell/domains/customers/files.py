"""Reading the files of a customer."""

from __future__ import annotations

from orderwell.domains.customers.models import CustomerFile
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor

MOST = 100


def files_of(actor: Actor, customer_id: int) -> list[CustomerFile]:
    """The newest first; none of a customer the actor may not know of."""
    rows = CustomerFile.objects.filter(customer_id=customer_id, customer__in=visible_customers(actor).values("pk"))
    return list(rows.order_by("-pk")[:MOST])


def customer_file(actor: Actor, customer_id: int, file_id: int) -> CustomerFile:
    """Raises NotFound."""
    visible = visible_customers(actor).values("pk")
    found = CustomerFile.objects.filter(pk=file_id, customer_id=customer_id, customer__in=visible).first()
    if found is None:
        raise NotFound(kind="file", reference=file_id)
    return found
