"""What a screen offers to choose from: short lists that change a few times a year."""

from __future__ import annotations

from orderwell.domains.catalog.models import Channel
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.caching import TimedCache

_channels: TimedCache[str, dict[int, Channel]] = TimedCache(seconds=2.0, most=1)


def channel_names() -> dict[int, Channel]:
    """All channels by id, also those no longer active: old orders came through them."""
    found = _channels.get("all")
    if found is None:
        found = {channel.pk: channel for channel in Channel.objects.order_by("code")}
        _channels.put("all", found)
    return found


def visible_channels(actor: Actor, *, active_only: bool = False) -> list[Channel]:
    """The channels whose orders the actor may see."""
    allowed = actor.channel_ids
    return [
        channel
        for channel in channel_names().values()
        if (allowed is None or channel.pk in allowed) and (channel.active or not active_only)
    ]
