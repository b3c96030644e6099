"""Run the tests the way `make test` promises: both databases, then a real browser; one summary at the end.

Plain tests share the cores; what sets threads against each other or kills processes comes after them, and a browser last.
Whatever is given after the name goes to pytest as it is, in one run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = ("concurrency", "crash")
SOAK_SECONDS = "7200"
# A file of tests stays with one worker. In the order of their folders: as it comes, xdist keeps the files of few tests,
# which are the long ones, for the end, when the others have nothing left to do.
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")
SLOWEST = ("--durations", "12", "--durations-min", "5")  # named at the end of each run: where time is to be won
TESTS_FAILED, NO_TESTS = 1, 5  # pytest's exit codes
FAILED = re.compile(r"(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$")  # how pytest names one at the end of a run
FEW = 5  # so many failures may be a busy machine's; more are the program's


@dataclass
class Run:
    title: str
    database: str
    arguments: list[str]
    environment: dict[str, str]


@dataclass
class Result:
    title: str
    code: int
    closing: str
    seconds: float
    failed: list[str]


def marked(*marks: str) -> list[str]:
    """The files of tests that name one of `marks`: to read all others only to leave them out takes half a minute a run."""
    named = re.compile(rf"mark\.({'|'.join(marks)})\b")
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in files if named.search(path.read_text(encoding="utf-8"))]


def plan(what: str, given: list[str], chromium: str | None) -> list[Run]:
    databases = [what] if what in {"sqlite", "postgresql"} else ["sqlite", "postgresql"]
    runs: list[Run] = []
    at_once = " or ".join(AT_ONCE)
    if what != "browser":
        for database in databases:
            if given:
                runs.append(Run(database, database, given, {}))
            elif what == "soak":
                # Fifty rounds of killing take longer than any test of `make test` may.
                runs.append(Run(f"{database}, soak", database, ["-m", "soak", "--timeout", SOAK_SECONDS], {}))
            else:
                plain = ["-n", str(os.cpu_count() or 1), *BY_FILE]
                runs.append(Run(database, database, [*plain, "-m", f"not ({at_once} or browser or soak)"], {}))
                # Threads and processes that meet: no more than two such tests at once, however many cores there are.
                few = ["-n", "2", *BY_FILE, "-m", f"({at_once}) and not (browser or soak)"]
                runs.append(Run(f"{database}, at once", database, [*few, *marked(*AT_ONCE)], {}))
    if what in {"all", "browser"} and chromium:
        # A browser waits a lot: two of them, each with its own server and company. Of one file after the other, so that
        # what a company has seen before a test is the same in every run.
        arguments = ["-n", "2", *BY_FILE, "-m", "browser and not soak", *(given or marked("browser"))]
        runs.append(Run("browser", "sqlite", arguments, {"ORDERWELL_CHROMIUM": chromium}))
    return runs


def execute(run: Run) -> Result:
    """One pytest run, shown as it goes; its last line is kept for the summary."""
    print(f"\n== {run.title} ==", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *SLOWEST, *run.arguments],
        cwd=ROOT,
        env=os.environ | {"ORDERWELL_TEST_DATABASE": run.database} | run.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    closing, failed = "", []
    assert process.stdout is not None  # noqa: S101 - asked for above
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        if line.strip():
            closing = line.strip().strip("= ")
        if named := FAILED.match(line):
            failed.append(named[1])
    code = process.wait()
    return Result(run.title, 0 if code == NO_TESTS else code, closing, time.monotonic() - started, failed)


def again(run: Run, first: Result) -> Result | None:
    """The few browser tests that failed, once more and by themselves; None where all passed or more is wrong than that.

    A browser waits by the clock for a server, and a machine that does other things meanwhile makes both late. A test that
    fails by itself too has failed; one that does not is named in the summary, to be made to wait for what it means. For all
    other runs a failure is a failure: what goes wrong between threads once in a while is what those tests look for.
    """
    if run.title != "browser" or first.code != TESTS_FAILED or not 0 < len(first.failed) <= FEW:
        return None
    alone = ["-m", "browser and not soak", *first.failed]
    return execute(Run("browser, again", run.database, alone, run.environment))


def main() -> int:
    what, given = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("all", [])
    if what not in {"all", "sqlite", "postgresql", "browser", "soak"}:
        raise SystemExit("test.py takes all, sqlite, postgresql, browser or soak, then arguments for pytest")
    chromium = None
    if what in {"all", "browser"} and not (what == "all" and given):
        from browser import find_or_install

        chromium = find_or_install()
    results: list[Result] = []
    unsteady: list[str] = []
    for run in plan(what, given, chromium):
        first = execute(run)
        second = again(run, first)
        if second and second.code == 0:
            unsteady += first.failed
            first.code = 0
        results += [first, second] if second else [first]
    print("\n== summary ==")
    for result in results:
        mark = "FAIL" if result.code else "once" if result.failed else "ok  "
        print(f"{mark} {result.title:<20} {result.closing} ({result.seconds:.0f} s)")
    for name in unsteady:
        print(f"     failed once and passed by itself: {name}")
    if what in {"all", "browser"} and not given and chromium is None:
        print("     browser              not run: no Chromium here and none could be installed (see above)")
    return max((1 if result.code else 0 for result in results), default=0)


if __name__ == "__main__":
    sys.exit(main())
