"""What happens to goods on their way out and back, with the sentence an order's timeline shows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class FulfilmentEvent(EventName):
    SHIPPED = "fulfilment.shipment.shipped"
    TRACKING_SET = "fulfilment.shipment.tracking-set"
    DELIVERED = "fulfilment.shipment.delivered"
    RETURNED = "fulfilment.return.recorded"
    SETTLED = "fulfilment.return.settled"
    REOPENED = "fulfilment.return.reopened"
    RETURN_UNDONE = "fulfilment.return.undone"
    RETURNS_REMOVED = "fulfilment.return.removed"
    PICKED_SHORT = "fulfilment.pick.short"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return _SENTENCES


_SENTENCES: dict[str, str] = {
    FulfilmentEvent.SHIPPED: _("Shipment {number} left {warehouse}"),
    FulfilmentEvent.TRACKING_SET: _("Tracking of shipment {number} set: {carrier} {tracking_number}"),
    FulfilmentEvent.DELIVERED: _("Shipment {number} delivered"),
    FulfilmentEvent.RETURNED: _("Return {number} over {amount} {currency} received: {reason}"),
    FulfilmentEvent.SETTLED: _("Nothing to credit for return {number}: {reason}"),
    FulfilmentEvent.REOPENED: _("Return {number} waits for its credit note again: {reason}"),
    FulfilmentEvent.RETURN_UNDONE: _("Return {number} over {amount} {currency} undone: {reason}"),
    FulfilmentEvent.RETURNS_REMOVED: _("{count} past returns removed that were recorded by mistake"),
    FulfilmentEvent.PICKED_SHORT: _("Picked short in {warehouse}: {found} of {wanted} {sku} found ({reason})"),
}
