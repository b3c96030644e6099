"""The practice company as the real one sees it: is it there, start it, where is it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from orderwell.platform.sandbox import place

ABSENT, PREPARING, RUNNING, FAILED = place.ABSENT, place.PREPARING, place.RUNNING, place.FAILED


@dataclass(frozen=True, slots=True)
class Situation:
    """`remote`: it runs elsewhere, at the address the administrator named. `percent` of the preparation, if known."""

    phase: str
    port: int = 0
    remote: bool = False
    percent: int | None = None

    @property
    def running(self) -> bool:
        return self.phase == RUNNING


# Supervisors that this process started; asked now and then, so that none stays a zombie.
_started: list[subprocess.Popen[bytes]] = []


def sandbox_home() -> Path:
    return Path(settings.HOME) if settings.SANDBOX else place.home_of(Path(settings.HOME))


def secret() -> str:
    return place.secret_of(sandbox_home())


def situation() -> Situation:
    if settings.SANDBOX_URL:
        return Situation(RUNNING, remote=True)
    _started[:] = [process for process in _started if process.poll() is None]
    home = sandbox_home()
    state = place.read_state(home)
    percent = _percent(home) if state["phase"] == PREPARING and state.get("step") == "load" else None
    return Situation(state["phase"], int(state.get("port") or 0), percent=percent)


def start() -> None:
    """Start it unless it is there. Two that start it at once start one: the second ends at the lock."""
    if situation().phase in (RUNNING, PREPARING):
        return
    home = sandbox_home()
    (home / "state.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "orderwell", "sandbox", "serve", "--host", os.environ.get(LISTENS_ON, "127.0.0.1")]
    command += ["--port", str(settings.SANDBOX_PORT), "--starter", str(os.getppid())]
    with (home / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  our own command
            command,
            env={**os.environ, "ORDERWELL_HOME": str(settings.HOME)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(process)
    deadline = time.monotonic() + 5
    while situation().phase == ABSENT and time.monotonic() < deadline:
        time.sleep(0.05)


# Set by `orderwell serve`: the address it listens on, which the practice company takes too.
LISTENS_ON = "ORDERWELL_LISTENS_ON"


def _percent(home: Path) -> int | None:
    try:
        text = (home / "prepare.log").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    shares = [word for word in text.split() if word.endswith("%")]
    return int(shares[-1][:-1]) if shares and shares[-1][:-1].isdecimal() else None
