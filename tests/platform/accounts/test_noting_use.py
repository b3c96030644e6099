"""Whoever reads with a key does not wait for somebody who writes."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from orderwell.platform.accounts.authentication import actor_for_key, forget_keys
from orderwell.platform.accounts.models import ApiKey
from orderwell.platform.accounts.services.api_keys import create_key
from orderwell.platform.database import atomic

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_a_key_is_known_while_the_database_is_being_written(admin: Any, now: Any) -> None:
    key, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)
    taken, finished = threading.Event(), threading.Event()

    def write() -> None:
        with atomic():
            ApiKey.objects.create(name="other", prefix="other", digest=b"x", scopes=[], created_at=now)
            taken.set()
            finished.wait(90)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert taken.wait(30)
    later = now + timedelta(hours=1)
    try:
        assert actor_for_key(raw, now=later).id == key.pk
        key.refresh_from_db()
        if connection.vendor == "sqlite":
            assert key.last_used_at is None
    finally:
        finished.set()
        writer.join()
    forget_keys()
    actor_for_key(raw, now=later)
    key.refresh_from_db()
    assert key.last_used_at == later
