"""Telling colleagues that something waits for them. Called by the other services inside their transactions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orderwell.domains.cases.mentions import mentioned
from orderwell.domains.cases.models import Notice
from orderwell.domains.cases.naming import names_of_nobody, people_named
from orderwell.domains.cases.queries import find_document
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission

EXCERPT = 300


def notify(
    users: Iterable[User], *, kind: Notice.Kind, stream: str, subject: str, text: str, actor: Actor, now: datetime
) -> int:
    """A notice for each of `users` but the actor, once for each subject; nobody is told of what they may not see."""
    made = 0
    for user in {user.pk: user for user in users}.values():
        if (actor.kind, actor.id) == ("user", user.pk):
            continue
        try:
            title = find_document(actor_for_user(user), stream)
        except NotFound:
            continue
        values = {
            "stream": stream,
            "title": title[:80],
            "text": text[:EXCERPT],
            "actor_label": actor.label[:120],
            "created_at": now,
        }
        _, new = Notice.objects.get_or_create(user=user, kind=kind, subject=subject, defaults=values)
        made += new
    return made


def notify_mentioned(text: str, *, stream: str, subject: str, actor: Actor, now: datetime) -> int:
    """A notice for everybody whose name stands after an at sign in `text`."""
    names = mentioned(text)
    users = people_named(names) if names else []
    return notify(users, kind=Notice.Kind.MENTION, stream=stream, subject=subject, text=text, actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the names after an at sign: who is told, who may not see the document, and which names are nobody's."""

    told: list[User]
    barred: list[User]
    unknown: list[str]


def reach_of(text: str, *, stream: str, actor: Actor) -> Reach:
    names = mentioned(text)
    found = Reach([], [], names_of_nobody(text) if names else [])
    for user in {user.pk: user for user in people_named(names)}.values() if names else ():
        if (actor.kind, actor.id) == ("user", user.pk):
            continue
        try:
            find_document(actor_for_user(user), stream)
        except NotFound:
            found.barred.append(user)
        else:
            found.told.append(user)
    return found


def people_who_may(permission: Permission) -> list[User]:
    """Active users with a role that has the permission, by name."""
    rows = User.objects.filter(is_active=True).order_by("name", "username").prefetch_related("roles")
    return [user for user in rows if any(permission in role.permissions for role in user.roles.all())]


def mark_read(*, actor: Actor, now: datetime, notice_id: int | None = None) -> int:
    """Mark one of the actor's notices as read, or all of them; how many were not read before."""
    if actor.kind != "user" or actor.id is None:
        return 0
    with atomic():
        rows = Notice.objects.filter(user_id=actor.id, read_at=None)
        if notice_id is not None:
            rows = rows.filter(pk=notice_id)
        return rows.update(read_at=now)


def mark_stream_read(*, stream: str, actor: Actor, now: datetime) -> int:
    """Whoever opens a document has read what they were told about it."""
    if actor.kind != "user" or actor.id is None:
        return 0
    unread = Notice.objects.filter(user_id=actor.id, stream=stream, read_at=None)
    return unread.update(read_at=now) if unread.exists() else 0
