"""Short lists of accounts that a screen offers to choose from."""

from __future__ import annotations

from orderwell.platform.accounts.models import Team, User


def people() -> list[User]:
    """Those who can sign in, by name."""
    return sorted(User.objects.filter(is_active=True)[:500], key=str)


def teams() -> list[Team]:
    return list(Team.objects.order_by("name"))
