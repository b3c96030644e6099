"""What happens to settings."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class ConfigurationEvent(EventName):
    SETTING_CHANGED = "configuration.setting.changed"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {cls.SETTING_CHANGED: _("Setting {key} was changed from {before} to {after}.")}
