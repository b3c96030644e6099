"""Where the practice company lies, and what is written down about it. No Django here: the supervisor stays small."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orderwell.platform.environment import keep_secret

PACKAGE = Path(__file__).resolve().parents[2]
PREPARING, RUNNING, FAILED, ABSENT = "preparing", "running", "failed", "absent"
# What the practice company is told of the real one's environment: how to speak, never where data is.
PASSED = ("TIME_ZONE", "LANGUAGE", "HOSTS", "ORIGINS", "HTTPS", "TLS_CERT", "TLS_KEY", "LOG_LEVEL")
KEPT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT", "TEMP")


def home_of(installation: Path) -> Path:
    path = installation / "sandbox"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def secret_of(sandbox: Path) -> str:
    """What both sides sign hand-overs with."""
    if value := os.environ.get("ORDERWELL_SANDBOX_SECRET"):
        return value
    return keep_secret(sandbox / "handover.key", os.urandom(32).hex())


def read_state(sandbox: Path) -> dict[str, Any]:
    """What the supervisor wrote last; absent when it isn't there any more."""
    try:
        state: dict[str, Any] = json.loads((sandbox / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"phase": ABSENT}
    if state.get("phase") in (PREPARING, RUNNING) and not _alive(int(state.get("supervisor", 0))):
        return {"phase": ABSENT}
    return state


def write_state(sandbox: Path, **state: Any) -> None:
    staged = sandbox / f"state.{os.getpid()}"
    staged.write_text(json.dumps(state), encoding="utf-8")
    staged.replace(sandbox / "state.json")


def _alive(process: int) -> bool:
    if process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def environment(sandbox: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Only what is listed here goes in: no database address, no key, no other setting of the real company."""
    inner = {name: outer[name] for name in KEPT if name in outer}
    inner |= {key: outer[key] for name in PASSED if (key := f"ORDERWELL_{name}") in outer}
    return inner | {
        "ORDERWELL_HOME": str(sandbox),
        "ORDERWELL_SANDBOX": "yes",
        "ORDERWELL_SANDBOX_SECRET": secret_of(sandbox),
        "DJANGO_SETTINGS_MODULE": "orderwell.settings",
    }


def fingerprint() -> str:
    """Changes with the database's shape: a practice company made by an older program is made anew."""
    names = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.glob("**/migrations/0*.py"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def ask_for_reset(sandbox: Path) -> None:
    (sandbox / "reset").touch()


def note_use(sandbox: Path) -> None:
    (sandbox / "used").touch()
