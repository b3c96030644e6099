"""Reading the environment: every variable is declared once with type, default and meaning; bad values stop the start.

The table in docs/operate/configuration.md is made from these declarations.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

T = TypeVar("T")


class BadEnvironment(SystemExit):
    """A variable has a value that cannot be used. Ends the program with what was wrong and what would be right."""


@dataclass(frozen=True)
class Variable:
    name: str
    kind: str
    default: str
    meaning: str


declared: dict[str, Variable] = {}


def _read(name: str, kind: str, default: str, meaning: str, parse: Callable[[str], T]) -> T:
    declared[name] = Variable(name, kind, default, meaning)
    raw = os.environ.get(name, default)
    try:
        return parse(raw)
    except (ValueError, KeyError) as error:
        shown = re.sub(r"(://[^:@/]*:)[^@]*@", r"\1***@", raw)  # a password is not for the log
        raise BadEnvironment(
            f"orderwell: {name}={shown!r} is not usable: {error}. Expected {kind}. {meaning}"
        ) from None


def text(name: str, default: str, meaning: str) -> str:
    return _read(name, "text", default, meaning, str)


def whole(name: str, default: int, meaning: str, *, low: int = 0, high: int = 10**9) -> int:
    def parse(raw: str) -> int:
        value = int(raw)
        if not low <= value <= high:
            raise ValueError(f"must lie between {low} and {high}")
        return value

    return _read(name, f"whole number from {low} to {high}", str(default), meaning, parse)


def yes_no(name: str, default: bool, meaning: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}

    def parse(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError("must be yes or no")
        return words[raw.lower()]

    return _read(name, "yes or no", "yes" if default else "no", meaning, parse)


def words(name: str, default: str, meaning: str) -> list[str]:
    return _read(
        name,
        "words separated by commas",
        default,
        meaning,
        lambda raw: [w.strip() for w in raw.split(",") if w.strip()],
    )


def choice(name: str, default: str, options: tuple[str, ...], meaning: str) -> str:
    def parse(raw: str) -> str:
        if raw not in options:
            raise ValueError(f"must be one of {', '.join(options)}")
        return raw

    return _read(name, " | ".join(options), default, meaning, parse)


def zone(name: str, default: str, meaning: str) -> str:
    def parse(raw: str) -> str:
        try:
            return ZoneInfo(raw).key
        except Exception as error:  # noqa: BLE001  zoneinfo raises several unrelated types for unusable names
            raise ValueError(f"unknown time zone ({error})") from None

    return _read(name, "IANA time zone", default, meaning, parse)


def folder(name: str, default: str, meaning: str) -> Path:
    return _read(name, "folder", default, meaning, _folder)


def _folder(raw: str) -> Path:
    if not raw.strip():  # what is left of a variable that nobody set must not make the current folder a company
        raise ValueError("it names no folder")
    path = Path(raw).expanduser().resolve()
    try:
        # What is in it is nobody else's; one that was there has the rights that somebody gave it.
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        if path.is_dir():
            return path
        in_the_way = next((part for part in (path, *path.parents) if part.exists()), path)
        why = f"{in_the_way} is a file" if in_the_way.is_file() else error.strerror
        raise ValueError(f"the folder can't be made ({why})") from None
    return path


def file(name: str, meaning: str) -> str:
    """Path of an existing file, or the empty text."""

    def parse(raw: str) -> str:
        if raw and not Path(raw).expanduser().is_file():
            raise ValueError("there is no such file")
        return str(Path(raw).expanduser().resolve()) if raw else ""

    return _read(name, "file", "", meaning, parse)


def secret(name: str, path: Path, meaning: str) -> str:
    """A secret from NAME, from the file named by NAME_FILE, or made once and kept in `path` (readable by its owner only)."""
    declared[name] = Variable(name, "text", f"made at first start, kept in {path.parent.name}/{path.name}", meaning)
    declared[f"{name}_FILE"] = Variable(f"{name}_FILE", "file", "", f"File that holds {name}.")
    if value := os.environ.get(name):
        return value
    if os.environ.get(f"{name}_FILE"):
        return _read(f"{name}_FILE", "file", "", f"File that holds {name}.", _content)
    return keep_secret(path, secrets.token_urlsafe(48))


def _content(raw: str) -> str:
    try:
        content = Path(raw).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"the file can't be read ({error.strerror})") from None
    if not content:
        raise ValueError("the file is empty")
    return content


def keep_secret(path: Path, fresh: str) -> str:
    """What `path` holds; written with `fresh` first when it does not exist. Safe when several processes start at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        staged.touch(mode=0o600)
        staged.write_text(fresh, encoding="utf-8")
        try:
            os.link(staged, path)  # fails when another process was first, which is as good
        except FileExistsError:
            pass
        finally:
            staged.unlink()
    return path.read_text(encoding="utf-8").strip()


def database(name: str, home: Path, meaning: str, *, pool: int) -> dict[str, Any]:
    """Django's database entry for a `postgresql://` URL, or the SQLite file of `home` when the variable is empty."""
    return _read(name, "postgresql://user:password@host:port/name", "", meaning, lambda raw: _database(raw, home, pool))


def _make_private(file: Path) -> None:
    """A new database is readable by its owner only, and so are the files that SQLite puts beside it."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return  # it is there, or can't be made: whoever opens it says so


def _database(url: str, home: Path, pool: int) -> dict[str, Any]:
    if not url:
        file = home / "orderwell.sqlite3"
        _make_private(file)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            # Opening a connection costs more than most pages ask of it; each thread keeps its own for a minute.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # The write lock is taken when a transaction begins, so a read followed by a write can never fail half way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000; "
                "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864; "
                # Pages that are written again and again are copied into the database once in a while, not at every commit:
                # when the log comes near the size that is kept of it, so that it need not grow anew.
                "PRAGMA wal_autocheckpoint=16000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not re.fullmatch(r"/[^/]+", parts.path):
        raise ValueError("only postgresql://user:password@host:port/name is understood")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": pool, "timeout": 30}, "connect_timeout": 10, **query},
    }
