"""Sales channels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import UNSET

from orderwell.domains.catalog.drafts import ChannelDraft
from orderwell.domains.catalog.errors import CurrencyFixed
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Channel
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.kernel.errors import DomainError, InvalidValue
from orderwell.kernel.refusals import ValueMissing, currency_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import apply, code_and_name_problems, complete_names, refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission

# What changes a channel; its buffers are told on the same timeline.
CHANGES = (CatalogEvent.CHANNEL_CREATED, CatalogEvent.CHANNEL_CHANGED)
_COLUMNS = {
    "name_zh": "name_zh",
    "name_en": "name_en",
    "currency": "currency",
    "prices_include_tax": "prices_include_tax",
    "shortage": "shortage",
    "warehouses": "warehouse_codes",
    "active": "active",
}


@find_if_taken
def save_channel(draft: ChannelDraft, *, version: int | None = None, actor: Actor, now: datetime) -> Channel:
    """Create or change the channel `draft.code`. Its currency is fixed at the start: reports add up by channel."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    with atomic():
        channel = Channel.objects.select_for_update().filter(code=draft.code).first()
        actor.require_row("channel", channel.pk if channel else None)
        if channel is not None:
            require_version(version, f"channel:{channel.pk}", kind="channel", names=CHANGES)
        refuse(_problems(draft, channel))
        created = channel is None
        channel = channel or Channel(code=draft.code)
        changes = apply(channel, draft, _COLUMNS)
        complete_names(channel)
        if created or changes:
            channel.save()
            name = CatalogEvent.CHANNEL_CREATED if created else CatalogEvent.CHANNEL_CHANGED
            subject = f"channel:{channel.pk}"
            record(Fact(name, subject, subject, {"code": channel.code, "changes": changes}), actor=actor, now=now)
    forget_reference()
    return channel


def _problems(draft: ChannelDraft, channel: Channel | None) -> Iterator[DomainError]:
    yield from code_and_name_problems(draft, limit=40)
    if draft.currency is UNSET:
        if channel is None:
            yield ValueMissing(pointer="/currency")
    elif channel is not None and draft.currency != channel.currency:
        yield CurrencyFixed(pointer="/currency", channel=channel.code, currency=channel.currency)
    else:
        yield from currency_problems(draft.currency, "/currency")
    if draft.shortage is not UNSET and draft.shortage not in Channel.Shortage.values:
        yield InvalidValue(
            pointer="/shortage", value=draft.shortage[:20], expected=" or ".join(Channel.Shortage.values)
        )
