"""What all commands share: `--json`, exit codes, errors, progress.

A command returns an `Answer`. With `--json`, standard output carries exactly one JSON object, also when the command fails;
messages and progress go to standard error. Exit codes: 0 success, 1 refused or not as it should be, 2 wrong usage,
70 a defect of the program. Django is loaded only when a command runs that needs it.
"""

from __future__ import annotations

import functools
import getpass
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from orderwell.platform.accounts.actor import Actor

OK, NOT_OK, WRONG_USAGE, DEFECT = 0, 1, 2, 70

root = typer.Typer(
    name="orderwell",
    help="Customer order management that a company runs itself.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_groups: dict[str, typer.Typer] = {}


@dataclass(frozen=True)
class Answer:
    """`data` is the JSON object, `text` the same for people. With `ok` False the exit code is 1."""

    data: Mapping[str, Any]
    text: str = ""
    ok: bool = True


def group(name: str, meaning: str) -> None:
    """Declare the commands `orderwell NAME ...`."""
    app = typer.Typer(help=meaning, no_args_is_help=True, rich_markup_mode=None)
    _groups[name] = app
    root.add_typer(app, name=name)


def command(
    path: str, *, django: bool = True, new: bool = True
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a function as `orderwell PATH`. Its parameters are the options (typer's annotations), plus `--json`.

    An empty database is set up first, unless `new` is False: for what looks at the installation as it is.
    """
    *groups, verb = path.split()
    app = _groups[groups[0]] if groups else root

    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        @functools.wraps(function)
        def run(*, as_json: bool, **arguments: Any) -> None:
            if django:
                load_django()
                if new:
                    set_up_new_database()
                answer = in_english(function, arguments)
            else:
                answer = function(**arguments)
            show(answer, as_json=as_json)
            raise typer.Exit(OK if answer.ok else NOT_OK)

        signature = inspect.signature(function, eval_str=True)
        option = inspect.Parameter(
            "as_json",
            inspect.Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")],
        )
        named = [value.replace(kind=inspect.Parameter.KEYWORD_ONLY) for value in signature.parameters.values()]
        vars(run)["__signature__"] = inspect.Signature([*named, option])  # what typer reads
        app.command(verb)(run)
        return function

    return register


def load_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwell.settings")
    import django
    from django.conf import settings

    # A command keeps the one connection it needs. A pool would wait half a minute for a server that isn't there.
    database = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = None
    database.get("OPTIONS", {}).pop("pool", None)
    django.setup()


def set_up_new_database() -> None:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.installation import set_up_new

    if set_up_new(now=utc_now()):
        say("The database was empty and has been set up. `orderwell setup --admin NAME` makes the first user.")


def in_english(function: Callable[..., Answer], arguments: Mapping[str, Any]) -> Answer:
    """The command line speaks one language, whatever that of the business is: scripts and manuals quote what it says."""
    from django.utils import translation

    with translation.override("en"):
        return function(**arguments)


def fault_in_words(error: Exception) -> tuple[str, str]:
    """A code and a sentence for what is wrong with the machine or its database; nothing for a defect of the program."""
    from orderwell.platform.faults import fault_of

    fault = fault_of(error)
    if isinstance(error, OSError):
        return ("machine_fault", f"{error}. {fault}") if fault else ("", "")
    if fault or (type(error).__name__ == "OperationalError" and type(error).__module__ == "django.db.utils"):
        return "database_error", f"The database refused: {str(error).strip()}. {fault or 'Try `orderwell doctor`.'}"
    return "", ""


def operator() -> Actor:
    """Who acts on the command line: whoever may read the key ring may do everything; the account's name is recorded."""
    from orderwell.platform.accounts.actor import system_actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        name = f"uid {os.getuid()}"
    return system_actor(source="cli", label=name)


def show(answer: Answer, *, as_json: bool) -> None:
    text = to_json(answer.data) if as_json else answer.text or to_json(answer.data)
    sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()


def to_json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=_json_value)


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Sequence):
        return list(value)
    return str(value)


def say(message: str) -> None:
    """A message for people, on standard error."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as aligned text."""
    cells = [[str(column) for column in columns]]
    cells += [["" if row[column] is None else str(row[column]) for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


class Progress:
    """A bar on a terminal, a line every `every` seconds elsewhere: done, share, rate and remaining time, on standard error."""

    def __init__(self, title: str, total: int | None = None, *, unit: str = "rows", every: float = 10.0) -> None:
        self.title, self.total, self.unit = title, total, unit
        self.done = 0
        self.started = time.monotonic()
        self._every = every
        self._terminal = sys.stderr.isatty()
        self._next = self.started + (0.0 if self._terminal else every)

    def advance(self, count: int = 1) -> None:
        self.done += count
        now = time.monotonic()
        if now >= self._next:
            self._next = now + (0.2 if self._terminal else self._every)
            self._write()

    def finish(self) -> None:
        if self._terminal:
            self._write()
            sys.stderr.write("\n")
            sys.stderr.flush()

    def line(self) -> str:
        seconds = max(time.monotonic() - self.started, 1e-6)
        rate = self.done / seconds
        text = f"{self.title}: {self.done:,} {self.unit}"
        if self.total:
            share = min(self.done / self.total, 1.0)
            filled = round(share * 24)
            text = f"{self.title}: [{'#' * filled}{'.' * (24 - filled)}] {share:4.0%}  {self.done:,}/{self.total:,} {self.unit}"
        text += f"  {rate:,.0f}/s"
        if self.total and rate:
            text += f"  {_duration((self.total - self.done) / rate)} left"
        return text

    def _write(self) -> None:
        sys.stderr.write(f"\r\033[K{self.line()}" if self._terminal else self.line() + "\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
