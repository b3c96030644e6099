"""Results of tours: the better one is kept."""

from __future__ import annotations

from datetime import datetime

from orderwell.platform.database import atomic
from orderwell.platform.learning.models import TourResult


def keep_result(
    *, user_id: int, tour: str, points: int, most: int, tasks: int, hints: int, seconds: int, finished_at: datetime
) -> bool:
    """Keep a result unless a better one is there already; whether it was kept. The same one twice changes nothing."""
    with atomic():
        row = TourResult.objects.select_for_update().filter(user_id=user_id, tour=tour).first()
        if row is not None and (row.points, -row.seconds) >= (points, -seconds):
            return False
        fields = {"points": points, "most": most, "tasks": tasks, "hints": hints, "seconds": seconds}
        TourResult.objects.update_or_create(user_id=user_id, tour=tour, defaults={**fields, "finished_at": finished_at})
    return True
