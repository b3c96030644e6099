"""What is new after an upgrade: which versions ran here, and who has put their news away."""

from __future__ import annotations

from datetime import datetime

from orderwell.platform.accounts.models import User
from orderwell.platform.learning.models import InstalledVersion, SeenNews


def note_version(*, version: str, now: datetime) -> bool:
    """Remember when this installation first ran `version`; whether it is new here."""
    _row, fresh = InstalledVersion.objects.get_or_create(version=version, defaults={"installed_at": now})
    return fresh


def has_news(*, user: User, version: str) -> bool:
    """Whether the program was upgraded to `version` after the person came, and they have not put its news away.

    Nothing is new where no version ran before: people of a demo are older than its installation.
    """
    installed = InstalledVersion.objects.filter(version=version).first()
    if installed is None or installed.installed_at <= user.created_at:
        return False
    if not InstalledVersion.objects.filter(installed_at__lt=installed.installed_at).exists():
        return False
    return not SeenNews.objects.filter(user=user, version=version).exists()


def put_away(*, user: User, version: str) -> None:
    SeenNews.objects.update_or_create(user=user, defaults={"version": version})
