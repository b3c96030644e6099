"""What a screen offers to choose from: short lists that change a few times a year."""

from __future__ import annotations

from django.utils.translation import get_language

from orderwell.domains.catalog.models import Category, Channel, TaxCategory
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


def every_channel() -> list[Channel]:
    """All of them as they are now, for those who set them up."""
    return list(Channel.objects.order_by("code"))


def every_tax_category() -> list[TaxCategory]:
    return list(TaxCategory.objects.order_by("code"))


def category_choices() -> list[tuple[Category, str]]:
    """The tree in reading order, each with the names above it: "Kitchen / Cups"."""
    rows = list(Category.objects.select_related("parent").order_by("code"))
    by_id = {row.pk: row for row in rows}
    chinese = (get_language() or "").startswith("zh")

    def name(row: Category) -> str:
        return row.name_zh if chinese else row.name_en

    def path(row: Category) -> str:
        names, seen, above = [name(row)], {row.pk}, row.parent_id
        while above is not None and above not in seen:
            seen.add(above)
            names.insert(0, name(by_id[above]))
            above = by_id[above].parent_id
        return " / ".join(names)

    return sorted(((row, path(row)) for row in rows), key=lambda pair: pair[1])
