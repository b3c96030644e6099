"""One customer by its number, for screens that hold nothing else."""

from __future__ import annotations

from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor


def customer_by_number(actor: Actor, number: str) -> Customer | None:
    """None when there is none or the actor may not know of it. Raises PermissionDenied."""
    return visible_customers(actor).filter(number=number).first() if number else None


def known_customer(actor: Actor, customer_id: int) -> Customer:
    """A customer of the actor's teams, for reads that need a permission of their own. Raises NotFound."""
    rows = Customer.objects.filter(pk=customer_id)
    found = (rows if actor.team_ids is None else rows.filter(team__in=actor.team_ids)).first()
    if found is None:
        raise NotFound(kind="customer", reference=customer_id)
    return found
