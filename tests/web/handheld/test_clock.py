"""The handheld shows a worker the same clock as the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

from orderwell.platform.accounts.models import User

if TYPE_CHECKING:
    from tests.web.conftest import Company


def test_the_work_brings_the_zone_whose_clock_its_worker_is_shown(
    browse: Callable[..., Client], company: Company
) -> None:
    worker = browse("warehouse-worker")
    assert worker.get("/handheld/work/?warehouse=main").json()["zone"] == settings.TIME_ZONE
    User.objects.update(time_zone="America/New_York")
    assert worker.get("/handheld/work/?warehouse=main").json()["zone"] == "America/New_York"
