"""Databases that were made by the many migrations from before the first release."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from orderwell.platform.installation import DatabaseTooNew, DatabaseTooOld, pending_migrations

pytestmark = pytest.mark.django_db
FIRST = "0001_foundation"


def steps(app: str) -> list[str]:
    migration = MigrationLoader(connection).disk_migrations[app, FIRST]
    return [name for _, name in migration.replaces]


def record(app: str, names: list[str]) -> None:
    """As the database of then has it on record."""
    recorder = MigrationRecorder(connection)
    for name in (FIRST, *steps(app)):
        recorder.record_unapplied(app, name)
    for name in names:
        recorder.record_applied(app, name)


def test_a_database_that_was_up_to_date_is_taken_as_it_is() -> None:
    for app, name in MigrationLoader(connection).disk_migrations:
        if name == FIRST:
            record(app, steps(app))
    assert pending_migrations() == []


@pytest.mark.parametrize("app", ["orders", "idempotency", "catalog"])
def test_a_database_that_stopped_half_way_says_so(app: str) -> None:
    record(app, steps(app)[:-1])
    with pytest.raises(DatabaseTooOld, match="CHANGELOG"):
        pending_migrations()


def test_a_database_of_a_newer_version_says_so() -> None:
    record("orders", [*steps("orders"), "0099_of_tomorrow"])
    with pytest.raises(DatabaseTooNew, match="0099_of_tomorrow"):
        pending_migrations()
