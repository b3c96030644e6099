"""Settings that an administrator changes while the system runs: declared in code with type and default, kept as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.caching import TimedCache
from orderwell.platform.configuration.events import ConfigurationEvent
from orderwell.platform.configuration.kinds import Kind
from orderwell.platform.configuration.models import Setting
from orderwell.platform.database import atomic, snapshot
from orderwell.platform.events.models import Event
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import Version, require_version, version_of
from orderwell.platform.permissions import Permission


@dataclass(frozen=True)
class Option:
    """A setting that exists. `title` and `help` are English texts and translation keys."""

    key: str
    kind: Kind
    default: Any
    title: str
    help: str


_options: dict[str, Option] = {}
_values: TimedCache[str, dict[str, Any]] = TimedCache(seconds=2.0, most=1)


def declare(key: str, kind: Kind, default: Any, title: str, help: str) -> None:  # noqa: A002  the word people know
    """Declare the setting `key` ("orders.number_template"). Call it from a domain's options.py."""
    _options[key] = Option(key, kind, kind.read(default), title, help)


def options() -> list[Option]:
    """Every declared setting, by key."""
    return [_options[key] for key in sorted(_options)]


def get(key: str) -> Any:
    """The value of a setting, at most two seconds old; its default when it was never set."""
    option = _option(key)
    values = _values.get("all")
    if values is None:
        values = dict(Setting.objects.values_list("key", "value"))
        _values.put("all", values)
    return option.kind.read(values[key]) if key in values else option.default


def values_ever(key: str) -> list[Any]:
    """What the setting is, first, and everything that it was before, each once."""
    changes = Event.objects.filter(stream=stream_of(key), name=ConfigurationEvent.SETTING_CHANGED).order_by("-pk")
    # The name of a stream is cut off, so that two settings may share one.
    told = [data for data in changes.values_list("data", flat=True) if data["key"] == key]
    before = [each for data in told for each in (data["after"], data["before"])]
    found: list[Any] = []
    for value in [get(key), *before, _option(key).default]:
        if value not in found:
            found.append(value)
    return found


def newest(*keys: str) -> tuple[dict[str, Any], Version]:
    """The values of settings as they are this moment, for a form that changes them, and their version."""
    found = [_option(key) for key in keys]
    with snapshot():
        rows = dict(Setting.objects.filter(key__in=keys).values_list("key", "value"))
        version = version_of(*map(stream_of, keys))
    values = {
        option.key: option.kind.read(rows[option.key]) if option.key in rows else option.default for option in found
    }
    return values, version


def lock_settings(*keys: str, version: int | None, now: datetime) -> None:
    """Raises StaleVersion unless the settings are as `newest` told with this version; nobody changes them meanwhile."""
    if version is None:
        return
    for key in sorted(keys):
        option = _option(key)
        # Two that change a setting for the first time wait for each other too.
        fields = {"value": option.kind.stored(option.default), "changed_at": now, "changed_by": ""}
        Setting.objects.get_or_create(key=key, defaults=fields)
    list(Setting.objects.select_for_update().filter(key__in=keys).order_by("key"))
    require_version(version, *map(stream_of, keys), kind=_("setting"))


def set_value(*, key: str, value: Any, version: int | None = None, actor: Actor, now: datetime) -> Any:
    """Change a setting. `value` may be text; what is stored is what `get` returns, and that is returned.

    `version` is that of `newest`; raises StaleVersion when it is not the current one.
    """
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    option = _option(key)
    try:
        fresh = option.kind.read(value)
    except (ValueError, TypeError, ArithmeticError):
        raise InvalidValue(value=repr(value), expected=option.kind.expected, pointer="/value") from None
    return _write(option, option.kind.stored(fresh), actor, now, version)


def reset(*, key: str, actor: Actor, now: datetime) -> Any:
    """Go back to the default."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    return _write(_option(key), None, actor, now)


def stream_of(key: str) -> str:
    return f"setting:{key}"[:40]


def _write(option: Option, stored: Any, actor: Actor, now: datetime, version: int | None = None) -> Any:
    with atomic():
        lock_settings(option.key, version=version, now=now)
        row = Setting.objects.select_for_update().filter(key=option.key).first()
        before = option.default if row is None else option.kind.read(row.value)
        if stored is None:
            after = option.default
            Setting.objects.filter(key=option.key).delete()
        else:
            after = option.kind.read(stored)
            fields = {"value": stored, "changed_at": now, "changed_by": actor.label[:120]}
            Setting.objects.update_or_create(key=option.key, defaults=fields)
        if after != before:
            subject = stream_of(option.key)
            data = {"key": option.key, "before": before, "after": after}
            record(Fact(ConfigurationEvent.SETTING_CHANGED, subject, subject, data), actor=actor, now=now)
    _values.clear()
    return after


def _option(key: str) -> Option:
    try:
        return _options[key]
    except KeyError:
        raise NotFound(kind=_("setting"), reference=key) from None
