"""Files that were handed in hold addresses in clear, so they are kept only as long as somebody may go on with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.storing import FOLDER

KEPT = timedelta(days=30)
# A process that died in one of these goes on from where it stopped, however late.
_UNDER_WAY = ("running", "undoing")


def forget_old_files(*, now: datetime) -> int:
    """Delete the files of imports that nobody ran for 30 days, and those that became no import; the number deleted.

    Verdicts, totals and undoing need no file. The same file may be handed in again at any time.
    """
    since = now - KEPT
    # Files first: one that is handed in again meanwhile is younger by then, or its batch is found.
    old = [path for path in (Path(settings.MEDIA_ROOT) / FOLDER).glob("*/*") if _moment(path) < since.timestamp()]
    recent = Q(created_at__gt=since) | Q(resumed_at__gt=since) | Q(finished_at__gt=since)
    needed = ImportBatch.objects.filter(recent | Q(state__in=_UNDER_WAY)).values_list("file_path", flat=True)
    wanted = {Path(settings.MEDIA_ROOT) / name for name in needed}
    deleted = 0
    for path in old:
        if path not in wanted and _moment(path) < since.timestamp():
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _moment(path: Path) -> float:
    """When it was handed in last; never, where it is gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
