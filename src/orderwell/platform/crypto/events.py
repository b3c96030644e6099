"""What happens to the key ring."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class KeyRingEvent(EventName):
    ROTATED = "crypto.key-ring.rotated"
    PRUNED = "crypto.key-ring.pruned"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.ROTATED: _("Personal data was encrypted anew with key {primary} ({rows} rows)."),
            cls.PRUNED: _("Keys that nothing was encrypted with any more were removed: {removed}."),
        }
