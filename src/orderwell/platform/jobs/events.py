"""What happens to schedules."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class JobEvent(EventName):
    SCHEDULE_CHANGED = "jobs.schedule.changed"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {cls.SCHEDULE_CHANGED: _("Schedule {schedule} was changed.")}
