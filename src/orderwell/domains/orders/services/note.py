"""Notes and files on an order. Only the author changes a note; what is taken away can be put back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orderwell.domains.customers.errors import NotYourNote
from orderwell.domains.orders.errors import TextTooLong, ValueMissing
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Attachment, OrderNote
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.services.loading import lock_order
from orderwell.kernel.errors import NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.uploads import checked_upload

MAX_NOTE = 10_000


def add_note(*, order_id: int, body: str, actor: Actor, now: datetime) -> OrderNote:
    """Raises ValueMissing, TextTooLong, NotFound."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    body = _checked(body)
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_VIEW)
        note = OrderNote.objects.create(
            order=order,
            body=body,
            author_id=actor.id if actor.kind == "user" else None,
            author_label=actor.label,
            created_at=now,
        )
        fact = Fact(OrderEvent.NOTE_ADDED, f"order:{order.pk}", f"note:{note.pk}", {"body": note.body[:500]})
        record(fact, actor=actor, now=now)
    return note


def change_note(*, note_id: int, body: str, version: int, actor: Actor, now: datetime) -> OrderNote:
    """Only by its author. The timeline keeps what it said before. Raises NotFound, NotYourNote, StaleVersion, ValueMissing,
    TextTooLong.
    """
    body = _checked(body)
    with atomic():
        note = _own(note_id, version, actor)
        if note.body != body:
            note.before, note.body, note.changed_at = note.body, body, now
            _save(note, OrderEvent.NOTE_CHANGED, {"changes": {"note": [note.before, body]}}, actor, now)
    return note


def unchange_note(*, note_id: int, version: int, actor: Actor, now: datetime) -> OrderNote:
    """As it was before its last change, unless it has changed since. Raises NotFound, NotYourNote, StaleVersion."""
    with atomic():
        note = _own(note_id, version, actor)
        note.before, note.body, note.changed_at = note.body, note.before, now
        _save(note, OrderEvent.NOTE_CHANGED, {"changes": {"note": [note.before, note.body]}}, actor, now)
    return note


def remove_note(*, note_id: int, version: int, actor: Actor, now: datetime) -> OrderNote:
    """Only by its author. Raises NotFound, NotYourNote, StaleVersion."""
    return _set_removed(note_id, version, now, actor, now)


def restore_note(*, note_id: int, version: int, actor: Actor, now: datetime) -> OrderNote:
    return _set_removed(note_id, version, None, actor, now)


def _set_removed(note_id: int, version: int, removed_at: datetime | None, actor: Actor, now: datetime) -> OrderNote:
    with atomic():
        note = _own(note_id, version, actor)
        if (note.removed_at is None) != (removed_at is None):
            note.removed_at = removed_at
            name = OrderEvent.NOTE_REMOVED if removed_at else OrderEvent.NOTE_RESTORED
            _save(note, name, {"body": note.body[:500]}, actor, now)
    return note


def _own(note_id: int, version: int, actor: Actor) -> OrderNote:
    actor.require(Permission.ORDERS_ORDER_VIEW)
    orders = visible_orders(actor).values("pk")
    note = OrderNote.objects.filter(order__in=orders, pk=note_id).select_for_update(of=("self",)).first()
    if note is None:
        raise NotFound(kind="note", reference=str(note_id))
    if note.author_id is None or note.author_id != actor.id or actor.kind != "user":
        raise NotYourNote(author=note.author_label)
    if note.version != version:
        raise StaleVersion(kind="note", current=note.version, given=version)
    return note


def _save(note: OrderNote, name: OrderEvent, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    note.version += 1
    note.save(update_fields=["body", "before", "changed_at", "removed_at", "version"])
    record(Fact(name, f"order:{note.order_id}", f"note:{note.pk}", data), actor=actor, now=now)


def _checked(body: str) -> str:
    if not body.strip():
        raise ValueMissing(pointer="/body")
    if len(body) > MAX_NOTE:
        raise TextTooLong(pointer="/body", limit=MAX_NOTE, count=len(body))
    return body.strip()


def add_attachment(
    *, order_id: int, name: str, content: bytes, content_type: str, actor: Actor, now: datetime
) -> Attachment:
    """Keep a file with the order. Raises EmptyFile, FileTooLarge (25 MiB), NotFound."""
    actor.require(Permission.ORDERS_ORDER_CHANGE)
    upload = checked_upload(name, content, content_type, pointer="/file")
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE)
        attachment = Attachment(order=order, **upload.columns, author_label=actor.label, created_at=now)
        upload.keep(attachment, order.pk)
        fact = Fact(
            OrderEvent.ATTACHMENT_ADDED, f"order:{order.pk}", f"attachment:{attachment.pk}", {"name": upload.name}
        )
        record(fact, actor=actor, now=now)
    return attachment
