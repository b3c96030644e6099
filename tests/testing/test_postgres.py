"""The throwaway server: what is committed survives a kill, what it leaves behind is nothing."""

from __future__ import annotations

from pathlib import Path

import psutil
import psycopg
import pytest

from orderwell.testing import postgres
from orderwell.testing.postgres import PostgresError, PostgresServer

pytestmark = pytest.mark.crash


def test_a_durable_server_keeps_what_it_acknowledged_when_it_is_killed() -> None:
    with PostgresServer(durable=True) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        server.kill()
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url, connect_timeout=2)
        server.start()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]
        base = server.base
        assert base.exists()
    assert not base.exists()


def test_it_starts_again_after_an_orderly_stop_at_the_same_address() -> None:
    with PostgresServer() as server:
        url = server.url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            # Text is compared and folded the same way on every machine.
            assert connection.execute("SELECT upper('é顺')").fetchone() == ("É顺",)
        server.stop()
        server.start()
        assert server.url == url
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_nobody_gets_in_without_the_password() -> None:
    with PostgresServer() as server:
        address = server.url.replace(server.password, "guess")
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(address, connect_timeout=5)


def test_a_server_that_cannot_start_says_why() -> None:
    server = PostgresServer(settings={"shared_buffers": "1 glass"})
    with pytest.raises(PostgresError, match="shared_buffers"):
        server.start()
    server.close()


def test_the_folder_of_programs_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWELL_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(PostgresError, match="no initdb"):
        postgres.find_binaries()
    (tmp_path / "initdb").touch()
    assert postgres.find_binaries() == tmp_path
