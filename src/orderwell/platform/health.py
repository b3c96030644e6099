"""Is this installation in order? Every check says what it found and, when something is wrong, what to do next."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.db import Error, connection

from orderwell.kernel.errors import InstallationFault
from orderwell.platform.crypto.keyring import ring_path
from orderwell.platform.crypto.proofs import check_proofs
from orderwell.platform.database import is_postgresql
from orderwell.platform.events.queries import backlog
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
    """`next_step` is empty when the state is ok. A warning does not make the installation unfit."""

    name: str
    state: str
    found: str
    next_step: str = ""


def examine(*, now: datetime) -> list[Check]:
    """Run every check. One that cannot run is a problem itself and doesn't keep the others from running."""
    checks = _safely("database", _database, now)
    reachable = not any(check.next_step == _START_DATABASE for check in checks)
    for name, run in _CHECKS.items():
        if reachable or name not in _NEED_DATABASE:
            checks += _safely(name, run, now)
        else:
            checks.append(Check(name, PROBLEM, "not looked at: the database does not answer", _START_DATABASE))
    return checks


def _safely(name: str, run: Callable[[datetime], Iterator[Check]], now: datetime) -> list[Check]:
    try:
        return list(run(now)) or [Check(name, OK, "")]
    except InstallationFault as error:
        return [Check(name, PROBLEM, str(error), "Do what the message says, then run `orderwell doctor` again.")]
    except Error as error:
        return [Check(name, PROBLEM, f"The database refused: {str(error).strip()}", _START_DATABASE)]
    except OSError as error:
        return [Check(name, PROBLEM, str(error), f"Make {settings.HOME} readable and writable for this user.")]


_START_DATABASE = "Check that the database runs and that DATABASE_URL (or ORDERWELL_HOME) names it."


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
        yield Check("database", PROBLEM, found, "Upgrade the server: Orderwell needs PostgreSQL 15 or newer.")
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
            step = (
                f"Set {setting} = {right} on the server; acknowledged orders could be lost or counted wrong otherwise."
            )
            yield Check("database", state, f"{found}: {setting} is {actual}", step)
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
        yield Check("database", PROBLEM, f"{found}: {'; '.join(wrong)}", "Put the data folder on a local disk.")
    elif (damage := _value("PRAGMA quick_check(1)")) != "ok":
        yield Check("database", PROBLEM, f"{found}: {damage}", "The file is damaged: restore the last backup.")
    else:
        yield Check("database", OK, found)


def _migrations(now: datetime) -> Iterator[Check]:
    if pending := pending_migrations():
        step = "Make a backup, then run `orderwell setup`."
        yield Check("migrations", PROBLEM, f"{len(pending)} pending: {', '.join(pending[:3])}", step)
    else:
        yield Check("migrations", OK, "up to date")


def _disk(now: datetime) -> Iterator[Check]:
    home = Path(settings.HOME)
    usage = shutil.disk_usage(home)
    with TemporaryFile(dir=home) as file:
        file.write(b"writable")
    found = f"{usage.free / (1 << 30):.1f} GiB free of {usage.total / (1 << 30):.1f} in {home}"
    if usage.free < LEAST_FREE_BYTES:
        yield Check("disk", PROBLEM, found, "Free some space: below 1 GiB the next backup or import may fail.")
    else:
        yield Check("disk", OK, found)


def _clock(now: datetime) -> Iterator[Check]:
    if is_postgresql():
        before = datetime.now(UTC)
        there: datetime = _value("SELECT clock_timestamp()")
        difference = max(before - there, there - datetime.now(UTC), timedelta(0))
        if difference > MOST_CLOCK_DIFFERENCE:
            found = f"this machine and the database differ by {difference.total_seconds():.1f} s"
            yield Check("clock", PROBLEM, found, "Synchronise both clocks (NTP): times on documents would be wrong.")
            return
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(applied) FROM django_migrations")
        latest = cursor.fetchone()[0]
    if latest is not None:
        moment = latest if isinstance(latest, datetime) else datetime.fromisoformat(latest)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > now + MOST_CLOCK_DIFFERENCE:
            found = f"this machine says {now:%Y-%m-%d %H:%M:%S} UTC, but the database was set up later than that"
            yield Check("clock", PROBLEM, found, "Set the clock of this machine (NTP).")
            return
    yield Check("clock", OK, f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _keys(now: datetime) -> Iterator[Check]:
    proofs = check_proofs()
    path = ring_path()
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Check("keys", PROBLEM, f"{path} may be read by others (mode {mode:o})", f"chmod 600 {path}")
    elif not proofs:
        yield Check("keys", PROBLEM, "the database holds no proof of its key ring", "Run `orderwell setup`.")
    else:
        yield Check("keys", OK, f"the key ring {path} opens this database's data")


def _worker(now: datetime) -> Iterator[Check]:
    if alive := sorted(living(now=now)):
        yield Check("worker", OK, f"{len(alive)} alive: {', '.join(alive)}")
    else:
        step = "Start `orderwell worker` (or `orderwell serve --worker inside`): events and jobs wait."
        yield Check("worker", PROBLEM, "no background worker has shown a sign of life", step)
    for row in Schedule.objects.exclude(last_error="").order_by("name"):
        reason = row.last_error.strip().splitlines()[-1]
        step = "Look into the log of the worker; the job is tried again at its next time."
        yield Check("worker", WARNING, f"the schedule {row.name} failed: {reason}", step)


def _events(now: datetime) -> Iterator[Check]:
    state = backlog()
    lag = now - state.oldest if state.oldest else timedelta(0)
    found = f"{state.waiting} waiting, {state.retrying} being retried"
    if lag > MOST_EVENT_LAG:
        step = "Is a worker running, and is it busy with something long? `orderwell doctor` again in a minute."
        yield Check("events", PROBLEM, f"{found}; the oldest has waited {int(lag.total_seconds())} s", step)
    else:
        yield Check("events", OK, found)
    if state.dead:
        step = "See `orderwell events dead`, repair the cause, then `orderwell events replay`."
        yield Check("events", WARNING, f"{state.dead} dead letters", step)


_CHECKS: dict[str, Callable[[datetime], Iterator[Check]]] = {
    "migrations": _migrations,
    "disk": _disk,
    "clock": _clock,
    "keys": _keys,
    "worker": _worker,
    "events": _events,
}
_NEED_DATABASE = frozenset(_CHECKS) - {"disk"}
