"""What can happen to price lists."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class PriceEvent(EventName):
    LIST_CREATED = "prices.list.created"
    LIST_CHANGED = "prices.list.changed"
    LIST_ARCHIVED = "prices.list.archived"
    LIST_RESTORED = "prices.list.restored"
    LIST_COPIED = "prices.list.copied"
    ENTRIES_CHANGED = "prices.entries.changed"
    CHANGE_UNDONE = "prices.change.undone"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.LIST_CREATED: _("Price list {code} created"),
            cls.LIST_CHANGED: _("Price list {code} changed"),
            cls.LIST_ARCHIVED: _("Price list {code} archived: it applies to no new order"),
            cls.LIST_RESTORED: _("Price list {code} in use again"),
            cls.LIST_COPIED: _("Price list {code} made from {source} with {percent} %, {count} prices"),
            cls.ENTRIES_CHANGED: _("{count} prices of the list {code} set, change {number}"),
            cls.CHANGE_UNDONE: _("Change {number} of the price list {code} undone"),
        }
