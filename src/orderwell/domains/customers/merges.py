"""Reading merges of customers: who became part of whom, what that would mean, and whether it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from orderwell.domains.customers.combining import combined, differing, proposed
from orderwell.domains.customers.models import Customer, CustomerMerge
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.customers.records import CustomerState
from orderwell.domains.customers.services.merge_records import why_not
from orderwell.domains.customers.storing import states_of
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which one value remains; `proposed` is "survivor" or "merged"."""

    name: str
    survivor: object
    merged: object
    proposed: str


@dataclass(frozen=True, slots=True)
class MergePreview:
    survivor: Customer
    merged: Customer
    differences: list[Difference]
    after: CustomerState


def merge_preview(
    actor: Actor, survivor_id: int, merged_id: int, choices: Mapping[str, str] | None = None
) -> MergePreview:
    """What would become of the two records; nothing is written. Raises PermissionDenied, NotFound."""
    actor.require(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    rows = visible_customers(actor).filter(pk__in=[survivor_id, merged_id], merged_into=None)
    found = {row.pk: row for row in rows.select_related("group", "owner", "team")}
    for pk in (survivor_id, merged_id):
        if pk not in found:
            raise NotFound(kind="customer", reference=pk)
    states = states_of(list(found.values()))
    survivor, merged = states[survivor_id], states[merged_id]
    sides = proposed(survivor, merged)
    return MergePreview(
        survivor=found[survivor_id],
        merged=found[merged_id],
        differences=[
            Difference(name, getattr(survivor, name), getattr(merged, name), sides[name])
            for name in differing(survivor, merged)
        ],
        after=combined(survivor, merged, choices or {}),
    )


def merge_in_force(merge_id: int) -> CustomerMerge | None:
    return CustomerMerge.objects.filter(pk=merge_id, undone_at=None).first()


def merges_into(actor: Actor, customer_id: int, *, now: datetime) -> Sequence[tuple[CustomerMerge, bool]]:
    """Merges in force of which the customer is the survivor, newest first, and whether each can be undone."""
    return [(row, why_not(row, row.survivor, now) is None) for row in _merged_into(actor, customer_id)]


@prepared(Actor, int)
def _merged_into(actor: Actor, customer_id: int) -> QuerySet[CustomerMerge]:
    visible = visible_customers(actor).values("pk")
    rows = CustomerMerge.objects.filter(survivor_id=customer_id, survivor__in=visible, undone_at=None)
    return rows.select_related("survivor", "merged").defer("records").order_by("-pk")[:20]


def merged_before(actor: Actor, survivor_id: int, number: str) -> CustomerMerge | None:
    """The merge in force of the customer with this number into that one."""
    rows = _merged_into(actor, survivor_id)
    return next((row for row in rows if row.merged.number == number), None)


def undone_before(actor: Actor, customer_id: int, merge_id: int) -> CustomerMerge | None:
    """The merge into this customer, if it was taken back already."""
    rows = CustomerMerge.objects.filter(pk=merge_id, survivor_id=customer_id, survivor__in=visible_customers(actor))
    return rows.exclude(undone_at=None).select_related("merged").first()


def survivor_of(actor: Actor, customer_id: int) -> Customer | None:
    """Whom a merged customer became part of, if the actor may know of both."""
    row = visible_customers(actor).filter(pk=customer_id).select_related("merged_into").first()
    return row.merged_into if row is not None else None
