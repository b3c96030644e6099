"""What `make test` makes of browser tests that fail: a busy machine's are run again, the program's own fail twice."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def script() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("test_script", ROOT / "scripts/test.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def runs(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been run a second time; each such run passes."""
    asked: list[list[str]] = []

    def execute(run: object) -> object:
        asked.append(run.arguments)  # type: ignore[attr-defined]
        return script.Result("browser, again", 0, "passed", 1.0, [])

    monkeypatch.setattr(script, "execute", execute)
    return asked


def test_the_failures_of_a_run_are_known_by_name(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "test_some.py"
    file.write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('words', ['two words', 'one'])\n"
        "def test_it(words): assert words == 'one', 'not - one'\n"
    )
    result = script.execute(script.Run("some", "sqlite", ["-p", "no:cacheprovider", "-ra", str(file)], {}))
    assert result.code == script.TESTS_FAILED
    assert [name.split("::")[1] for name in result.failed] == ["test_it[two words]"]


def test_a_few_browser_tests_that_failed_are_run_again_by_themselves(script: ModuleType, runs: list[list[str]]) -> None:
    browser = script.Run("browser", "sqlite", ["-n", "2"], {})
    again = script.again(browser, script.Result("browser", 1, "1 failed", 1.0, ["tests/a.py::test_a"]))
    assert again.code == 0
    assert runs == [["-m", "browser and not soak", "tests/a.py::test_a"]]


@pytest.mark.parametrize(
    ("title", "code", "failed"),
    [
        ("browser", 0, []),
        ("browser", 1, [f"tests/a.py::test_{i}" for i in range(6)]),
        ("browser", 2, ["tests/a.py::test_a"]),
        ("browser", 1, []),
        ("sqlite", 1, ["tests/a.py::test_a"]),
        ("postgresql, at once", 1, ["tests/a.py::test_a"]),
    ],
)
def test_anything_else_is_a_failure_at_once(
    script: ModuleType, runs: list[list[str]], title: str, code: int, failed: list[str]
) -> None:
    run = script.Run(title, "sqlite", [], {})
    assert script.again(run, script.Result(title, code, "failed", 1.0, failed)) is None
    assert runs == []
