"""Two customers look alike and are not the same: said once, kept, and taken back where it was wrong."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.customers import errors
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import Customer, NotDuplicate
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def say_not_duplicate(*, customer_id: int, other_id: int, note: str = "", actor: Actor, now: datetime) -> NotDuplicate:
    """Nobody proposes the two as duplicates any more. Saying it again changes nothing. Raises NotFound, Refusal."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    if customer_id == other_id:
        raise Refusal([errors.RelatedToItself(pointer="/other_id").detail()])
    refuse(text_problems(note.strip(), "/note", 240, lines=True))
    with atomic():
        first, second = _pair(actor, customer_id, other_id)
        row, made = NotDuplicate.objects.get_or_create(
            first=first,
            second=second,
            defaults={"note": note.strip(), "said_at": now, "said_by": actor.label[:120]},
        )
        if made:
            _tell(CustomerEvent.NOT_DUPLICATE, row, actor=actor, now=now)
    return row


def take_back_not_duplicate(*, customer_id: int, other_id: int, actor: Actor, now: datetime) -> NotDuplicate:
    """The two may be proposed again. Raises NotFound."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    none = NotFound(kind="not-duplicate", reference=f"{customer_id}, {other_id}")
    if customer_id == other_id:  # nobody is marked beside themselves
        raise none
    with atomic():
        first, second = _pair(actor, customer_id, other_id)
        row = NotDuplicate.objects.filter(first=first, second=second).select_related("first", "second").first()
        if row is None:
            raise none
        _tell(CustomerEvent.PERHAPS_DUPLICATE, row, actor=actor, now=now)
        NotDuplicate.objects.filter(pk=row.pk).delete()
    return row


def _pair(actor: Actor, *ids: int) -> tuple[Customer, Customer]:
    """Both, locked, the older first."""
    rows = visible_customers(actor).filter(pk__in=ids).select_for_update(of=("self",), no_key=True).order_by("pk")
    found = list(rows)
    known = {row.pk for row in found}
    for pk in ids:
        if pk not in known:
            raise NotFound(kind="customer", reference=pk)
    return found[0], found[1]


def _tell(name: CustomerEvent, row: NotDuplicate, *, actor: Actor, now: datetime) -> None:
    """On the timelines of both."""
    both = ((row.first, row.second), (row.second, row.first))
    record(
        [
            Fact(name, f"customer:{one.pk}", f"customer:{one.pk}", {"number": one.number, "other": other.number})
            for one, other in both
        ],
        actor=actor,
        now=now,
    )
