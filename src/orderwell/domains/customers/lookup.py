"""One customer by its number, for screens that hold nothing else."""

from __future__ import annotations

from django.db.models import QuerySet

from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.prepared import prepared


def customer_by_number(actor: Actor, number: str) -> Customer | None:
    """None when there is none or the actor may not know of it. Raises PermissionDenied."""
    return visible_customers(actor).filter(number=number).first() if number else None


def known_customer(actor: Actor, customer_id: int) -> Customer:
    """A customer of the actor's teams, for reads that need a permission of their own. Raises NotFound."""
    for found in _of_key(actor, customer_id):
        return found
    raise NotFound(kind="customer", reference=customer_id)


@prepared(Actor, int)
def _of_key(actor: Actor, pk: int) -> QuerySet[Customer]:
    return rows_within(Customer.objects.filter(pk=pk), actor, team="team")
