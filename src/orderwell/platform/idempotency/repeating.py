"""Doing something once per request key, for requests that run in a transaction of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from orderwell.platform.database import atomic
from orderwell.platform.idempotency.models import RequestKey
from orderwell.platform.idempotency.services import KeyReused

FIRST_REFUSED_STATUS = 400


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    repeated: bool = False


def once(*, scope: str, key: str, fingerprint: bytes, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Run `act` unless `key` of `scope` has an answer already. Raises KeyReused when it was asked something else.

    The key is claimed first, in the transaction of the work itself: a second request with the same key waits for the
    first one to end, and a crash leaves neither work nor key. What a refused request wrote is undone, its answer is kept.
    """
    with atomic():
        try:
            with atomic():
                claim = RequestKey.objects.create(
                    scope=scope, key=key, fingerprint=fingerprint, status=0, response=b"", created_at=now
                )
        except IntegrityError:
            return _first_answer(scope, key, fingerprint)
        with atomic():
            answer = act()
            if answer.status >= FIRST_REFUSED_STATUS:
                transaction.set_rollback(True)
        RequestKey.objects.filter(pk=claim.pk).update(status=answer.status, sealed=answer.body.decode())
    return answer


def _first_answer(scope: str, key: str, fingerprint: bytes) -> Answer:
    first = RequestKey.objects.get(scope=scope, key=key)
    if bytes(first.fingerprint) != fingerprint:
        raise KeyReused(key=key)
    return Answer(first.status, first.answer, repeated=True)
