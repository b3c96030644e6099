"""Which customers belong together: a branch to its parent, who pays for whom."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.customers import errors
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import Customer, CustomerRelation
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import InvalidValue, NotFound, Refusal
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

Kind = CustomerRelation.Kind
# Nobody has so many companies above them.
DEEPEST = 20


def relate(*, customer_id: int, other_id: int, kind: str, actor: Actor, now: datetime) -> CustomerRelation:
    """Say that the customer is a branch of the other, or is billed to it. Saying it again changes nothing.

    A customer has one parent and one payer. Raises NotFound, Refusal.
    """
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    if kind not in Kind.values:
        raise InvalidValue(pointer="/kind", value=kind[:20], expected=", ".join(Kind.values))
    with atomic():
        ids = sorted({customer_id, other_id})
        rows = {row.pk: row for row in visible_customers(actor).filter(pk__in=ids).select_for_update().order_by("pk")}
        for pk in ids:
            if pk not in rows or rows[pk].merged_into_id is not None:
                raise NotFound(kind="customer", reference=pk)
        customer, other = rows[customer_id], rows.get(other_id)
        if other is None or customer_id == other_id:
            raise Refusal([errors.RelatedToItself(pointer="/other").detail()])
        known = CustomerRelation.objects.filter(customer_id=customer_id, kind=kind).select_related("other").first()
        if known is not None:
            if known.other_id == other_id:
                return known
            taken = errors.AlreadyRelated(pointer="/other", number=customer.number, other=known.other.number)
            raise Refusal([taken.detail()])
        if _leads_to(other_id, customer_id, kind):
            circle = errors.RelationCircle(pointer="/other", number=customer.number, other=other.number)
            raise Refusal([circle.detail()])
        made = CustomerRelation.objects.create(
            customer_id=customer_id, other_id=other_id, kind=kind, created_at=now, created_by=actor.label[:120]
        )
        _tell(CustomerEvent.RELATED, customer, other, kind, actor=actor, now=now)
    return made


def unrelate(*, relation_id: int, actor: Actor, now: datetime) -> CustomerRelation:
    """Take a relation away. Raises NotFound."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    with atomic():
        rows = CustomerRelation.objects.filter(pk=relation_id, customer__in=visible_customers(actor).values("pk"))
        row = rows.select_related("customer", "other").first()
        if row is None:
            raise NotFound(kind="relation", reference=relation_id)
        CustomerRelation.objects.filter(pk=relation_id).delete()
        _tell(CustomerEvent.UNRELATED, row.customer, row.other, row.kind, actor=actor, now=now)
    return row


def _leads_to(start: int, target: int, kind: str) -> bool:
    """Whether going up from `start` comes to `target`."""
    at: int | None = start
    for _step in range(DEEPEST):
        if at is None:
            return False
        if at == target:
            return True
        at = CustomerRelation.objects.filter(customer_id=at, kind=kind).values_list("other_id", flat=True).first()
    return True


def _tell(name: CustomerEvent, customer: Customer, other: Customer, kind: str, *, actor: Actor, now: datetime) -> None:
    """On both timelines: each names the other."""
    record(
        [
            Fact(name, f"customer:{me.pk}", f"customer:{me.pk}", {"relation": side, "other": them.number})
            for me, them, side in ((customer, other, kind), (other, customer, f"{kind}_of"))
        ],
        actor=actor,
        now=now,
    )
