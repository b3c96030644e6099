"""What is typed into the search boxes of a large company: server time of each text, beside the promised 100 ms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from orderwell.testing.benchmarks.results import Effort, Result
from orderwell.testing.installation import Installation

MOST = 100.0


def typeahead(
    directory: Path, effort: Effort, url: str | None, database: str, say: Callable[[str], None]
) -> list[Result]:
    """The slowest text of all decides, at 95 of 100 of its requests; the table shows each."""
    installation = Installation(directory, url)
    installation.migrate()
    told = installation.python(
        "-m", "orderwell.testing.benchmarks.typeahead_times", str(effort.names), str(effort.rounds * 10)
    )
    found = json.loads(told.stdout.splitlines()[-1])
    lines = [f"{'box':<14}{'typed':<22}{'hits':>6}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}"]
    lines += [
        f"{t['box']:<14}{t['text']:<22}{t['hits']:>6}{t['p50']:>9.1f}{t['p95']:>9.1f}{t['cpu']:>9.1f}"
        for t in found["texts"]
    ]
    say(
        f"{database}, {effort.names:,} products and {effort.names:,} customers, {found['filled']}:\n" + "\n".join(lines)
    )
    worst = max(found["texts"], key=lambda text: float(text["p95"]))
    middle = sorted(float(text["p50"]) for text in found["texts"])[len(found["texts"]) // 2]
    detail = f"{worst['box']} “{worst['text']}”; median over all texts {middle:.1f} ms; {found['filled']}"
    return [Result("typeahead", database, float(worst["p95"]), "ms", MOST, detail)]
