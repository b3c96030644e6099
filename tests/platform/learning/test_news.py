"""News are for people who were there before the upgrade, once."""

from __future__ import annotations

from datetime import timedelta

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.users import create_user
from orderwell.platform.learning.services.news import has_news, note_version, put_away

LONG_AGO = utc_now() - timedelta(days=90)


def somebody(username: str, *, days_later: int = 0) -> User:
    now = LONG_AGO + timedelta(days=days_later)
    return create_user(username=username, password="correct horse battery", actor=system_actor(), now=now)


def test_only_an_upgrade_brings_news_and_only_once(db: None) -> None:
    assert note_version(version="9.0", now=LONG_AGO - timedelta(seconds=1))
    assert not note_version(version="9.0", now=LONG_AGO)
    old = somebody("old")
    assert not has_news(user=old, version="9.0")  # they came with this version
    note_version(version="9.1", now=LONG_AGO + timedelta(days=10))
    new = somebody("new", days_later=20)
    assert has_news(user=old, version="9.1")
    assert not has_news(user=new, version="9.1")
    put_away(user=old, version="9.1")
    assert not has_news(user=old, version="9.1")
    note_version(version="9.2", now=LONG_AGO + timedelta(days=30))
    assert has_news(user=old, version="9.2") and has_news(user=new, version="9.2")
    assert not has_news(user=new, version="9.3")  # never ran here


def test_the_first_version_is_news_to_nobody(db: None) -> None:
    """People of a demo came a year before the installation that they are read into."""
    guided = somebody("guided")
    note_version(version="9.0", now=LONG_AGO + timedelta(days=60))
    assert not has_news(user=guided, version="9.0")
    note_version(version="9.1", now=LONG_AGO + timedelta(days=61))
    assert has_news(user=guided, version="9.1")
