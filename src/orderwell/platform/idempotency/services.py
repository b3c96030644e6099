"""Repeatable requests: the second time returns the first answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwell.kernel.errors import DomainError
from orderwell.platform.database import bulk_insert
from orderwell.platform.idempotency.models import RequestKey


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    message = "The request key {key} was used before for a different request. Use a new key for a new request."


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    fingerprint: bytes
    status: int
    response: bytes


def answers_for(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], StoredAnswer]:
    """First answers by (scope, key), with one query; pairs never seen are left out."""
    if not pairs:
        return {}
    rows = RequestKey.objects.filter(
        scope__in={scope for scope, _ in pairs}, key__in=[key for _, key in pairs]
    ).values_list("scope", "key", "fingerprint", "status", "response")
    return {
        (scope, key): StoredAnswer(bytes(fingerprint), status, bytes(response))
        for scope, key, fingerprint, status, response in rows
        if (scope, key) in pairs
    }


def save_many(rows: Sequence[tuple[str, str, bytes, int, bytes]], *, now: datetime) -> None:
    """Keep (scope, key, fingerprint, status, response), in the transaction that did what was asked."""
    bulk_insert(
        RequestKey,
        ("scope", "key", "fingerprint", "status", "response", "created_at"),
        [(*row, now) for row in rows],
    )
