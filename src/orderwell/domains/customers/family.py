"""Who belongs to whom: a customer with the companies above and below it, and the people of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from orderwell.domains.customers.drafts import ContactDraft
from orderwell.domains.customers.models import Contact, Customer, CustomerRelation
from orderwell.domains.customers.queries import shown_contact, visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

# So many of each are shown; a group with more is better read as a list.
MOST = 40


@dataclass(frozen=True, slots=True)
class Relative:
    """A related customer and how: "parent" and "payer" are above, "branch" and "payee" below."""

    relation_id: int
    side: str
    customer: Customer
    contacts: list[ContactDraft]


@dataclass(frozen=True, slots=True)
class Family:
    customer: Customer
    contacts: list[ContactDraft]
    above: list[Relative] = field(default_factory=list)
    below: list[Relative] = field(default_factory=list)
    more: bool = False
    masked: bool = True


def family_of(actor: Actor, customer_id: int) -> Family:
    """Relatives that the actor may not know of are left out. Raises PermissionDenied, NotFound."""
    visible = visible_customers(actor)
    customer = visible.filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(kind="customer", reference=customer_id)
    rows = CustomerRelation.objects.select_related("customer", "other").order_by("kind", "id")
    up = list(rows.filter(customer_id=customer_id, other__in=visible))
    down = list(rows.filter(other_id=customer_id, customer__in=visible)[: MOST + 1])
    people = _contacts(actor, {customer_id, *(row.other_id for row in up), *(row.customer_id for row in down[:MOST])})
    below = {"parent": "branch", "payer": "payee"}
    return Family(
        customer=customer,
        contacts=people[customer_id],
        above=[Relative(row.pk, row.kind, row.other, people[row.other_id]) for row in up],
        below=[Relative(row.pk, below[row.kind], row.customer, people[row.customer_id]) for row in down[:MOST]],
        more=len(down) > MOST,
        masked=not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW),
    )


def _contacts(actor: Actor, customer_ids: Collection[int]) -> dict[int, list[ContactDraft]]:
    shown = actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    found: dict[int, list[ContactDraft]] = defaultdict(list)
    for contact in Contact.objects.filter(customer__in=list(customer_ids)).order_by("-is_primary", "id"):
        found[contact.customer_id].append(shown_contact(contact, shown))
    return found
