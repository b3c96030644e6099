"""What users choose for their own screen."""

from __future__ import annotations

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.models import User


def set_preferences(
    *,
    user_id: int,
    language: str | None = None,
    theme: str | None = None,
    time_zone: str | None = None,
    desk: str | None = None,
) -> None:
    """Change what is given; what is None stays. Nobody else is affected, so it needs no permission and leaves no event."""
    chosen = {"language": language, "theme": theme, "time_zone": time_zone, "desk": desk}
    values = {name: value for name, value in chosen.items() if value is not None}
    if values and not User.objects.filter(pk=user_id).update(**values):
        raise NotFound(kind="user", reference=user_id)
