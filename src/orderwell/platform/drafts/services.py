"""Keeping, finding and forgetting drafts. Everybody sees only their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from orderwell.kernel.errors import DomainError, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.drafts.models import Draft
from orderwell.platform.prepared import prepared

KEPT = timedelta(days=30)
MOST = 50
MAX_CONTENT = 1_000_000
KEY_LENGTH = 64
AT_ONCE = 1000


class DraftTooLarge(DomainError):
    code = "draft_too_large"
    message = "This draft is too large to be kept ({size} characters, at most {limit}). Send it, or split it."


@dataclass(frozen=True, slots=True)
class KeptDraft:
    key: str
    content: dict[str, Any]
    version: int
    updated_at: datetime


def save_draft(
    *, kind: str, key: str, content: dict[str, Any], version: int, actor: Actor, now: datetime
) -> int | None:
    """Keep `content`; the new version, or None when the draft was finished meanwhile and there is nothing to keep.

    `version` is the one this page has seen, 0 for the first save. Raises StaleVersion when another page saved the same
    draft meanwhile: nothing is overwritten, the caller keeps its own under a new key. Raises DraftTooLarge.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if len(text) > MAX_CONTENT:
        raise DraftTooLarge(size=len(text), limit=MAX_CONTENT)
    mine = _of(actor, kind)
    key = key[:KEY_LENGTH]
    try:
        with atomic():
            known = mine.filter(key=key).select_for_update().first()
            if known is None:
                Draft.objects.create(
                    user_id=_person(actor), kind=kind, key=key, content=text, created_at=now, updated_at=now
                )
                _drop_surplus(actor, kind)
                return 1
            if known.finished:
                return None
            if known.version != version:
                raise StaleVersion(kind="draft", current=known.version, given=version)
            known.content, known.version, known.updated_at = text, version + 1, now
            known.save(update_fields=["content", "version", "updated_at"])
            return version + 1
    except IntegrityError:
        raise StaleVersion(kind="draft", current=1, given=version) from None


def drafts_of(*, kind: str, actor: Actor) -> list[KeptDraft]:
    """The unfinished drafts of the actor, the newest first."""
    return [_kept(row) for row in _unfinished(actor.id, kind)] if actor.kind == "user" and actor.id is not None else []


@prepared(int, str)
def _unfinished(user_id: int, kind: str) -> QuerySet[Draft]:
    return Draft.objects.filter(user_id=user_id, kind=kind, finished=False).order_by("-updated_at", "-id")[:MOST]


def draft_of(*, kind: str, key: str, actor: Actor) -> KeptDraft | None:
    row = _of(actor, kind).filter(key=key[:KEY_LENGTH], finished=False).first()
    return _kept(row) if row else None


def finish_draft(*, kind: str, key: str, actor: Actor, now: datetime) -> None:
    """What was typed became an order, or was thrown away: its content is gone, and no late save brings it back."""
    if not key or actor.kind != "user":
        return
    Draft.objects.update_or_create(
        user_id=_person(actor),
        kind=kind,
        key=key[:KEY_LENGTH],
        defaults={"content": "", "finished": True, "updated_at": now},
        create_defaults={"content": "", "finished": True, "created_at": now, "updated_at": now},
    )


def forget_old_drafts(*, now: datetime) -> int:
    """Delete what nobody touched for 30 days, some at a time; the number deleted."""
    deleted = 0
    while old := list(Draft.objects.filter(updated_at__lt=now - KEPT).values_list("pk", flat=True)[:AT_ONCE]):
        deleted += Draft.objects.filter(pk__in=old).delete()[0]
    return deleted


def _person(actor: Actor) -> int:
    if actor.kind != "user" or actor.id is None:
        raise ValueError("only people have drafts")
    return actor.id


def _of(actor: Actor, kind: str) -> QuerySet[Draft]:
    """Only people have drafts; a key or the system itself has none."""
    rows = Draft.objects.filter(kind=kind)
    return rows.filter(user_id=actor.id) if actor.kind == "user" and actor.id is not None else rows.none()


def _kept(row: Draft) -> KeptDraft:
    return KeptDraft(row.key, json.loads(row.content), row.version, row.updated_at)


def _drop_surplus(actor: Actor, kind: str) -> None:
    surplus = list(_of(actor, kind).filter(finished=False).order_by("-updated_at", "-id").values_list("pk")[MOST:])
    Draft.objects.filter(pk__in=[pk for (pk,) in surplus]).delete()
