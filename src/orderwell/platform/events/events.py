"""What people do to deliveries."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class DeliveryEvent(EventName):
    REPLAYED = "events.delivery.replayed"
    DISCARDED = "events.delivery.discarded"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.REPLAYED: _("The delivery of {event} to {subscriber} was started again."),
            cls.DISCARDED: _("The delivery of {event} to {subscriber} was given up."),
        }
