"""The health page says what is wrong in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from orderwell.kernel.clock import utc_now
from orderwell.platform.crypto.keyring import KeyRingError, read_ring
from orderwell.platform.health import examine

pytestmark = pytest.mark.django_db


def test_a_database_of_a_newer_version_is_told_in_chinese_too(browse: Callable[..., Client]) -> None:
    MigrationRecorder.Migration.objects.create(app="orders", name="9999_of_tomorrow")
    page = browse("administrator", language="zh-hans").get("/system/health/").content.decode()
    assert "本数据库由更新版本的顺单写入（含有 orders.9999_of_tomorrow）" in page and "was written by" not in page
    told = next(check for check in examine(now=utc_now()) if check.name == "migrations")
    assert "written by a newer version of Orderwell (it has orders.9999_of_tomorrow)" in told.found


def test_what_no_template_says_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match=r"cannot be read \(FileNotFoundError.*odd \{name\}") as caught:
        read_ring(tmp_path / "odd {name}")
    assert "{path}" in caught.value.template and caught.value.data["path"] == tmp_path / "odd {name}"
