from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration import kinds
from orderwell.platform.configuration.models import Setting
from orderwell.platform.configuration.services import get, options, reset, set_value
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied

pytestmark = pytest.mark.django_db
KEY = "orders.number_template"


def test_a_setting_has_its_default_until_it_is_set(admin, now) -> None:
    assert get(KEY) == "SO{value:08d}"
    assert set_value(key=KEY, value=" A{value} ", actor=admin, now=now) == "A{value}"
    assert get(KEY) == "A{value}"
    assert reset(key=KEY, actor=admin, now=now) == "SO{value:08d}"
    assert get(KEY) == "SO{value:08d}"


def test_numbers_are_written_in_capitals_as_they_are_looked_for(admin, now) -> None:
    assert set_value(key=KEY, value="Order-{value:05d}", actor=admin, now=now) == "ORDER-{value:05d}"
    with pytest.raises(InvalidValue):
        set_value(key=KEY, value="SO{value:x}", actor=admin, now=now)


def test_every_default_is_a_value_of_its_kind_and_every_setting_is_explained() -> None:
    for option in options():
        assert option.kind.read(option.kind.stored(option.default)) == option.default, option.key
        assert option.title, option.key
        assert option.help, option.key


def test_a_change_is_recorded_once_with_before_and_after(admin, now) -> None:
    set_value(key=KEY, value="A{value}", actor=admin, now=now)
    set_value(key=KEY, value="A{value}", actor=admin, now=now + timedelta(days=1))
    event = Event.objects.get(name="configuration.setting.changed")
    assert event.data == {"key": KEY, "before": "SO{value:08d}", "after": "A{value}"}
    assert Setting.objects.get().changed_by == admin.label


def test_reading_is_remembered_for_two_seconds(admin, now, monkeypatch, django_assert_num_queries) -> None:
    get(KEY)
    Setting.objects.create(key=KEY, value="B{value}", changed_at=now, changed_by="another process")
    with django_assert_num_queries(0):
        assert get(KEY) == "SO{value:08d}"
    import time

    later = time.monotonic() + 2.001
    monkeypatch.setattr("orderwell.platform.caching.time.monotonic", lambda: later)
    assert get(KEY) == "B{value}"


def test_unknown_settings_and_missing_permission_are_refused(admin, now) -> None:
    with pytest.raises(NotFound):
        get("no.such")
    with pytest.raises(NotFound):
        set_value(key="no.such", value="1", actor=admin, now=now)
    with pytest.raises(PermissionDenied):
        set_value(key=KEY, value="A{value}", actor=Actor(kind="user", id=1, label="c"), now=now)


@pytest.mark.parametrize(
    "value", ["", "SO", "SO{value", "{value.__class__}", "{other}{value}", "{value:z}", "x" * 40 + "{value}", 5]
)
def test_an_unusable_template_is_refused_and_the_old_one_stays(admin, now, value) -> None:
    with pytest.raises(InvalidValue):
        set_value(key=KEY, value=value, actor=admin, now=now)
    assert get(KEY) == "SO{value:08d}"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (kinds.whole(low=1, high=9), "7", 7),
        (kinds.yes_no(), "No", False),
        (kinds.yes_no(), True, True),
        (kinds.decimal(), "1.50", Decimal("1.50")),
        (kinds.currency(), "cny", "CNY"),
        (kinds.choice("a", "b"), "b", "b"),
        (kinds.time_zone(), "Asia/Shanghai", "Asia/Shanghai"),
        (kinds.text(), " a ", "a"),
    ],
)
def test_kinds_read_text_and_values(kind, given, expected) -> None:
    assert kind.read(given) == expected
    assert kind.read(kind.stored(kind.read(given))) == expected


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (kinds.whole(low=1, high=9), 10),
        (kinds.whole(), True),
        (kinds.whole(), "1.5"),
        (kinds.whole(), None),
        (kinds.yes_no(), "maybe"),
        (kinds.yes_no(), None),
        (kinds.decimal(), "1e99"),
        (kinds.decimal(), "NaN"),
        (kinds.decimal(), 0.1),
        (kinds.decimal(), "0.00001"),
        (kinds.decimal(), "abc"),
        (kinds.currency(), "EURO"),
        (kinds.choice("a"), "c"),
        (kinds.time_zone(), "Mars/Base"),
        (kinds.time_zone(), ["x"]),
        (kinds.text(most=3), "abcd"),
        (kinds.text(), "a\0"),
        (kinds.text(empty=False), " "),
        (kinds.text(), 5),
    ],
)
def test_kinds_refuse_what_they_cannot_be(kind, given) -> None:
    with pytest.raises((ValueError, TypeError, ArithmeticError)):
        kind.read(given)
