from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orderwell.platform.accounts.actor import Actor, system_actor


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def admin() -> Actor:
    return system_actor(source="cli", label="tests")
