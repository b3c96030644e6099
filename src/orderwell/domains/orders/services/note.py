"""Notes and files on an order."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile

from orderwell.domains.orders.errors import EmptyFile, FileTooLarge, TextTooLong, ValueMissing
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Attachment, OrderNote
from orderwell.domains.orders.services.loading import lock_order
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MAX_NOTE = 10_000
MAX_FILE = 25 * 1024 * 1024


def add_note(*, order_id: int, body: str, actor: Actor, now: datetime) -> OrderNote:
    """Raises ValueMissing, TextTooLong, NotFound."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    if not body.strip():
        raise ValueMissing(pointer="/body")
    if len(body) > MAX_NOTE:
        raise TextTooLong(pointer="/body", limit=MAX_NOTE, count=len(body))
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_VIEW)
        note = OrderNote.objects.create(order=order, body=body.strip(), author_label=actor.label, created_at=now)
        fact = Fact(OrderEvent.NOTE_ADDED, f"order:{order.pk}", f"note:{note.pk}", {"body": note.body[:500]})
        record(fact, actor=actor, now=now)
    return note


def add_attachment(
    *, order_id: int, name: str, content: bytes, content_type: str, actor: Actor, now: datetime
) -> Attachment:
    """Keep a file with the order. Raises EmptyFile, FileTooLarge (25 MiB), NotFound."""
    actor.require(Permission.ORDERS_ORDER_CHANGE)
    shown = PurePath(name.replace("\\", "/")).name[:240] or "file"
    if not content:
        raise EmptyFile(pointer="/file", name=shown)
    if len(content) > MAX_FILE:
        raise FileTooLarge(pointer="/file", size=len(content), limit=MAX_FILE)
    digest = hashlib.sha256(content).hexdigest()
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE)
        attachment = Attachment(
            order=order,
            name=shown,
            content_type=content_type[:120],
            size=len(content),
            sha256=digest,
            author_label=actor.label,
            created_at=now,
        )
        # Stored under a name of our own, so that nothing in the sender's name can matter to the file system.
        attachment.file.save(f"{order.pk}-{digest[:16]}{PurePath(shown).suffix[:10]}", ContentFile(content), save=False)
        attachment.save()
        fact = Fact(OrderEvent.ATTACHMENT_ADDED, f"order:{order.pk}", f"attachment:{attachment.pk}", {"name": shown})
        record(fact, actor=actor, now=now)
    return attachment
