"""The tail of the log that may be shown to others: where something was logged, never what was said.

Beside the log on standard error, warnings and errors leave a line here: when, how bad, from which place of the program,
with which kind of exception, through which lines. The place tells the message to whoever has the source.
"""

from __future__ import annotations

import fcntl
import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orderwell.platform.diagnostics import harmless

MOST_BYTES = 256 * 1024
FRAMES = 12
LEVELS = frozenset({"WARNING", "ERROR", "CRITICAL"})


def _own(path: str) -> str:
    try:
        return str(Path(path).resolve().relative_to(harmless.PACKAGE))
    except ValueError:
        return harmless.UNKNOWN


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    error = record.exc_info[1] if record.exc_info else None
    frames = traceback.extract_tb(error.__traceback__) if error else []
    # Of the lines of others nothing may be shown: they would only take the place of ours.
    through = [[name, frame.lineno or 0] for frame in frames if (name := _own(frame.filename)) != harmless.UNKNOWN]
    return {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
        "level": record.levelname,
        "file": _own(record.pathname),
        "line": record.lineno,
        "exception": type(error).__name__ if error else "",
        "through": through[-FRAMES:],
    }


class RecentLog(logging.Handler):
    """Keeps the newest lines in a file of bounded size that several processes write."""

    def __init__(self, path: str) -> None:
        super().__init__(logging.WARNING)
        self.path = Path(path)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.WARNING and hasattr(record, "status_code"):
            return  # a refused request, which anybody can make as often as they like: no fault of ours
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.path.open("a+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(json.dumps(line_of(record)) + "\n")
                if file.tell() > MOST_BYTES:
                    file.seek(0)
                    kept = file.read()[-MOST_BYTES // 2 :].partition("\n")[2]
                    file.truncate(0)
                    file.write(kept)
        except OSError:
            # The disk is full, perhaps: the line stands on standard error, and the traceback of a log would bury it.
            pass


def tail(path: Path, *, most: int = 200) -> list[dict[str, Any]]:
    """The newest lines, each looked at again: the file may hold what we did not write."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-most:]
    except OSError:
        return []
    return [clean for line in lines if (clean := _clean(line)) is not None]


def _clean(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
        at = datetime.fromisoformat(found["at"])
        return {
            "at": harmless.moment(at),
            "level": harmless.one_of(found["level"], LEVELS),
            "file": harmless.source_file(found["file"]),
            "line": int(found["line"]),
            "exception": harmless.exception_name(found["exception"]) if found["exception"] else "",
            "through": [[harmless.source_file(file), int(number)] for file, number in found["through"]],
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
