"""orderwell bench: how fast this machine runs Orderwell, beside hand-written references."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orderwell.cli.frame import Answer, command, say, table
from orderwell.kernel.errors import InstallationFault


class BenchNotPossible(InstallationFault):
    """What the benchmark needs is not there, or it was asked for something that doesn't exist."""

    code = "bench_not_possible"


@command("bench", django=False)
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these; all without.")] = None,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    seconds: Annotated[float, typer.Option(min=1, help="Length of one turn.")] = 5.0,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Turns of each; the median counts.")] = 3,
    lines: Annotated[int, typer.Option(min=1000, help="Lines of the imported file.")] = 60_000,
    orders: Annotated[int, typer.Option(min=20_000, help="Orders in the large database.")] = 1_000_000,
    rows: Annotated[int, typer.Option(min=100, help="Products, and customers, that typeahead searches.")] = 100_000,
    home: Annotated[
        Path | None, typer.Option(help="Data folder of a company that is filled already, for order_list and pages.")
    ] = None,
    small_home: Annotated[
        Path | None, typer.Option(help="The same for the small company that order_list compares with.")
    ] = None,
) -> Answer:
    """Measure speed against references in the same run. Uses databases of its own, or those it is pointed at."""
    try:
        from orderwell.testing.benchmarks.results import NAMES, Effort, Result
        from orderwell.testing.benchmarks.suite import DATABASES, run
    except ImportError as error:
        raise BenchNotPossible(f"{error}. Install the development packages (make dev).") from error
    unknown = sorted(set(names or ()) - set(NAMES))
    if unknown:
        raise BenchNotPossible(f"No benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    if database not in (*DATABASES, "both"):
        raise BenchNotPossible(f"No database {database}. There are: sqlite, postgresql, both.")
    folders = [folder for folder in (home, small_home) if folder is not None]
    if folders and (home is None or not set(names or ()) <= {"order_list", "pages"} or not names):
        raise BenchNotPossible("--home is for order_list and pages; --small-home goes with it.")
    if missing := [str(folder) for folder in folders if not (folder / "orderwell.sqlite3").is_file()]:
        raise BenchNotPossible(f"No company on SQLite in {', '.join(missing)}.")
    effort = Effort(seconds, rounds, lines, orders, names=rows, home=home, small_home=small_home)
    chosen = ("sqlite",) if home else DATABASES if database == "both" else (database,)
    results: list[Result] = run(names or NAMES, chosen, effort, say)
    figures = [result.as_dict() for result in results]
    for row in figures:
        row["target"] = row["target"] + ("" if row["met"] else "  missed")
    shown = table(figures, ["name", "database", "value", "unit", "reference", "ratio", "target", "detail"])
    return Answer({"results": [result.as_dict() for result in results]}, shown)
