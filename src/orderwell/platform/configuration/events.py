"""What happens to settings."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class ConfigurationEvent(EventName):
    SETTING_CHANGED = "configuration.setting.changed"
    FIELD_CREATED = "configuration.field.created"
    FIELD_CHANGED = "configuration.field.changed"
    FIELD_REMOVED = "configuration.field.removed"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.SETTING_CHANGED: _("Setting {key} was changed from {before} to {after}."),
            cls.FIELD_CREATED: _("The field {key} was added."),
            cls.FIELD_CHANGED: _("The field {key} was changed."),
            cls.FIELD_REMOVED: _("The field {key} was removed."),
        }
