"""What is done to many customers at once, with a verdict for each and a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.customers.services.save_customer import save_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.search.keys import normalise
from orderwell.platform.views.sources import RowVerdict

Memory = Mapping[str, Any]
Remembered = Sequence[tuple[int, Memory]]


def tag_customers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    tag = str(data["tag"]).strip()
    return _save(ids, change=lambda row: {"tags": (*_tags(row), *({tag} - set(_tags(row))))}, actor=actor, now=now)


def untag_customers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    key = normalise(str(data["tag"]))
    return _save(
        ids,
        change=lambda row: {"tags": tuple(name for name in _tags(row) if normalise(name) != key)},
        actor=actor,
        now=now,
    )


def group_customers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _save(ids, change=lambda row: {"group": data.get("group") or None}, actor=actor, now=now)


def own_customers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _save(ids, change=lambda row: {"owner": data.get("owner") or None}, actor=actor, now=now)


def archive_customers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _save(ids, change=lambda row: {"active": False}, actor=actor, now=now)


def activate_customers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _save(ids, change=lambda row: {"active": True}, actor=actor, now=now)


def restore_customers(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    """Each as it was in what the action had changed."""
    memories = {pk: {**memory} for pk, memory in rows}
    for memory in memories.values():
        if "tags" in memory:
            memory["tags"] = tuple(memory["tags"])
    return _save(list(memories), change=lambda row: memories[row.pk], actor=actor, now=now)


def _tags(row: Customer) -> tuple[str, ...]:
    return tuple(sorted(tag.name for tag in row.tags.all()))


def _before(row: Customer) -> dict[str, Any]:
    return {
        "tags": list(_tags(row)),
        "group": row.group.code if row.group else None,
        "owner": row.owner.username if row.owner else None,
        "active": row.active,
    }


def _save(
    ids: Sequence[int], *, change: Callable[[Customer], Mapping[str, Any]], actor: Actor, now: datetime
) -> list[RowVerdict]:
    rows = visible_customers(actor).filter(pk__in=ids).select_related("group", "owner").prefetch_related("tags")
    known = {row.pk: row for row in rows}
    wanted = {pk: change(known[pk]) for pk in ids if pk in known}
    drafts = [CustomerDraft(number=known[pk].number, **values) for pk, values in wanted.items()]
    found = dict(zip(wanted, save_customers(drafts, actor=actor, now=now), strict=True))
    verdicts = []
    for pk in ids:
        if pk not in known:
            missing = NotFound(kind="customer", reference=str(pk))
            verdicts.append(RowVerdict(pk, f"#{pk}", "refused", tuple(missing.details)))
            continue
        verdict, name = found[pk], known[pk].name
        if verdict.refused:
            verdicts.append(RowVerdict(pk, name, "refused", verdict.errors))
        else:
            before = _before(known[pk])
            memory = {key: before[key] for key in wanted[pk]}
            verdicts.append(
                RowVerdict(pk, name, "unchanged" if verdict.outcome == "unchanged" else "done", memory=memory)
            )
    return verdicts
