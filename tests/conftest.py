"""One place decides what the tests run on: their own data folder, and SQLite or PostgreSQL.

`ORDERWELL_TEST_DATABASE=sqlite` (default) uses a file, so that WAL and locks are those of a real installation;
`postgresql` starts a throwaway server once per run, unless `DATABASE_URL` names one.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine and its neighbours, not of the program.
settings.register_profile("orderwell", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("orderwell")

VENDORS = ("sqlite", "postgresql")
vendor = os.environ.get("ORDERWELL_TEST_DATABASE", "sqlite")
home = Path(tempfile.mkdtemp(prefix="orderwell-tests-"))
server = None

if vendor not in VENDORS:
    raise pytest.UsageError(f"ORDERWELL_TEST_DATABASE is {vendor!r}; it must be one of {', '.join(VENDORS)}")
if "DJANGO_SETTINGS_MODULE" in os.environ:
    raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests must choose their data folder before Django loads")

if vendor == "sqlite":
    os.environ.pop("DATABASE_URL", None)
elif not os.environ.get("DATABASE_URL"):  # with pytest-xdist, the workers inherit the address of the first process
    from orderwell.testing.postgres import PostgresServer

    server = PostgresServer(durable=False)
    os.environ["DATABASE_URL"] = server.url
os.environ["ORDERWELL_HOME"] = str(home)
os.environ["DJANGO_SETTINGS_MODULE"] = "orderwell.settings"
# Playwright keeps an event loop in the thread of the test; Django would take it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    import django
    from django.conf import settings as django_settings

    django.setup()
    # Making a password safe takes a third of a second on purpose, and most tests begin with a user. The programs that
    # tests start as processes keep the real one, and tests/platform/accounts/test_passwords.py looks at it.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every client of a test sets up the middleware anew, and each time all static files would be looked through.
    django_settings.WHITENOISE_AUTOREFRESH = True
    if config.getoption("numprocesses", None):
        # The workers inherit our environment; each has to come to its own data folder before Django loads there.
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was collected stays to the end. To look through it for garbage again and again was a seventh of the time."""
    from orderwell.platform.memory import rest_the_collector

    gc.collect()
    rest_the_collector()


def pytest_sessionstart(session: pytest.Session) -> None:
    if server is not None and not session.config.option.collectonly:
        server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if server is not None:
        server.close()
    shutil.rmtree(home, ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    return f"orderwell: database {vendor}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A file instead of Django's in-memory database: threads then meet the locks they meet in production."""
    from django.conf import settings

    if vendor == "sqlite":
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(home / "test.sqlite3")


@pytest.fixture
def orderwell_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder for a program that the test starts as its own process."""
    monkeypatch.setenv("ORDERWELL_HOME", str(tmp_path))
    yield tmp_path


@pytest.fixture
def timeless_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for two seconds is kept for the whole test: how many queries are counted must not depend on the machine."""
    monkeypatch.setattr("orderwell.platform.caching.time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """What an earlier test read was rolled back with it."""
    from orderwell.platform.caching import forget_everything

    forget_everything()
