"""Setting an installation up, and refusing to serve one that is not."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_noop as _

from orderwell import __version__
from orderwell.kernel.errors import InstallationFault
from orderwell.kernel.identifiers import random_token
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.roles import sync_built_in_roles
from orderwell.platform.accounts.services.users import create_user
from orderwell.platform.crypto.keyring import refresh
from orderwell.platform.crypto.proofs import check_proofs, write_proofs
from orderwell.platform.file_lock import file_lock
from orderwell.platform.jobs.schedules import sync_schedules
from orderwell.platform.learning.services.news import note_version


class MigrationsPending(InstallationFault):
    code = "migrations_pending"


class DatabaseTooNew(InstallationFault):
    code = "database_too_new"


class DatabaseTooOld(InstallationFault):
    code = "database_too_old"


class InUse(InstallationFault):
    code = "in_use"


@dataclass(frozen=True)
class SetUp:
    """What `set_up` did. Running it again does nothing."""

    migrations: int
    roles: int
    schedules: int
    keys: int


def _set_up_turn() -> AbstractContextManager[None]:
    return file_lock(Path(settings.HOME) / "set-up.lock")


def set_up(*, now: datetime) -> SetUp:
    """Bring database, key ring, roles and schedules to what this version needs. Safe to run at every start."""
    with _set_up_turn():
        return _set_up(now)


def _set_up(now: datetime) -> SetUp:
    pending = pending_migrations()
    if pending:
        call_command("migrate", verbosity=0, interactive=False)
    refresh()
    note_version(version=__version__, now=now)
    return SetUp(
        migrations=len(pending),
        roles=sync_built_in_roles(),
        schedules=sync_schedules(now=now),
        keys=write_proofs(now=now),
    )


def set_up_new(*, now: datetime) -> bool:
    """Set up a database in which there is no table at all; whether it was one. There is nothing in it to back up first."""
    with _set_up_turn():
        if connection.introspection.table_names():
            return False
        _set_up(now)
    return True


def first_administrator(*, username: str, now: datetime) -> str | None:
    """Create the first user with every permission; the password to tell, once. None when there are users already."""
    if User.objects.exists():
        return None
    password = random_token(16)
    create_user(
        username=username,
        password=password,
        roles=["administrator"],
        must_change_password=True,
        actor=system_actor(source="cli", label="setup"),
        now=now,
    )
    return password


def pending_migrations() -> list[str]:
    """Migrations of this version that the database has not seen. Raises DatabaseTooNew for the opposite, and
    DatabaseTooOld where steps are missing that this version doesn't have any more."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    _check_history(set(loader.applied_migrations or ()), loader.disk_migrations or {})
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _check_history(applied: set[tuple[str, str]], on_disk: dict[tuple[str, str], Migration]) -> None:
    for migration in on_disk.values():
        steps = set(migration.replaces)
        if steps & applied and not steps <= applied:
            raise DatabaseTooOld(
                _(
                    "This database stopped half way through the steps that led to version 0.1, and this version has "
                    "them no more. Run `orderwell setup` of the commit that CHANGELOG names for it, then this one."
                )
            )
    known = {app for app, _name in on_disk}
    replaced = {step for migration in on_disk.values() for step in migration.replaces}
    if unknown := sorted(f"{app}.{name}" for app, name in applied - set(on_disk) - replaced if app in known):
        raise DatabaseTooNew(
            _(
                "This database was written by a newer version of Orderwell (it has {names}). Install that version, or "
                "restore a backup made with this one."
            ),
            names=", ".join(unknown[:3]),
        )


def require_ready() -> None:
    """Raises an InstallationFault unless database and key ring are fit to serve."""
    if pending := pending_migrations():
        raise MigrationsPending(
            f"The database is not up to date: {len(pending)} migrations are pending ({', '.join(pending[:3])} ...). "
            "Make a backup, then run `orderwell setup`."
        )
    check_proofs()
