"""Is this installation in order? Every check says what it found and, when something is wrong, what to do next."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import InstallationFault, fill
from orderwell.platform.caching import TimedCache
from orderwell.platform.crypto.keyring import ring_path
from orderwell.platform.crypto.proofs import check_proofs
from orderwell.platform.database import is_postgresql
from orderwell.platform.events.queries import backlog, newest_moment
from orderwell.platform.faults import fault_of
from orderwell.platform.installation import pending_migrations
from orderwell.platform.jobs.heartbeats import living
from orderwell.platform.jobs.models import Schedule

OK, WARNING, PROBLEM = "ok", "warning", "problem"
LEAST_FREE_BYTES = 1 << 30
LEAST_POSTGRESQL = 15_00_00
MOST_CLOCK_DIFFERENCE = timedelta(seconds=2)
MOST_EVENT_LAG = timedelta(minutes=1)


@dataclass(frozen=True)
class Check:
    """What was looked at, what was found, and what to do about it, which is empty when the state is ok.

    `found` and `next_step` are English; a screen translates the templates and fills them from `data`. A warning does not
    make the installation unfit.
    """

    name: str
    state: str
    template: str
    step_template: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> str:
        return fill(self.template, self.data)

    @property
    def next_step(self) -> str:
        return fill(self.step_template, self.data)

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "state": self.state, "found": self.found, "next_step": self.next_step}


def examine(*, now: datetime) -> list[Check]:
    """Run every check. One that cannot run is a problem itself and doesn't keep the others from running."""
    checks = _safely("database", _database, now)
    reachable = not any(check.step_template == _START_DATABASE for check in checks)
    for name, run in _CHECKS.items():
        if reachable or name not in _NEED_DATABASE:
            checks += _safely(name, run, now)
        else:
            checks.append(Check(name, PROBLEM, _("not looked at: the database does not answer"), _START_DATABASE))
    return checks


def _safely(name: str, run: Callable[[datetime], Iterator[Check]], now: datetime) -> list[Check]:
    try:
        return list(run(now)) or [Check(name, OK, "")]
    except InstallationFault as error:
        return [
            Check(
                name,
                PROBLEM,
                error.template,
                _("Do what the message says, then run `orderwell doctor` again."),
                error.data,
            )
        ]
    except Error as error:
        return [Check(name, PROBLEM, _("The database refused: {text}"), _START_DATABASE, {"text": str(error).strip()})]
    except OSError as error:
        return [
            Check(
                name,
                PROBLEM,
                "{text}",
                fault_of(error) or _("Make {home} readable and writable for this user."),
                {"text": str(error), "home": settings.HOME},
            )
        ]


_START_DATABASE = _("Check that the database runs and that DATABASE_URL (or ORDERWELL_HOME) names it.")


def _database(now: datetime) -> Iterator[Check]:
    connection.ensure_connection()
    if is_postgresql():
        yield from _postgresql()
    else:
        yield from _sqlite()


def _value(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _postgresql() -> Iterator[Check]:
    version = int(_value("SHOW server_version_num"))
    found = f"PostgreSQL {_value('SHOW server_version')}"
    if version < LEAST_POSTGRESQL:
        yield Check("database", PROBLEM, found, _("Upgrade the server: Orderwell needs PostgreSQL 15 or newer."))
        return
    expected = {
        "server_encoding": ("UTF8", PROBLEM),
        "default_transaction_isolation": ("read committed", PROBLEM),
        "synchronous_commit": ("on", WARNING),
        "fsync": ("on", WARNING),
    }
    wrong = False
    for setting, (right, state) in expected.items():
        if (actual := _value(f"SHOW {setting}")) != right:
            wrong = True
            step = _(
                "Set {setting} = {right} on the server; acknowledged orders could be lost or counted wrong otherwise."
            )
            data = {"server": found, "setting": setting, "actual": actual, "right": right}
            yield Check("database", state, _("{server}: {setting} is {actual}"), step, data)
    if not wrong:
        yield Check("database", OK, found)


def _sqlite() -> Iterator[Check]:
    found = f"SQLite {_value('SELECT sqlite_version()')}, {settings.DATABASES['default']['NAME']}"
    wrong = [
        f"{pragma} is {actual}, not {right}"
        for pragma, right in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1))
        if (actual := _value(f"PRAGMA {pragma}")) != right
    ]
    if wrong:
        yield Check("database", PROBLEM, f"{found}: {'; '.join(wrong)}", _("Put the data folder on a local disk."))
    elif (damage := _damage()) != "ok":
        yield Check("database", PROBLEM, f"{found}: {damage}", _("The file is damaged: restore the last backup."))
    else:
        yield Check("database", OK, found)


# Reading the whole file takes seconds on a large one; a page that is looked at all day need not do it each time.
_checked_files: TimedCache[str, str] = TimedCache(seconds=600, most=4)


def _damage() -> str:
    """What SQLite says of its file: "ok", or the first thing that is wrong with it."""
    name = str(settings.DATABASES["default"]["NAME"])
    if (known := _checked_files.get(name)) is None:
        known = str(_value("PRAGMA quick_check(1)"))
        if known == "ok":
            _checked_files.put(name, known)
    return known


