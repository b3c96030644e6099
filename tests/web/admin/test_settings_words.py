"""What happened to settings is told as people call them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.configuration.services import options, set_value
from orderwell.testing.markup import flat

pytestmark = pytest.mark.django_db


def test_a_change_of_a_setting_is_told_by_its_title(owner: Client, browse: Callable[..., Client]) -> None:
    figure = next(one.key for one in options() if one.title == "Times the usual quantity")
    for key, value in (("hints.missing_phone.on", False), (figure, 4)):
        set_value(key=key, value=value, actor=system_actor(), now=utc_now())
    page = flat(owner.get("/system/events/").content.decode())
    assert "from True" not in page
    assert "Setting “Missing phone” was changed from Yes to No." in page
    assert "Setting “Unusual quantity · Times the usual quantity” was changed from" in page
    chinese = browse("administrator", language="zh-hans", username="boss")
    assert "设置 “缺少电话” 由 是 改为 否。" in flat(chinese.get("/system/events/").content.decode())
