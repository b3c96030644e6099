from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from orderwell.platform.accounts.actor import Actor


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def admin() -> Actor:
    from orderwell.platform.accounts.actor import system_actor  # Django may not be set up when this file is read

    return system_actor(source="cli", label="tests")