def _migrations(now: datetime) -> Iterator[Check]:
    if pending := pending_migrations():
        step = _("Make a backup, then run `orderwell setup`.")
        data = {"count": len(pending), "names": ", ".join(pending[:3])}
        yield Check("migrations", PROBLEM, _("{count} pending: {names}"), step, data)
    else:
        yield Check("migrations", OK, _("up to date"))


def _disk(now: datetime) -> Iterator[Check]:
    home = Path(settings.HOME)
    usage = shutil.disk_usage(home)
    with TemporaryFile(dir=home) as file:
        file.write(b"writable")
    data = {"free": round(usage.free / (1 << 30), 1), "total": round(usage.total / (1 << 30), 1), "home": home}
    found = _("{free} GiB free of {total} in {home}")
    if usage.free < LEAST_FREE_BYTES:
        step = _("Free some space: below 1 GiB the next backup or import may fail.")
        yield Check("disk", PROBLEM, found, step, data)
    else:
        yield Check("disk", OK, found, data=data)


def _clock(now: datetime) -> Iterator[Check]:
    if is_postgresql():
        before = datetime.now(UTC)
        there: datetime = _value("SELECT clock_timestamp()")
        difference = max(before - there, there - datetime.now(UTC), timedelta(0))
        if difference > MOST_CLOCK_DIFFERENCE:
            found = _("this machine and the database differ by {seconds} s")
            step = _("Synchronise both clocks (NTP): times on documents would be wrong.")
            yield Check("clock", PROBLEM, found, step, {"seconds": f"{difference.total_seconds():.1f}"})
            return
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(applied) FROM django_migrations")
        latest = cursor.fetchone()[0]
    if latest is not None:
        moment = latest if isinstance(latest, datetime) else datetime.fromisoformat(latest)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > now + MOST_CLOCK_DIFFERENCE:
            found = _("this machine says {moment} UTC, but the database was set up later than that")
            step = _("Set the clock of this machine (NTP).")
            yield Check("clock", PROBLEM, found, step, {"moment": f"{now:%Y-%m-%d %H:%M:%S}"})
            return
    newest = newest_moment()
    if newest is not None and newest > now + MOST_CLOCK_DIFFERENCE:
        found = _("this machine says {moment} UTC, but the last change was made at {newest} UTC")
        step = _("Set the clock of this machine (NTP).")
        data = {"moment": f"{now:%Y-%m-%d %H:%M:%S}", "newest": f"{newest:%Y-%m-%d %H:%M:%S}"}
        yield Check("clock", PROBLEM, found, step, data)
        return
    yield Check("clock", OK, f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _keys(now: datetime) -> Iterator[Check]:
    proofs = check_proofs()
    path = ring_path()
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Check(
            "keys",
            PROBLEM,
            _("{path} may be read by others (mode {mode})"),
            "chmod 600 {path}",
            {"path": path, "mode": f"{mode:o}"},
        )
    elif not proofs:
        yield Check("keys", PROBLEM, _("the database holds no proof of its key ring"), _("Run `orderwell setup`."))
    else:
        yield Check("keys", OK, _("the key ring {path} opens this database's data"), data={"path": path})


def _worker(now: datetime) -> Iterator[Check]:
    if alive := sorted(living(now=now)):
        yield Check("worker", OK, _("{count} alive: {names}"), data={"count": len(alive), "names": ", ".join(alive)})
    else:
        step = _("Start `orderwell worker` (or `orderwell serve --worker inside`): events and jobs wait.")
        yield Check("worker", PROBLEM, _("no background worker has shown a sign of life"), step)
    for row in Schedule.objects.exclude(last_error="").order_by("name"):
        reason = row.last_error.strip().splitlines()[-1]
        step = _("Look into the log of the worker; the job is tried again at its next time.")
        data = {"schedule": row.name, "reason": reason}
        yield Check("worker", WARNING, _("the schedule {schedule} failed: {reason}"), step, data)


def _events(now: datetime) -> Iterator[Check]:
    state = backlog()
    lag = now - state.oldest if state.oldest else timedelta(0)
    data = {
        "waiting": state.waiting,
        "retrying": state.retrying,
        "seconds": int(lag.total_seconds()),
        "dead": state.dead,
    }
    if lag > MOST_EVENT_LAG:
        found = _("{waiting} waiting, {retrying} being retried; the oldest has waited {seconds} s")
        step = _("Is a worker running, and is it busy with something long? `orderwell doctor` again in a minute.")
        yield Check("events", PROBLEM, found, step, data)
    else:
        yield Check("events", OK, _("{waiting} waiting, {retrying} being retried"), data=data)
    if state.dead:
        step = _("See `orderwell events dead`, repair the cause, then `orderwell events replay`.")
        yield Check("events", WARNING, _("{dead} dead letters"), step, data)


# What a screen calls the checks.
TITLES = {
    "database": _("Database"),
    "migrations": _("Migrations"),
    "disk": _("Disk"),
    "clock": _("Clock"),
    "keys": _("Key ring"),
    "worker": _("Background worker"),
    "events": _("Events"),
}
_CHECKS: dict[str, Callable[[datetime], Iterator[Check]]] = {
    "migrations": _migrations,
    "disk": _disk,
    "clock": _clock,
    "keys": _keys,
    "worker": _worker,
    "events": _events,
}
_NEED_DATABASE = frozenset(_CHECKS) - {"disk"}
