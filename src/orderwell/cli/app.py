"""Runs a command line: finds the commands, and turns whatever goes wrong into a message, a JSON object and an exit code."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer.main

from orderwell import cli
from orderwell.cli.frame import DEFECT, NOT_OK, WRONG_USAGE, fault_in_words, root, say, to_json
from orderwell.kernel.errors import DomainError, InstallationFault

# Typer keeps its copy of click to itself and offers only the last of this family.
UsageError: Any = typer.BadParameter.__base__


def load_commands() -> None:
    """Import every module of this package; each registers its commands."""
    for module in pkgutil.iter_modules(cli.__path__):
        importlib.import_module(f"{cli.__name__}.{module.name}")


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code. Nothing escapes as a traceback except a defect of the program."""
    as_json = "--json" in arguments
    try:
        load_commands()
        code = typer.main.get_command(root).main(list(arguments), prog_name="orderwell", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except UsageError as error:
        error.show()
        _print_errors([{"code": "wrong_usage", "message": error.format_message()}], as_json=as_json)
        return WRONG_USAGE
    except SystemExit as exit_:
        return _ended(exit_.code, as_json=as_json)
    except (DomainError, InstallationFault) as error:
        return _refused(error, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        say("Interrupted.")
        return 130
    except Exception as error:  # noqa: BLE001  the last place that can still tell a script what happened
        return _broken(error, as_json=as_json)


def _ended(code: object, *, as_json: bool) -> int:
    if isinstance(code, str):  # an environment variable that cannot be used: the message is the code
        say(code)
        _print_errors([{"code": "bad_environment", "message": code}], as_json=as_json)
        return NOT_OK
    return code if isinstance(code, int) else 0


def _refused(error: DomainError | InstallationFault, *, as_json: bool) -> int:
    if isinstance(error, InstallationFault):
        errors: list[dict[str, Any]] = [{"code": error.code, "message": str(error)}]
    else:
        errors = [
            {"code": detail.code, "message": detail.text(), "pointer": detail.pointer, "data": dict(detail.data)}
            for detail in error.details
        ]
    for each in errors:
        place = f" (at {each['pointer']})" if each.get("pointer") else ""
        say(f"{each['code']}: {each['message']}{place}")
    _print_errors(errors, as_json=as_json)
    return NOT_OK


def _broken(error: Exception, *, as_json: bool) -> int:
    if type(error).__module__ == "django.db.utils" and (fault := _why_not_ready()) is not None:
        return _refused(fault, as_json=as_json)
    code, message = fault_in_words(error)
    if message:
        say(f"{code}: {message}")
        _print_errors([{"code": code, "message": message}], as_json=as_json)
        return NOT_OK
    traceback.print_exception(error)
    message = f"A defect of the program: {type(error).__name__}: {error}. The traceback is on standard error."
    say(message)
    _print_errors([{"code": "internal_error", "message": message}], as_json=as_json)
    return DEFECT


def _why_not_ready() -> InstallationFault | None:
    """What the database refused may be a table or column that the next `orderwell setup` makes."""
    from orderwell.platform.installation import require_ready

    try:
        require_ready()
    except InstallationFault as fault:
        return fault
    except Exception:  # noqa: BLE001  a database that says nothing: then what it said first is the answer
        return None
    return None


def _print_errors(errors: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(to_json({"errors": errors}) + "\n")
        sys.stdout.flush()
