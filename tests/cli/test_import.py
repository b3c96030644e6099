"""The command, as scripts use it: JSON, exit codes, and kill -9 in the middle."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from orderwell.testing.installation import Installation
from tests.domains.integrations.bringing import HEADER, INVOICES, UK, write_csv
from tests.installations import fresh_installation

pytestmark = pytest.mark.crash
KEYS = ["lines", "done", "duplicate", "refused", "orders", "returns", "adjustments", "charges"]
KEYS += ["source_total", "accounted_total", "rounding", "seconds"]
KILLS = 3


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with fresh_installation(tmp_path_factory.mktemp("import")) as (made, _):
        yield made


def run(installation: Installation, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON object on standard output, and standard error."""
    command = [sys.executable, "-m", "orderwell", *arguments, "--json"]
    ended = subprocess.run(command, env=installation.environment, capture_output=True, text=True, check=False)
    return ended.returncode, json.loads(ended.stdout), ended.stderr


def long_file(path: Path, lines: int) -> Path:
    """Invoices of some lines each, every tenth cancelled later, so that a kill meets all kinds of documents."""
    random = Random(5)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(lines):
            invoice = 600_000 + number // 7
            credit, note = invoice % 10 == 3, invoice % 10 == 7
            quantity = -1 if credit or note else random.randint(1, 9)
            price = "0.0" if note else f"{random.randint(1, 900) / 100:.2f}"
            customer = "" if note else f"{12_000 + invoice % 50}.0"
            day = f"2011-0{1 + number * 8 // lines}-15 10:00:00"
            name = f"{'C' if credit else ''}{invoice}"
            writer.writerow((name, 20_000 + number % 300, "THING", quantity, day, price, customer, UK))
    return path


def test_the_result_has_exactly_the_promised_keys(installation: Installation, tmp_path: Path) -> None:
    source = str(write_csv(tmp_path / "retail.csv", INVOICES))
    code, rehearsal, _ = run(installation, "import", "orders", source, "--preset", "online-retail", "--dry-run")
    assert (code, list(rehearsal)) == (0, KEYS)
    code, answer, _ = run(installation, "import", "orders", source, "--preset", "online-retail")
    assert (code, list(answer), answer["lines"], answer["done"]) == (0, KEYS, 14, 14)
    assert {**answer, "seconds": 0} == {**rehearsal, "seconds": 0}
    assert (answer["source_total"], answer["accounted_total"], answer["rounding"]) == (
        "-11064.809",
        "-11064.81",
        "0.001",
    )
    code, again, _ = run(installation, "import", "orders", source, "--preset", "online-retail", "--mode", "history")
    assert (code, again["done"], again["duplicate"]) == (0, 0, 14)
    _, listed, _ = run(installation, "import", "list")
    batch = str(listed["imports"][1]["id"])
    _, shown, _ = run(installation, "import", "show", batch)
    assert shown["reconciliation"]["rounded_lines"] == 1
    code, undone, _ = run(installation, "import", "undo", batch)
    assert (code, undone["undone"], undone["kept"]) == (0, 11, [])
    assert run(installation, "verify")[:1] == (0,)


def test_refused_lines_and_unusable_files_do_not_exit_with_success(installation: Installation, tmp_path: Path) -> None:
    bad = [list(INVOICES[0])]
    bad[0][3] = "many"
    source = str(write_csv(tmp_path / "bad.csv", bad))
    code, answer, _ = run(installation, "import", "orders", source, "--preset", "online-retail")
    assert (code, answer["refused"]) == (1, 1)
    _, listed, _ = run(installation, "import", "list")
    code, rows, _ = run(installation, "import", "rows", str(listed["imports"][0]["id"]), "--refused")
    assert [(row["row"], row["column"], row["code"]) for row in rows["rows"]] == [(2, "Quantity", "not_a_number")]
    source = str(write_csv(tmp_path / "short.csv", [["1"]], header=["InvoiceNo"]))
    code, answer, _ = run(installation, "import", "orders", source, "--preset", "online-retail")
    assert (code, answer["errors"][0]["code"]) == (1, "missing_column")
    assert run(installation, "import", "resume", "999999")[1]["errors"][0]["code"] == "not_found"


def test_an_import_that_is_killed_goes_on_exactly(installation: Installation, tmp_path: Path) -> None:
    lines = 60_000
    source = long_file(tmp_path / "long.csv", lines)
    command = [
        sys.executable,
        "-m",
        "orderwell",
        "import",
        "orders",
        str(source),
        "--preset",
        "online-retail",
        "--json",
    ]
    random, killed = Random(), 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            command, env=installation.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(random.uniform(1.5, 4.0))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
    assert killed, "every run ended before it could be killed: the file is too short to prove anything"
    code, answer, _ = run(installation, "import", "orders", str(source), "--preset", "online-retail")
    assert (code, answer["lines"], answer["refused"]) == (0, lines, 0)
    assert answer["done"] + answer["duplicate"] == lines
    assert answer["source_total"] == answer["accounted_total"] and answer["rounding"] == "0"
    # Every line was brought in once, by whichever of the batches; one that a quick run had finished leaves duplicates.
    _, listed, _ = run(installation, "import", "list")
    assert sum(row["done"] for row in listed["imports"] if row["file"] == source.name) == lines
    code, verified, _ = run(installation, "verify")
    assert (code, verified["differences"]) == (0, [])
