"""Write the reference documents from the code: settings, permissions, events, error codes, commands.

What a program can look up in itself isn't typed again by hand: the tables below stand between two marks in each
document, `make docs` writes them anew, and `make check` fails when one is out of step.

    reference.py write
    reference.py check
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BEGIN = "<!-- made by make docs: {name} -->"
END = "<!-- end of {name} -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(value) for value in line) + " |" for line in lines)


def cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", " ").strip()


def code(value: str) -> str:
    return f"`{value}`" if value else ""


def load_everything() -> None:
    """Import every module of the package, so that every registry is complete."""
    import django

    import orderwell

    django.setup()
    # Static files are no matter of documents.
    warnings.filterwarnings("ignore", message="No directory at")
    for module in pkgutil.walk_packages(orderwell.__path__, "orderwell."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def environment() -> str:
    from orderwell.platform.environment import declared

    rows = [
        (code(variable.name), variable.kind, code(variable.default), variable.meaning)
        for variable in sorted(
            declared.values(), key=lambda variable: (variable.name != "ORDERWELL_HOME", variable.name)
        )
    ]
    return table(("variable", "value", "default", "meaning"), rows)


def settings() -> str:
    from orderwell.platform.configuration.services import options

    rows = [
        (code(option.key), option.title, option.kind.expected, code(str(option.default)), option.help)
        for option in options()
    ]
    return table(("key", "title", "value", "default", "meaning"), rows)


def laws() -> str:
    from orderwell.platform import verify

    return table(("law", "what must hold"), [(code(name), meaning) for name, meaning in verify.laws().items()])


def permissions() -> str:
    from orderwell.platform.permissions import BUILT_IN_ROLES, Permission

    rows = [
        (code(permission), ", ".join(name for name, (_title, held) in BUILT_IN_ROLES.items() if permission in held))
        for permission in Permission
    ]
    return table(("permission", "built-in roles that hold it"), rows)


def events() -> str:
    from orderwell.platform.events.recording import EventName
    from orderwell.platform.events.subscriptions import subscribers

    rows = []
    for kind in sorted(EventName.__subclasses__(), key=lambda kind: (kind.__module__, kind.__name__)):
        sentences = kind.sentences()
        rows += [
            (code(event), str(sentences[event]), ", ".join(code(handler) for handler in subscribers(event)))
            for event in kind
        ]
    return table(("event", "in the timeline", "handlers"), rows)


def errors() -> str:
    from orderwell.kernel.errors import all_codes

    rows = [
        (code(name), error.message, " ".join((error.__doc__ or "").split()))
        for name, error in sorted(all_codes().items())
    ]
    return table(("code", "message", "when"), rows)


def commands() -> str:
    import typer.main

    from orderwell.cli.app import load_commands
    from orderwell.cli.frame import root

    load_commands()
    return "\n\n".join(_command_text(command, path) for path, command in _commands(typer.main.get_command(root), ()))


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], click.Command]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name in sorted(children):
        yield from _commands(children[name], (*path, name))


def _command_text(command: click.Command, path: tuple[str, ...]) -> str:
    arguments, options = [], []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = (parameter.metavar or parameter.name or "").upper()
            arguments.append(word if parameter.required else f"[{word}]")
        elif parameter.name != "as_json":
            meaning = str(getattr(parameter, "help", None) or "")
            options.append((code(", ".join([*parameter.opts, *parameter.secondary_opts])), meaning))
    lines = [f"### `orderwell {' '.join([*path, *arguments])}`", "", " ".join((command.help or "").split())]
    if options:
        lines += ["", table(("option", "meaning"), options)]
    return "\n".join(lines)


DOCUMENTS: dict[str, tuple[str, Callable[[], str]]] = {
    "environment": ("operate/configuration.md", environment),
    "commands": ("operate/commands.md", commands),
    "settings": ("operate/settings.md", settings),
    "laws": ("operate/laws.md", laws),
    "permissions": ("operate/permissions.md", permissions),
    "events": ("develop/events.md", events),
    "errors": ("develop/errors.md", errors),
}


def filled(name: str, text: str, made: str) -> str:
    """The document with what was made between its marks."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found, rest = text.partition(begin)
    _old, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise SystemExit(f"docs/{DOCUMENTS[name][0]} lacks the marks {begin} and {end}")
    return f"{before}{begin}\n\n{made}\n\n{end}{after}"


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in {"write", "check"}:
        sys.stderr.write(__doc__ or "")
        return 2
    with tempfile.TemporaryDirectory(prefix="orderwell-reference-") as home:
        os.environ |= {"ORDERWELL_HOME": home, "DJANGO_SETTINGS_MODULE": "orderwell.settings"}
        os.environ.pop("DATABASE_URL", None)
        sys.path.insert(0, str(ROOT / "src"))
        load_everything()
        stale = []
        for name, (place, make) in DOCUMENTS.items():
            path = DOCS / place
            text = path.read_text(encoding="utf-8")
            new = filled(name, text, make())
            if new != text and sys.argv[1] == "write":
                path.write_text(new, encoding="utf-8")
            elif new != text:
                stale.append(place)
    if stale:
        sys.stderr.write("out of step, run make docs: " + ", ".join(f"docs/{place}" for place in stale) + "\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
