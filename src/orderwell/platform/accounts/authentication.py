"""From a user or a bearer key to the `Actor` that use cases take."""

from __future__ import annotations

import hashlib
import hmac
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.db.models import Q, QuerySet

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import ApiKeyExpired, ApiKeyRevoked, InvalidApiKey
from orderwell.platform.accounts.models import ApiKey, User
from orderwell.platform.accounts.scopes import expand_scopes
from orderwell.platform.accounts.services.row_scopes import limits_of
from orderwell.platform.caching import TimedCache
from orderwell.platform.database import without_waiting
from orderwell.platform.formats import day_text
from orderwell.platform.permissions import EVERYTHING
from orderwell.platform.prepared import prepared

# How finely the moment of last use is kept; a write for every request would be the slowest part of most.
LAST_USED_STEP = timedelta(minutes=1)

_PREFIX = re.compile(r"[A-Za-z0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class _KnownKey:
    actor: Actor
    name: str
    expires_at: datetime | None
    # The actor at each place it called from since: one that calls all day is not made anew each time.
    seen: dict[tuple[str, str], Actor] = field(default_factory=dict)

    def at(self, source: str, address: str) -> Actor:
        found = self.seen.get((source, address))
        if found is None:
            found = self.seen[source, address] = self.actor.via(source, address)
        return found


_keys: TimedCache[bytes, _KnownKey] = TimedCache(seconds=2.0, most=1000)


def actor_for_user(user: User, *, source: str = "web", address: str = "") -> Actor:
    """What `user` may do now, on which rows: two queries."""
    granted = _granted_to(user.pk)
    permissions = {name for names in granted for name in names if name in EVERYTHING}
    return Actor(
        kind="user",
        id=user.pk,
        label=str(user),
        permissions=frozenset(permissions),
        source=source,
        address=address,
        **limits_of(user),
    )


@prepared(int)
def _granted_to(user_id: int) -> QuerySet[Any, list[str]]:
    return User.roles.through.objects.filter(user=user_id).values_list("role__permissions", flat=True)


def actor_for_key(raw: str, *, now: datetime, source: str = "api", address: str = "") -> Actor:
    """The actor of a bearer key. Raises InvalidApiKey, ApiKeyRevoked or ApiKeyExpired.

    A key is looked up at most every two seconds in each process, and its last use is noted at most once a minute, in a
    statement of its own. Call it outside of transactions.
    """
    digest = hashlib.sha256(raw.encode()).digest()
    known = _keys.get(digest)
    if known is None:
        known = _look_up(raw, digest, now)
        _keys.put(digest, known)
    if known.expires_at is not None and known.expires_at <= now:
        raise ApiKeyExpired(name=known.name, expired_at=day_text(known.expires_at))
    return known.at(source, address)


def recent_actor(raw: str, *, now: datetime, source: str = "api", address: str = "") -> Actor | None:
    """The actor of a key that this process looked up within the last two seconds; it never asks the database."""
    known = _keys.get(hashlib.sha256(raw.encode()).digest())
    if known is None or (known.expires_at is not None and known.expires_at <= now):
        return None
    return known.at(source, address)


def forget_keys() -> None:
    """Look every key up again."""
    _keys.clear()


def _look_up(raw: str, digest: bytes, now: datetime) -> _KnownKey:
    start, _, rest = raw.partition("_")
    prefix = rest.partition("_")[0]
    key = ApiKey.objects.filter(prefix=prefix).first() if start == "ow" and _PREFIX.fullmatch(prefix) else None
    if key is None or not hmac.compare_digest(bytes(key.digest), digest):
        raise InvalidApiKey
    if key.revoked_at is not None:
        raise ApiKeyRevoked(name=key.name)
    _note_use(key, now)
    actor = Actor(
        kind="api_key",
        id=key.pk,
        label=key.name,
        permissions=frozenset(expand_scopes(key.scopes)),
        source="api",
        **limits_of(key),
    )
    return _KnownKey(actor, key.name, key.expires_at)


def _note_use(key: ApiKey, now: datetime) -> None:
    """Reading never waits for who writes: where the database is busy, the next request notes the use."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - LAST_USED_STEP)
    if key.last_used_at is None or key.last_used_at <= now - LAST_USED_STEP:
        with suppress(OperationalError), without_waiting():
            ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
