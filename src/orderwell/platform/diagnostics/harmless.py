"""What may leave the house. An allow-list: a text gets into the bundle only when it is one of our own known words.

Numbers, moments and yes or no are harmless. A name is harmless when the program itself declares it. Everything else -
messages, payloads, addresses, free text of any kind - stays here, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
UNKNOWN = "(not shown)"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
# Settings of the environment whose values are numbers, yes or no, or one of a fixed list of words.
VARIABLES = frozenset(
    f"ORDERWELL_{name}"
    for name in (
        "DATABASE_POOL",
        "DEBUG",
        "GATE_BATCH",
        "HTTPS",
        "LANGUAGE",
        "LOG_LEVEL",
        "MAX_BODY_MB",
        "SANDBOX",
        "SANDBOX_PORT",
        "THREADS",
        "TIME_ZONE",
        "WORKER",
        "WORKERS",
    )
)
# Kinds of settings whose values can't hold free text.
KINDS = frozenset({"whole", "decimal", "yes_no", "choice", "currency", "time_zone"})


@lru_cache(maxsize=1)
def _exceptions() -> frozenset[str]:
    """The names of every class of exception that the program knows."""
    found: set[type] = set()
    waiting: list[type] = [BaseException]
    while waiting:
        kind = waiting.pop()
        if kind not in found:  # by class: several libraries have an `Error` of their own
            found.add(kind)
            waiting += kind.__subclasses__()
    return frozenset(kind.__name__ for kind in found)


def exception_in(text: str) -> str:
    """The first known exception that a text names, and nothing else of it."""
    for word in _WORD.findall(text):
        name: str = word.rsplit(".", 1)[-1]
        if name in _exceptions() and name.endswith(("Error", "Exception", "Interrupt", "Denied", "Exit", "Broken")):
            return name
    return UNKNOWN if text.strip() else ""


def exception_name(name: str) -> str:
    last = name.rsplit(".", 1)[-1]
    return last if last in _exceptions() else UNKNOWN


def one_of(name: str, known: Iterable[str]) -> str:
    return name if name in set(known) else UNKNOWN


@lru_cache(maxsize=1)
def _modules() -> frozenset[str]:
    return frozenset(
        "orderwell." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py")
    )


def dotted(path: str) -> str:
    """A function of our own package, `orderwell.module.name`, if the module really exists."""
    module, _dot, name = path.rpartition(".")
    return path if module in _modules() and name.isidentifier() and name.isascii() else UNKNOWN


def source_file(name: str) -> str:
    """A file of our own package, relative to it; of others nothing."""
    return name if ("orderwell." + name.removesuffix(".py").replace("/", ".")) in _modules() else UNKNOWN


def moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else None
