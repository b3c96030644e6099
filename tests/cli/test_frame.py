"""The promise of every command: one JSON object, messages elsewhere, exit codes that mean something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Annotated

import pytest
import typer

from orderwell.cli import app, frame
from orderwell.cli.frame import DEFECT, NOT_OK, OK, WRONG_USAGE, Answer, Progress, table
from orderwell.kernel.errors import ErrorDetail, InstallationFault, NotFound, Refusal


@pytest.fixture
def run(monkeypatch, capsys):
    """Register commands on a fresh root, run a line, and get exit code, standard output and standard error."""
    root = typer.Typer(pretty_exceptions_enable=False)
    monkeypatch.setattr(frame, "root", root)
    monkeypatch.setattr(app, "root", root)
    monkeypatch.setattr(app, "load_commands", lambda: None)
    monkeypatch.setattr(frame, "_groups", {})
    frame.group("thing", "Things.")

    def run(*line: str):
        code = app.run(line)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_a_command_answers_with_text_or_json(run) -> None:
    @frame.command("thing show", django=False)
    def show(name: str, times: Annotated[int, typer.Option()] = 1) -> Answer:
        frame.say("working")
        return Answer({"name": name, "times": times}, f"{name} " * times)

    assert run("thing", "show", "a", "--times", "2") == (OK, "a a \n", "working\n")
    code, out, err = run("thing", "show", "键", "--json")
    assert (code, json.loads(out), err) == (OK, {"name": "键", "times": 1}, "working\n")
    assert "键" in out


def test_an_answer_that_is_not_ok_ends_with_one(run) -> None:
    @frame.command("thing check", django=False)
    def check() -> Answer:
        return Answer({"ok": False}, ok=False)

    @frame.command("thing other", django=False)
    def other() -> Answer:
        return Answer({})

    code, out, _ = run("thing", "check", "--json")
    assert (code, json.loads(out)) == (NOT_OK, {"ok": False})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotFound(kind="order", reference="SO1", pointer="/order"), [("not_found", "/order")]),
        (Refusal([ErrorDetail("a", "A"), ErrorDetail("b", "B", "/x")]), [("a", None), ("b", "/x")]),
    ],
)
def test_a_refusal_is_told_with_code_message_and_place(run, error, expected) -> None:
    @frame.command("thing do", django=False)
    def do() -> Answer:
        raise error

    frame.command("thing other", django=False)(lambda: Answer({}))
    code, out, err = run("thing", "do", "--json")
    assert code == NOT_OK
    assert [(each["code"], each["pointer"]) for each in json.loads(out)["errors"]] == expected
    for each in error.details:
        assert f"{each.code}: {each.text()}" in err
    code, out, err = run("thing", "do")
    assert (code, out) == (NOT_OK, "")
    assert "Traceback" not in err


def test_a_fault_of_the_installation_is_told_without_a_traceback(run) -> None:
    @frame.command("do", django=False)
    def do() -> Answer:
        raise InstallationFault("The key ring is lost.")

    frame.command("other", django=False)(lambda: Answer({}))
    code, out, err = run("do", "--json")
    assert code == NOT_OK
    assert json.loads(out) == {"errors": [{"code": "installation_fault", "message": "The key ring is lost."}]}
    assert "Traceback" not in err


def test_a_defect_shows_its_traceback_and_has_its_own_exit_code(run) -> None:
    @frame.command("do", django=False)
    def do() -> Answer:
        raise ZeroDivisionError("oops")

    frame.command("other", django=False)(lambda: Answer({}))
    code, out, err = run("do", "--json")
    assert code == DEFECT
    assert json.loads(out)["errors"][0]["code"] == "internal_error"
    assert "Traceback" in err


@pytest.mark.parametrize(
    "line", [["no-such"], ["thing"], ["thing", "no-such"], ["thing", "show", "--no-such"], ["thing", "show", "x"]]
)
def test_wrong_usage_is_told_and_ends_with_two(run, line) -> None:
    @frame.command("thing show", django=False)
    def show(number: int) -> Answer:
        return Answer({})

    code, out, err = run(*line, "--json")
    assert code == WRONG_USAGE
    (told,) = json.loads(out)["errors"]
    assert told["code"] == "wrong_usage"
    assert told["message"]
    assert told["message"] in err
    assert err


def test_tables_line_up() -> None:
    assert table([{"a": 1, "b": None}, {"a": "long", "b": "x"}], ["a", "b"]) == "a     b\n1      \nlong  x"


def test_progress_tells_share_rate_and_remaining_time(monkeypatch) -> None:
    moments = iter([0.0, 10.0, 10.0])
    monkeypatch.setattr(frame.time, "monotonic", lambda: next(moments))
    bar = Progress("Importing", 1000, unit="lines")
    bar.done = 250
    assert bar.line() == "Importing: [######..................]  25%  250/1,000 lines  25/s  0:30 left"


def test_commands_are_listed_without_loading_django() -> None:
    code = (
        "import sys; from orderwell.cli import app; app.load_commands(); "
        "loaded = sorted(name for name in sys.modules if name.split('.')[0] in ('django', 'granian', 'openpyxl')); "
        "sys.exit(', '.join(loaded) or 0)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, f"imported at start: {done.stderr}"


def test_every_command_takes_json_and_says_what_it_does() -> None:
    app.load_commands()
    from typer.main import get_command

    def leaves(command, path):
        for name, each in getattr(command, "commands", {}).items():
            if hasattr(each, "commands"):
                yield from leaves(each, f"{path} {name}")
            else:
                yield f"{path} {name}", each

    found = dict(leaves(get_command(frame.root), "orderwell"))
    assert {"orderwell serve", "orderwell doctor", "orderwell verify", "orderwell apikey create"} <= set(found)
    for path, command in found.items():
        assert command.help, path
        assert "--json" in {option for parameter in command.params for option in parameter.opts}, path
