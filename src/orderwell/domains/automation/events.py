"""What happens to hints."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class AutomationEvent(EventName):
    """`hint` is the name of the rule; screens show its title."""

    HINT_DISMISSED = "automation.hint.dismissed"
    HINT_RESTORED = "automation.hint.restored"
    HINT_TAKEN = "automation.hint.taken"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.HINT_DISMISSED: _("Hint “{hint}” dismissed: {hint_reason}"),
            cls.HINT_RESTORED: _("Hint “{hint}” is shown again"),
            cls.HINT_TAKEN: _("Hint “{hint}” followed: {remedy}"),
        }
