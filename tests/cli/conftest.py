"""Imports inside of the fixtures: this file may be read before Django is set up."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest


@contextmanager
def _installation(directory, template=None):
    """A data folder and, on PostgreSQL, a database of its own; both copied from `template`, which nobody may be using."""
    from orderwell.testing.installation import Installation

    server = os.environ.get("DATABASE_URL")
    if template is not None:
        shutil.copytree(template.directory, directory, dirs_exist_ok=True)
    if not server:
        yield Installation(directory)
        return
    import psycopg

    name = f"cli_{secrets.token_hex(6)}"
    copied = f" TEMPLATE {urlsplit(template.database_url).path[1:]}" if template is not None else ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{copied}")
        yield Installation(directory, urlsplit(server)._replace(path=f"/{name}").geturl())
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_installation(tmp_path):
    """One in which nothing was set up yet."""
    with _installation(tmp_path) as installation:
        yield installation


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    with _installation(tmp_path_factory.mktemp("prepared")) as installation:
        installation.orderwell("setup")
        yield installation


@pytest.fixture
def installation(tmp_path, prepared):
    """One that is ready, for this test alone."""
    with _installation(tmp_path, prepared) as installation:
        yield installation
