"""Repeating a request gives the first answer again. The answer is stored in the transaction of the change it tells of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import IntegrityError

from orderwell.kernel.errors import DomainError
from orderwell.platform.crypto import decrypt
from orderwell.platform.database import atomic, bulk_insert
from orderwell.platform.idempotency.models import RequestKey
from orderwell.platform.statements import fetch

Row = tuple[str, str, bytes, int, bytes]
KEPT = timedelta(days=30)
MOST_AT_ONCE = 5000
_ANSWERS = """
SELECT scope, key, fingerprint, status, response, sealed FROM idempotency_requestkey WHERE scope IN (%s) AND key IN (%s)
"""
_FIELDS = ("scope", "key", "fingerprint", "status", "response", "created_at")
_SEALED_FIELDS = (*_FIELDS, "sealed")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    message = "The request key {key} was already used for another request. Use a new key for a new request."


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time."""

    fingerprint: bytes
    status: int
    response: bytes


def fingerprint(*parts: bytes) -> bytes:
    """What tells one request from another: method, path and body, hashed together."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def lookup(*, scope: str, key: str, fingerprint: bytes) -> Answer | None:
    """The first answer to this request, or None. Raises KeyReused when the key belongs to another request."""
    answer = answers_for([(scope, key)]).get((scope, key))
    if answer is not None and answer.fingerprint != fingerprint:
        raise KeyReused(key=key)
    return answer


def answers_for(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Answer]:
    """Stored answers of many (scope, key) pairs, with one query. The caller compares the fingerprints."""
    asked = set(pairs)
    rows = fetch(_ANSWERS, {scope for scope, _ in asked}, {key for _, key in asked})
    return {
        (scope, key): Answer(bytes(stored), status, RequestKey(response=response, sealed=_opened(sealed)).answer)
        for scope, key, stored, status, response, sealed in rows
        if (scope, key) in asked
    }


def _opened(sealed: bytes | memoryview | None) -> str | None:
    return None if sealed is None else decrypt(sealed, RequestKey.SEALED_AS)


def save_many(rows: Sequence[Row], *, now: datetime, telling: Sequence[Row] = ()) -> None:
    """Store answers as (scope, key, fingerprint, status, response), in the transaction of the changes themselves.

    Those of `telling` may tell of people and are sealed; `rows` tell of nobody. Raises IntegrityError when another
    transaction stored one of them meanwhile: roll back, and look again.
    """
    if rows:
        bulk_insert(RequestKey, _FIELDS, [(*row, now) for row in rows])
    if telling:
        bulk_insert(RequestKey, _SEALED_FIELDS, [(*row, b"", now, answer.decode()) for *row, answer in telling])


def once(
    work: Callable[[], tuple[int, bytes]], *, scope: str, key: str, fingerprint: bytes, now: datetime
) -> tuple[Answer, bool]:
    """Do `work` unless this request was answered before; the answer, and whether it is a repetition.

    `work` returns status and body and runs in one transaction with the storing of its answer. When it raises, nothing is
    stored and the request may be tried again with the same key.
    """
    if stored := lookup(scope=scope, key=key, fingerprint=fingerprint):
        return stored, True
    try:
        with atomic():
            status, response = work()
            save_many([], telling=[(scope, key, fingerprint, status, response)], now=now)
    except IntegrityError:
        # The same request, sent twice at the same moment: the other one was first.
        if stored := lookup(scope=scope, key=key, fingerprint=fingerprint):
            return stored, True
        raise
    return Answer(fingerprint, status, response), False


def forget_old_answers(*, now: datetime) -> int:
    """Delete answers older than 30 days, a few thousand per transaction so that nobody waits; the number deleted.

    Answers are looked at as they were stored, oldest first, up to the first that is still kept: an index by age would
    cost every order more than this saves once a day.
    """
    deleted = 0
    while True:
        first = RequestKey.objects.order_by("pk").values_list("pk", "created_at")[:MOST_AT_ONCE]
        old = [pk for pk, _ in takewhile(lambda row: row[1] < now - KEPT, first)]
        if not old:
            return deleted
        with atomic():
            deleted += RequestKey.objects.filter(pk__in=old).delete()[0]
