"""The bundle that is sent along when somebody asks for support."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_noop as _

from orderwell import __version__
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.models import Setting
from orderwell.platform.configuration.services import get, options
from orderwell.platform.diagnostics import harmless, recent
from orderwell.platform.environment import declared
from orderwell.platform.events.models import Delivery
from orderwell.platform.events.queries import backlog, sentences
from orderwell.platform.health import TITLES, examine
from orderwell.platform.installation import pending_migrations
from orderwell.platform.jobs.models import Heartbeat, Schedule
from orderwell.platform.permissions import Permission
from orderwell.platform.verify import laws, run_laws

# Above this many rows the balances aren't recomputed unless somebody asks: that takes minutes.
VERIFY_ROWS = 200_000
COUNT_MOST = 1_000_000
NEWEST = 100
RULE = (
    "Only numbers, moments, yes or no, and names that the program itself declares get in. "
    "Messages, payloads, addresses, file paths and every other free text are left out."
)


@dataclass(frozen=True)
class Bundle:
    """File name -> what it holds, and what it is."""

    made_at: datetime
    files: dict[str, Any]

    def texts(self) -> dict[str, str]:
        return {name: json.dumps(data, indent=2, ensure_ascii=False) + "\n" for name, data in self.files.items()}

    def manifest(self) -> dict[str, Any]:
        listed = [
            {
                "file": name,
                "what": MEANINGS[name],
                "bytes": len(text.encode()),
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
            }
            for name, text in self.texts().items()
        ]
        return {
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "version": __version__,
            "rule": RULE,
            "files": listed,
        }

    def as_zip(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = json.dumps(self.manifest(), indent=2, ensure_ascii=False) + "\n"
            for name, text in {"manifest.json": manifest, **self.texts()}.items():
                info = zipfile.ZipInfo(name, self.made_at.timetuple()[:6])
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, text)
        return target.getvalue()


def collect(*, actor: Actor, now: datetime, verify: bool | None = None) -> Bundle:
    """Everything that helps and nothing that names anybody. `verify` None: when it doesn't take long."""
    actor.require(Permission.SYSTEM_DIAGNOSTICS_CREATE)
    tables = _tables()
    few = sum(tables["rows"].values()) <= VERIFY_ROWS
    parts: dict[str, Callable[[], Any]] = {
        "about.json": _about,
        "doctor.json": lambda: _doctor(now),
        "verify.json": lambda: _verify(few if verify is None else verify),
        "environment.json": _environment,
        "settings.json": _settings,
        "migrations.json": _migrations,
        "tables.json": lambda: tables,
        "events.json": _events,
        "jobs.json": _jobs,
        "schedules.json": _schedules,
        "log.json": lambda: recent.tail(Path(settings.HOME) / "logs" / "recent.jsonl"),
    }
    return Bundle(now, {name: _safely(part) for name, part in parts.items()})


MEANINGS = {
    "about.json": _("Versions of the program, its packages, Python, the operating system and the database"),
    "doctor.json": _("What the doctor found, without paths and names"),
    "verify.json": _("Laws of the books: rows checked and number of differences"),
    "environment.json": _("Which variables are set; values of harmless ones"),
    "settings.json": _("Which settings are set; values of those that can't hold free text"),
    "migrations.json": _("Migrations that ran and that are pending"),
    "tables.json": _("Number of rows of each table"),
    "events.json": _("Events that wait, and dead letters without their content"),
    "jobs.json": _("Background jobs by state, and the kinds of errors of those that failed"),
    "schedules.json": _("Schedules and processes"),
    "log.json": _("Warnings and errors: when and at which place of the program, without their text"),
}


def _safely(part: Callable[[], Any]) -> Any:
    """A part that can't be collected says so by the kind of its error; the others are there all the same."""
    try:
        return part()
    except Exception as error:  # noqa: BLE001  a bundle is made when something is broken already
        return {"not_collected": harmless.exception_name(type(error).__name__)}


def _about() -> dict[str, Any]:
    packages = {item.metadata["Name"]: item.version for item in metadata.distributions()}
    return {
        "orderwell": __version__,
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "database": {"vendor": connection.vendor, "version": _database_version()},
        "packages": dict(sorted(packages.items())),
    }


