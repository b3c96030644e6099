"""Keeps the practice company: prepares it once, serves it, resets it on request, and ends when nobody needs it.

An installation of its own in a folder of its own, on SQLite, in processes of its own, with an environment that names
nothing of the real company.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from orderwell.kernel.errors import InstallationFault
from orderwell.platform.file_lock import file_lock
from orderwell.platform.sandbox.place import (
    FAILED,
    PREPARING,
    RUNNING,
    ask_for_reset,
    environment,
    fingerprint,
    note_use,
    write_state,
)

ORDERS = 400
IDLE_SECONDS = 2 * 3600.0
START_SECONDS = 180.0  # a small machine that has other things to do
STOP_SECONDS = 25.0
THREADS = 8
DATABASE = "orderwell.sqlite3"


class AlreadyRunning(InstallationFault):
    code = "sandbox_running"


class CouldNotPrepare(InstallationFault):
    code = "sandbox_not_prepared"


@dataclass
class Supervisor:
    """`starter` is the process on whose behalf it runs; when that is gone, it ends too."""

    home: Path
    host: str
    port: int
    starter: int = 0
    orders: int = ORDERS
    idle_seconds: float = IDLE_SECONDS
    told: Callable[[str], None] = lambda text: None
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _stopping: bool = False

    def run(self) -> None:
        """Until SIGTERM, until the starter is gone, or until nobody has used it for long."""
        taken = AlreadyRunning(f"A practice company is served from {self.home} already.")
        with file_lock(self.home / "lock", taken=taken):
            signal.signal(signal.SIGTERM, self._stop)
            signal.signal(signal.SIGINT, self._stop)
            try:
                self._prepare()
                self._serve()
                while not self._stopping and self._wanted():
                    self._look()
                    time.sleep(0.5)
            finally:
                self._end_server()
                if self._state != FAILED:
                    (self.home / "state.json").unlink(missing_ok=True)

    _state: str = ""
    # Since when it is being made; 0 when it only starts again.
    _since: float = 0.0

    def _say(self, phase: str, **more: object) -> None:
        self._state = phase
        write_state(self.home, phase=phase, supervisor=os.getpid(), port=self.port, **more)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _wanted(self) -> bool:
        if self.starter and not Path(f"/proc/{self.starter}").exists() and not _answers_signal(self.starter):
            return False
        used = self.home / "used"
        return not used.exists() or time.time() - used.stat().st_mtime < self.idle_seconds

    def _look(self) -> None:
        """Reset when asked to; start again what ended by itself."""
        if (self.home / "reset").exists():
            self._say(PREPARING, step="reset")
            self._end_server()
            self._restore()
            (self.home / "reset").unlink(missing_ok=True)
            self._serve()
        elif self._server is not None and self._server.poll() is not None:
            self._serve()

    def _prepare(self) -> None:
        """Load the demo company once; what it was then is what a reset goes back to."""
        note_use(self.home)
        stamp, pristine = self.home / "prepared", self.home / "pristine.sqlite3"
        if pristine.exists() and stamp.exists() and stamp.read_text() == fingerprint():
            if not (self.home / DATABASE).exists() or (self.home / "reset").exists():
                self._restore()
            (self.home / "reset").unlink(missing_ok=True)
            return
        self._since = time.time()
        self._say(PREPARING, step="load", started=self._since)
        self._remove()
        self.told("Preparing the practice company ...")
        with (self.home / "prepare.log").open("wb") as log:
            command = [
                sys.executable,
                "-m",
                "orderwell",
                "demo",
                "load",
                "--orders",
                str(self.orders),
                "--every",
                "1",
                "--json",
            ]
            done = subprocess.run(  # noqa: S603  our own command
                command, env=environment(self.home, os.environ), stdout=subprocess.DEVNULL, stderr=log, check=False
            )
        if done.returncode != 0:
            self._say(FAILED, step="load")
            raise CouldNotPrepare(f"The practice company could not be loaded; see {self.home / 'prepare.log'}.")
        _copy(self.home / DATABASE, pristine)
        stamp.write_text(fingerprint())

    def _remove(self) -> None:
        for path in self.home.glob(f"{DATABASE}*"):
            path.unlink()

    def _restore(self) -> None:
        self._remove()
        _copy(self.home / "pristine.sqlite3", self.home / DATABASE)

    def _serve(self) -> None:
        if not self.port:
            self.port = _free_port(self.host)
        self._say(PREPARING, step="start", started=self._since)
        command = [sys.executable, "-m", "orderwell", "serve", "--host", self.host, "--port", str(self.port)]
        command += ["--workers", "1", "--threads", str(THREADS)]
        with (self.home / "serve.log").open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603  our own command
                command,
                env=environment(self.home, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self.host, self.port):
            if self._server.poll() is not None or time.monotonic() > deadline:
                self._say(FAILED, step="start")
                raise CouldNotPrepare(f"The practice company did not start; see {self.home / 'serve.log'}.")
            time.sleep(0.1)
        self._since = 0.0
        self._say(RUNNING)
        self.told(f"The practice company is served on port {self.port}.")

    def _end_server(self) -> None:
        server, self._server = self._server, None
        if server is None or server.poll() is not None:
            return
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _copy(source: Path, target: Path) -> None:
    """With everything that is still in the write-ahead log."""
    target.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _listens(host: str, port: int) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  a comparison, not a bind
    try:
        with socket.create_connection((reachable, port), timeout=1):
            return True
    except OSError:
        return False


def _answers_signal(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


__all__ = ["AlreadyRunning", "CouldNotPrepare", "Supervisor", "ask_for_reset"]
