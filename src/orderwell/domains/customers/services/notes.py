"""Notes about a customer: who wrote what when. Only the author changes a note; what is taken away can be put back."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.customers import errors
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import CustomerNote
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MOST_TEXT = 4000


def add_note(*, customer_id: int, body: str, pinned: bool = False, actor: Actor, now: datetime) -> CustomerNote:
    """Raises NotFound, Refusal."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    body = _checked(body)
    with atomic():
        if not visible_customers(actor).filter(pk=customer_id).exists():
            raise NotFound(kind="customer", reference=customer_id)
        note = CustomerNote.objects.create(
            customer_id=customer_id,
            body=body,
            pinned=pinned,
            author_id=actor.id if actor.kind == "user" else None,
            author_label=actor.label[:120],
            created_at=now,
        )
        _tell(CustomerEvent.NOTE_ADDED, note, actor=actor, now=now)
    return note


def change_note(*, note_id: int, body: str, actor: Actor, now: datetime) -> CustomerNote:
    """Only by its author. Raises NotFound, NotYourNote, Refusal."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    body = _checked(body)
    with atomic():
        note = _own(note_id, actor)
        if note.body != body:
            note.body, note.changed_at = body, now
            note.save(update_fields=["body", "changed_at"])
            _tell(CustomerEvent.NOTE_CHANGED, note, actor=actor, now=now)
    return note


def pin_note(*, note_id: int, pinned: bool, actor: Actor, now: datetime) -> CustomerNote:
    """Keep it above the others, or not any more; anybody who may change the customer. Raises NotFound."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    with atomic():
        note = _found(note_id, actor)
        if note.pinned != pinned:
            note.pinned = pinned
            note.save(update_fields=["pinned"])
            name = CustomerEvent.NOTE_PINNED if pinned else CustomerEvent.NOTE_UNPINNED
            _tell(name, note, actor=actor, now=now)
    return note


def remove_note(*, note_id: int, actor: Actor, now: datetime) -> CustomerNote:
    """Only by its author. Raises NotFound, NotYourNote."""
    return _set_removed(note_id, True, actor, now)


def restore_note(*, note_id: int, actor: Actor, now: datetime) -> CustomerNote:
    return _set_removed(note_id, False, actor, now)


def _set_removed(note_id: int, removed: bool, actor: Actor, now: datetime) -> CustomerNote:
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    with atomic():
        note = _own(note_id, actor)
        if (note.removed_at is not None) != removed:
            note.removed_at = now if removed else None
            note.save(update_fields=["removed_at"])
            _tell(CustomerEvent.NOTE_REMOVED if removed else CustomerEvent.NOTE_RESTORED, note, actor=actor, now=now)
    return note


def _found(note_id: int, actor: Actor) -> CustomerNote:
    rows = CustomerNote.objects.filter(customer__in=visible_customers(actor).values("pk"), pk=note_id)
    note = rows.select_for_update(of=("self",)).first()
    if note is None:
        raise NotFound(kind="note", reference=note_id)
    return note


def _own(note_id: int, actor: Actor) -> CustomerNote:
    note = _found(note_id, actor)
    if actor.kind == "user" and note.author_id != actor.id:
        raise errors.NotYourNote(author=note.author_label)
    return note


def _checked(body: str) -> str:
    wrong = [problem.detail() for problem in text_problems(body, "/body", MOST_TEXT, needed=True, lines=True)]
    if wrong:
        raise Refusal(wrong)
    return body.strip()


def _tell(name: CustomerEvent, note: CustomerNote, *, actor: Actor, now: datetime) -> None:
    """The event says that, not what: notes about people are personal data."""
    record(Fact(name, f"customer:{note.customer_id}", f"note:{note.pk}"), actor=actor, now=now)