def _database_version() -> list[int]:
    if connection.vendor == "sqlite":
        import sqlite3

        return list(sqlite3.sqlite_version_info)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    return [number // 10_000, number % 10_000]


def _doctor(now: datetime) -> list[dict[str, Any]]:
    """The sentence with its gaps left open; of what fills them only the numbers."""
    return [
        {
            "check": harmless.one_of(check.name, TITLES),
            "state": check.state,
            "found": check.template if "{" in check.template else "",
            "numbers": {key: value for key, value in check.data.items() if isinstance(value, int | float)},
            "next_step": check.step_template,
        }
        for check in examine(now=now)
    ]


def _verify(wanted: bool) -> dict[str, Any]:
    if not wanted:
        return {"run": False, "why": "more rows than are recomputed without being asked", "laws": sorted(laws())}
    verdicts = run_laws()
    return {
        "run": True,
        "differences": sum(len(verdict.result.differences) for verdict in verdicts),
        "laws": {
            verdict.law: {"rows": verdict.result.rows_checked, "differences": len(verdict.result.differences)}
            for verdict in verdicts
        },
    }


def _environment() -> dict[str, Any]:
    return {
        name: {"set": name in os.environ} | ({"value": os.environ[name]} if _shown(name) else {})
        for name in sorted(declared)
    }


def _shown(name: str) -> bool:
    return name in harmless.VARIABLES and name in os.environ


def _settings() -> dict[str, Any]:
    given = set(Setting.objects.values_list("key", flat=True))
    return {
        option.key: {"set": option.key in given}
        | ({"value": str(get(option.key))} if option.kind.name in harmless.KINDS else {})
        for option in options()
    }


def _migrations() -> dict[str, Any]:
    known = {config.label for config in apps.get_app_configs()}
    applied = [
        f"{row.app}.{row.name}"
        for row in MigrationRecorder(connection).migration_qs.order_by("id")
        if row.app in known and row.name.replace("_", "").isalnum() and row.name[:4].isdigit()
    ]
    return {"applied": applied, "pending": pending_migrations()}


def _tables() -> dict[str, Any]:
    rows: dict[str, int] = {}
    for model in apps.get_models(include_auto_created=True):
        name = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {COUNT_MOST + 1}) AS few")  # noqa: S608
            rows[model._meta.db_table] = int(cursor.fetchone()[0])
    return {"counted_up_to": COUNT_MOST, "rows": dict(sorted(rows.items()))}


def _events() -> dict[str, Any]:
    state, names = backlog(), sentences()
    dead = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("event").order_by("-id")[:NEWEST]
    return {
        "waiting": state.waiting,
        "retrying": state.retrying,
        "dead": state.dead,
        "oldest": harmless.moment(state.oldest),
        "dead_letters": [
            {
                "event": harmless.one_of(row.event.name, names),
                "handler": harmless.dotted(row.subscriber),
                "happened_at": harmless.moment(row.event.occurred_at),
                "attempts": row.attempts,
                "error": harmless.exception_in(row.last_error),
            }
            for row in dead
        ],
    }


def _jobs() -> dict[str, Any]:
    from django.db.models import Count
    from django_tasks_db.models import DBTaskResult

    counted = DBTaskResult.objects.values_list("task_path", "status").annotate(Count("id")).order_by("task_path")
    failed = DBTaskResult.objects.exclude(exception_class_path="").order_by("-enqueued_at")[:NEWEST]
    return {
        "states": [[harmless.dotted(path), str(status), count] for path, status, count in counted],
        "failed": [
            {
                "task": harmless.dotted(row.task_path),
                "at": harmless.moment(row.finished_at),
                "error": harmless.exception_name(row.exception_class_path),
            }
            for row in failed
        ],
    }


def _schedules() -> dict[str, Any]:
    from orderwell.platform.jobs.schedules import planned

    names = planned()
    return {
        "schedules": [
            {
                "name": harmless.one_of(row.name, names),
                "every_seconds": row.every_seconds,
                "enabled": row.enabled,
                "last_run_at": harmless.moment(row.last_run_at),
                "last_seconds": row.last_seconds,
                "next_run_at": harmless.moment(row.next_run_at),
                "error": harmless.exception_in(row.last_error),
            }
            for row in Schedule.objects.order_by("name")
        ],
        "processes": [
            {
                "kind": harmless.one_of(row.kind, ("web", "worker")),
                "started_at": harmless.moment(row.started_at),
                "seen_at": harmless.moment(row.seen_at),
            }
            for row in Heartbeat.objects.order_by("-seen_at")[:NEWEST]
        ],
    }
