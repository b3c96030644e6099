"""Imports inside of the fixtures: this file may be read before Django is set up."""

from __future__ import annotations

import os
import secrets
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def empty_installation(tmp_path):
    """A data folder (on PostgreSQL with a database of its own) in which nothing was set up yet."""
    from orderwell.testing.installation import Installation

    server = os.environ.get("DATABASE_URL")
    if not server:
        yield Installation(tmp_path)
        return
    import psycopg

    name = f"cli_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Installation(tmp_path, urlsplit(server)._replace(path=f"/{name}").geturl())
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def installation(empty_installation):
    """One that is ready."""
    empty_installation.orderwell("setup")
    return empty_installation
