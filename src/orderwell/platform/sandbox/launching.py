"""The practice company as the real one sees it: is it there, start it, where is it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from orderwell.platform.sandbox import place

ABSENT, PREPARING, RUNNING, FAILED = place.ABSENT, place.PREPARING, place.RUNNING, place.FAILED


@dataclass(frozen=True, slots=True)
class Situation:
    """`remote`: it runs elsewhere, at the address the administrator named.

    `percent` of the preparation and the seconds that are left of it, while somebody can know.
    """

    phase: str
    port: int = 0
    remote: bool = False
    percent: int | None = None
    seconds_left: int | None = None

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
    percent = _percent(home, state) if state["phase"] == PREPARING else None
    seconds = time.time() - float(state.get("started") or time.time())
    left = int(seconds * (100 - percent) / percent) + 1 if percent and seconds > 0 else None
    return Situation(state["phase"], int(state.get("port") or 0), percent=percent, seconds_left=left)


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


# Loading takes this share of the whole; the rest is the copy to go back to, and the start.
LOADING = 90


def _percent(home: Path, state: Mapping[str, Any]) -> int | None:
    if state.get("step") == "start":
        return 95 if state.get("started") else None
    if state.get("step") != "load":
        return None
    try:
        text = (home / "prepare.log").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    shares = [word for word in text.split() if word.endswith("%")]
    return int(shares[-1][:-1]) * LOADING // 100 if shares and shares[-1][:-1].isdecimal() else None
