"""A real installation for a test or a benchmark: its own data folder and database, the real programs as processes.

with Installation(directory, database_url=server.url) as installation:
    installation.migrate()
    with installation.serving() as server:
        ... talk to server.port ...
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from orderwell.testing.seeding import Shop

START_SECONDS = 120.0
# What the caller's environment must not decide for an installation of our own.
OWN = ("DATABASE_URL", "ORDERWELL_HOME", "DJANGO_SETTINGS_MODULE")


class InstallationError(RuntimeError):
    """A program of the installation did not do what it was asked; the message carries what it said."""


@dataclass
class Server:
    """A running `orderwell serve` with all its processes."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def processes(self) -> list[psutil.Process]:
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """kill -9 the server and every process it started, at once."""
        if self.process.poll() is None:
            # Stopped first, so that it can't start another child between the list and the kill.
            self.process.send_signal(signal.SIGSTOP)
        victims = self.processes()
        for victim in reversed(victims):
            try:
                victim.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()
        psutil.wait_procs(victims, timeout=10)

    def stop(self) -> None:
        """Ask it to end, as the system would; kill it when it doesn't within 20 seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def processor(self) -> float:
        """Seconds of processor time of all its processes so far."""
        return sum(_processor(process) for process in self.processes())

    def memory(self) -> int:
        """Bytes of memory of all its processes; what they share is counted once."""
        return sum(_proportional(process) for process in self.processes())

    def log_tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class Installation:
    """`database_url` None means SQLite in the data folder. `settings` are further ORDERWELL_* variables.

    `home` is the data folder of a company that is there already, instead of a new one in `directory`.
    """

    directory: Path
    database_url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    home: Path | None = None

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        mine = {name: value for name, value in os.environ.items() if name not in OWN}
        mine |= {
            "ORDERWELL_HOME": str(self.home or self.directory / "home"),
            "DJANGO_SETTINGS_MODULE": "orderwell.settings",
        }
        mine["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        if self.database_url is not None:
            mine["DATABASE_URL"] = self.database_url
        return mine | self.settings

    def python(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python ...` in the installation's environment."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        if check and done.returncode != 0:
            said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            raise InstallationError(f"{' '.join(arguments[:6])} ended with {done.returncode}:\n{said}")
        return done

    def orderwell(self, *arguments: str, check: bool = True) -> dict[str, Any]:
        """Run `orderwell ... --json` and decode its answer."""
        done = self.python("-m", "orderwell", *arguments, "--json", check=check)
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError as error:
            raise InstallationError(f"orderwell {' '.join(arguments)}: {done.stdout}\n{done.stderr}") from error
        return answer

    def migrate(self) -> None:
        self.orderwell("setup")

    def seed(self, *, variants: int = 1000, customers: int = 300, stock: int = 10**9) -> Shop:
        """A shop with one channel and one warehouse."""
        options = ("--variants", str(variants), "--customers", str(customers), "--stock", str(stock))
        return Shop(**json.loads(self.python("-m", "orderwell.testing.seeding", *options).stdout))

    def api_key(self, *scopes: str) -> str:
        wanted = [part for scope in scopes for part in ("--scope", scope)]
        return str(self.orderwell("apikey", "create", "--name", "load", *wanted)["key"])

    def verify(self) -> list[dict[str, Any]]:
        """The differences that `orderwell verify` finds; raises when nothing was checked at all."""
        answer = self.orderwell("verify", check=False)
        if not answer.get("checked"):
            raise InstallationError(f"verify checked nothing: {answer}")
        differences: list[dict[str, Any]] = answer["differences"]
        return differences

    def start(self, *arguments: str) -> Server:
        """Start `orderwell serve` and wait until it answers."""
        port = free_port()
        log = self.directory / f"serve-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "orderwell", "serve", "--host", "127.0.0.1", "--port", str(port), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        server = Server(process, port, log)
        _wait_until_it_answers(server)
        return server

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Server]:
        server = self.start(*arguments)
        try:
            yield server
        finally:
            server.stop()


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if server.process.poll() is not None:
            raise InstallationError(f"orderwell serve ended with {server.process.returncode}:\n{server.log_tail()}")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        try:
            connection.request("GET", "/api/v1/orders")
            connection.getresponse().read()
        except OSError as error:
            if time.monotonic() > deadline:
                server.kill()
                raise InstallationError(f"no answer in {START_SECONDS:.0f} s:\n{server.log_tail()}") from error
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()


def _proportional(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (AttributeError, psutil.Error):  # not on Linux, or gone meanwhile
        try:
            return int(process.memory_info().rss)
        except psutil.Error:
            return 0


def _processor(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
