"""Writing events. A fact and its event share a transaction; nothing is sent from here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import msgspec

from orderwell.kernel.money import written
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import bulk_insert
from orderwell.platform.events.models import Event
from orderwell.platform.events.subscriptions import Companion, companions, has_subscribers

_encode = msgspec.json.Encoder().encode
# Of an event that names its currency: amounts in it.
_AMOUNTS = frozenset({"amount", "total"})
_PLAIN = {str, int, bool, type(None)}


class EventName(StrEnum):
    """Base of each domain's list of events. Subclasses give every member a human sentence in `sentences()`."""

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        """Member value -> English sentence template filled from the event's data, for the timeline. Translatable."""
        raise TypeError(f"{cls.__name__} must give each of its events a sentence")


class Fact(msgspec.Struct, frozen=True):
    """One event to be written. `data` must be JSON-able; Decimal and datetime are written as text."""

    name: EventName
    stream: str
    subject: str
    data: Mapping[str, Any] = {}
    FIELDS: ClassVar[tuple[str, ...]] = (
        "name",
        "stream",
        "subject",
        "occurred_at",
        "actor_kind",
        "actor_id",
        "actor_label",
        "source",
        "address",
        "data",
        "pending",
    )


def json_safe(value: Any) -> Any:
    """Numbers as text, exactly; times in ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_safe(item) for item in value]
    return value


def _json(data: Mapping[str, Any]) -> str:
    if set(map(type, data.values())) <= _PLAIN:
        return _encode(data).decode()
    return json.dumps(json_safe(_with_amounts(data)), ensure_ascii=False)


def _with_amounts(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What names its currency has its amounts with all digits of that currency, as the API writes them."""
    if not isinstance(currency := data.get("currency"), str):
        return data
    return {key: _amount(value, currency) if key in _AMOUNTS else value for key, value in data.items()}


def _amount(value: Any, currency: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _amount(part, currency) for key, part in value.items()}
    return written(value, currency) if isinstance(value, Decimal) else value


def record(facts: Fact | Iterable[Fact], *, actor: Actor, now: datetime) -> None:
    """Write one or many events of one actor. Must run inside the transaction of the change itself."""
    record_all([(fact, actor) for fact in ((facts,) if isinstance(facts, Fact) else facts)], now=now)


def record_all(facts: Iterable[tuple[Fact, Actor]], *, now: datetime) -> None:
    """Write events of several actors with one statement, and let those that go along with the change do their part."""
    facts = list(facts)
    rows = [
        (
            str(fact.name),
            fact.stream,
            fact.subject,
            now,
            actor.kind,
            actor.id,
            actor.label,
            actor.source,
            actor.address,
            _json(fact.data),
            has_subscribers(str(fact.name)),
        )
        for fact, actor in facts
    ]
    bulk_insert(Event, Fact.FIELDS, rows)
    _accompany([fact for fact, _actor in facts], now)


def _accompany(facts: list[Fact], now: datetime) -> None:
    wanted: dict[Companion, list[Fact]] = {}
    for fact in facts:
        for companion in companions(fact.name):
            wanted.setdefault(companion, []).append(fact)
    for companion, its_facts in wanted.items():
        companion(its_facts, now)
