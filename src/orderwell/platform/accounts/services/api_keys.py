"""API keys: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from orderwell.kernel.errors import InvalidValue, NotFound, refuse_together
from orderwell.kernel.identifiers import random_token
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import forget_keys
from orderwell.platform.accounts.events import AccountEvent
from orderwell.platform.accounts.models import ApiKey
from orderwell.platform.accounts.scopes import expand_scopes
from orderwell.platform.accounts.services.roles import require_own
from orderwell.platform.accounts.services.row_scopes import Limits, holders_within, limits_to_give, set_limits
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

PREFIX_LENGTH = 8
SECRET_LENGTH = 40


def create_key(
    *,
    name: str,
    scopes: Sequence[str],
    limits: Limits | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[ApiKey, str]:
    """A key for another program, and its secret text, which is never shown again."""
    actor.require(Permission.SYSTEM_API_KEY_MANAGE)
    name = name.strip()
    if not name or len(name) > 80:
        raise InvalidValue(value=name, expected=_("a name of 1 to 80 characters"), pointer="/name")
    refuse_together(text_problems(name, "/name", 80))
    if not scopes:
        raise InvalidValue(value="[]", expected=_("at least one scope"), pointer="/scopes")
    if expires_at is not None and expires_at <= now:
        raise InvalidValue(value=expires_at.isoformat(), expected=_("a moment in the future"), pointer="/expires_at")
    require_own(actor, expand_scopes(scopes))
    given = limits_to_give(limits or {}, actor=actor)
    prefix = random_token(PREFIX_LENGTH)
    raw = f"ow_{prefix}_{random_token(SECRET_LENGTH)}"
    with atomic():
        key = ApiKey.objects.create(
            name=name,
            prefix=prefix,
            digest=hashlib.sha256(raw.encode()).digest(),
            scopes=list(scopes),
            created_at=now,
            created_by=actor.label[:120],
            expires_at=expires_at,
        )
        set_limits(key, given)
        _record(AccountEvent.KEY_CREATED, key, actor, now)
    return key, raw


def revoke_key(*, key_id: int, actor: Actor, now: datetime) -> ApiKey:
    """End a key: at once in this process, within two seconds in others. Revoking twice changes nothing."""
    actor.require(Permission.SYSTEM_API_KEY_MANAGE)
    with atomic():
        key = holders_within(ApiKey.objects.select_for_update(), actor).filter(pk=key_id).first()
        if key is None:
            raise NotFound(kind=_("API key"), reference=key_id)
        if key.revoked_at is None:
            key.revoked_at = now
            key.save(update_fields=["revoked_at"])
            _record(AccountEvent.KEY_REVOKED, key, actor, now)
    forget_keys()
    return key


def list_keys(*, actor: Actor) -> list[ApiKey]:
    actor.require(Permission.SYSTEM_API_KEY_MANAGE)
    return list(holders_within(ApiKey.objects.order_by("id"), actor))


def _record(event: AccountEvent, key: ApiKey, actor: Actor, now: datetime) -> None:
    subject = f"api_key:{key.pk}"
    data = {"name": key.name, "prefix": key.prefix, "scopes": key.scopes, "expires_at": key.expires_at}
    record(Fact(event, subject, subject, data), actor=actor, now=now)
