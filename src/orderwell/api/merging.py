"""Customers who may be one: pairs that look alike, what a merge would do, the merge itself and its way back."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Amounts, Id, Input, Moment, Shape
from orderwell.domains.automation.services.merge_customers import merge_customers, preview_merge, unmerge_customers
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.customers.duplicates import likely_pairs, rejected_pairs
from orderwell.domains.customers.merges import merge_in_force, merge_preview, merges_into
from orderwell.domains.customers.models import Customer, CustomerMerge, NotDuplicate
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.customers.services.not_duplicate import say_not_duplicate, take_back_not_duplicate
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission

routes = Routes("customers")
VIEW, CHANGE = Permission.CUSTOMERS_CUSTOMER_VIEW, Permission.CUSTOMERS_CUSTOMER_CHANGE


class SideShape(Shape):
    id: int
    number: str
    name: str


class PairShape(Shape):
    first: SideShape
    second: SideShape
    reasons: list[str] = Field(description="What both have: tax_number, phone, email, name")


class NewNotDuplicate(Input):
    other_id: int
    note: str = Field(default="", max_length=240)


class NotDuplicateShape(Shape):
    first: SideShape
    second: SideShape
    note: str
    said_by: str
    said_at: Moment


class Merging(Input):
    """`choices`: for each field that differs whose value remains. What is left out is as proposed."""

    merged_id: int = Field(description="Who becomes part of the customer of the address")
    choices: dict[str, Literal["survivor", "merged"]] = Field(default={}, max_length=20)
    survivor_version: int | None = Field(default=None, description="With merged_version: refused if either has changed")
    merged_version: int | None = None


class MergeShape(Shape):
    id: int
    survivor: SideShape
    merged: SideShape
    choices: dict[str, str]
    moved: dict[str, int] = Field(description="How many of each kind moved, such as orders, returns, cases, notes")
    made_at: Moment
    made_by: str
    undone_at: Moment | None
    undoable: bool


class FieldShape(Shape):
    name: str
    proposed: str = Field(description="survivor or merged")


class MergePreviewShape(Shape):
    survivor: SideShape
    merged: SideShape
    survivor_version: int
    merged_version: int
    differences: list[FieldShape] = Field(description="Fields of which one value remains")
    moved: dict[str, int] = Field(description="How many of each kind would move")
    balances: Amounts = Field(description="What the merged customer owes, by currency; it would move as well")


def _side(customer: Customer) -> dict[str, Any]:
    return {"id": customer.pk, "number": customer.number, "name": customer.name}


def _mark(row: NotDuplicate) -> dict[str, Any]:
    sides = {"first": _side(row.first), "second": _side(row.second)}
    return {**sides, "note": row.note, "said_by": row.said_by, "said_at": row.said_at}


def _merge(row: CustomerMerge, *, undoable: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "survivor": _side(row.survivor),
        "merged": _side(row.merged),
        "choices": row.choices,
        "moved": _counts(row),
        "made_at": row.made_at,
        "made_by": row.actor_label,
        "undone_at": row.undone_at,
        "undoable": undoable,
    }


def _counts(row: CustomerMerge) -> dict[str, int]:
    return {name: len(ids) for name, ids in row.moved.items() if ids}


# Before the address with an id, which would take "duplicates" for one.
@routes.read("/customers/duplicates", permission=VIEW, response=list[PairShape])
def list_likely_duplicates(request: ApiRequest) -> list[dict[str, Any]]:
    """Customers who share a tax number, phone, e-mail or name, those with most in common first; at most 100 pairs."""
    return [
        {"first": _side(pair.first), "second": _side(pair.second), "reasons": pair.reasons}
        for pair in likely_pairs(request.actor)
    ]


@routes.read("/customers/not-duplicates", permission=VIEW, response=list[NotDuplicateShape])
def list_not_duplicates(request: ApiRequest) -> list[dict[str, Any]]:
    """Pairs that somebody found not to be the same, newest first; at most 100."""
    return [_mark(row) for row in rejected_pairs(request.actor)]


@routes.write(
    "POST", "/customers/{customer_id}/not-duplicates", permission=CHANGE, response=NotDuplicateShape, status=201
)
def mark_not_duplicate(request: ApiRequest, customer_id: Id, body: NewNotDuplicate) -> dict[str, Any]:
    """The two look alike and are not the same: nobody is asked again. Saying it twice changes nothing."""
    actor = may_also(request.actor, VIEW)
    return _mark(say_not_duplicate(customer_id=customer_id, **body.model_dump(), actor=actor, now=utc_now()))


@routes.write(
    "DELETE", "/customers/{customer_id}/not-duplicates/{other_id}", permission=CHANGE, response=None, status=204
)
def unmark_not_duplicate(request: ApiRequest, customer_id: Id, other_id: Id) -> None:
    """The two may be the same after all, and are proposed again."""
    actor = may_also(request.actor, VIEW)
    take_back_not_duplicate(customer_id=customer_id, other_id=other_id, actor=actor, now=utc_now())


@routes.write("POST", "/customers/{customer_id}/merge/preview", permission=CHANGE, response=MergePreviewShape)
def preview_customer_merge(request: ApiRequest, customer_id: Id, body: Merging) -> dict[str, Any]:
    """What a merge would move and which fields differ; nothing is changed. Refused for what the merge would be.

    It needs `orders:order:change` and `customers:personal-data:view` as well, like the merge.
    """
    actor = may_also(request.actor, VIEW)
    made = preview_merge(
        survivor_id=customer_id, merged_id=body.merged_id, choices=body.choices, actor=actor, now=utc_now()
    )
    found = merge_preview(actor, customer_id, body.merged_id)
    return {
        "survivor": _side(found.survivor),
        "merged": _side(found.merged),
        "survivor_version": found.survivor.version,
        "merged_version": found.merged.version,
        "differences": [{"name": item.name, "proposed": item.proposed} for item in found.differences],
        "moved": _counts(made),
        "balances": customer_balance(actor, body.merged_id)
        if request.actor.may(Permission.BILLING_INVOICE_VIEW)
        else {},
    }


@routes.write("POST", "/customers/{customer_id}/merge", permission=CHANGE, response=MergeShape, status=201)
def merge_customer(request: ApiRequest, customer_id: Id, body: Merging) -> dict[str, Any]:
    """`merged_id` becomes part of this customer with all that hangs on it; for 30 days it can be undone.

    It needs `orders:order:change` and `customers:personal-data:view` as well: orders and contacts move along. With an
    Idempotency-Key a repetition merges nothing twice.
    """
    seen = (body.survivor_version, body.merged_version)
    made = merge_customers(
        survivor_id=customer_id,
        merged_id=body.merged_id,
        choices=body.choices,
        versions=(seen[0], seen[1]) if seen[0] is not None and seen[1] is not None else None,
        actor=may_also(request.actor, VIEW),
        now=utc_now(),
    )
    return _merge(made, undoable=True)


@routes.read("/customers/{customer_id}/merges", permission=VIEW, response=list[MergeShape])
def list_customer_merges(request: ApiRequest, customer_id: Id) -> list[dict[str, Any]]:
    """Who became part of this customer, newest first, and whether it can still be undone."""
    customer_detail(request.actor, customer_id)
    found = merges_into(request.actor, customer_id, now=utc_now())
    return [_merge(row, undoable=undoable) for row, undoable in found]


@routes.write("POST", "/customers/{customer_id}/merges/{merge_id}/undo", permission=CHANGE, response=MergeShape)
def undo_customer_merge(request: ApiRequest, customer_id: Id, merge_id: Id) -> dict[str, Any]:
    """The merged customer is there again, with what it brought; what came later stays with the survivor.

    It needs the permissions of the merge.
    """
    actor = may_also(request.actor, VIEW)
    customer_detail(actor, customer_id)
    _require_merge_of(customer_id, merge_id)
    return _merge(unmerge_customers(merge_id=merge_id, actor=actor, now=utc_now()), undoable=False)


def _require_merge_of(customer_id: int, merge_id: int) -> None:
    """Raises NotFound for a merge into somebody else."""
    row = merge_in_force(merge_id)
    if row is None or row.survivor_id != customer_id:
        raise NotFound(kind="merge", reference=merge_id)
