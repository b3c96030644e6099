"""Moments as short as they can be without ambiguity, in full on hover."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString

from orderwell.web.components.markup import safe


def moments() -> Callable[[datetime], SafeString]:
    """What shows a moment, for all of one page: as of now and in the time zone of the reader."""
    zone = timezone.get_current_timezone()
    today = datetime.now(zone).date().isoformat()

    def shown(value: datetime) -> SafeString:
        local = value.astimezone(zone)
        full = local.isoformat(" ", "seconds")[:19]
        if full[:10] == today:
            short = full[11:16]
        elif full[:4] == today[:4]:
            short = full[5:16]
        else:
            short = full[:10]
        name = safe(local.tzname() or "")
        return SafeString(f'<time datetime="{value.isoformat()}" title="{full} {name}">{short}</time>')

    return shown
