"""Every list, search, document page and the overview in a large database, beside the bare SQL each of them needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orderwell.testing.benchmarks.results import Effort, Result
from orderwell.testing.installation import Installation

REPEATS = 60
MOST_P95, MOST_KILOBYTES = 150, 100


def page_speed(
    directory: Path, effort: Effort, url: str | None, database: str, say: Callable[[str], None]
) -> list[Result]:
    """The page that is slowest against its own SQL decides; the table shows all of them."""
    installation = Installation(directory, url, home=effort.home)
    installation.migrate()
    if effort.home is None:
        installation.orderwell("demo", "load", "--orders", str(effort.list_orders))
    installation.orderwell("figures", "prepare")
    pages = json.loads(
        installation.python("-m", "orderwell.testing.benchmarks.page_times", str(REPEATS)).stdout.splitlines()[-1]
    )
    say(f"{database}, pages at {effort.home or f'{effort.list_orders:,} orders'}:\n{table_of(pages)}")
    worst = max(pages, key=_ratio)
    slow = [page["page"] for page in pages if page["p95"] > MOST_P95]
    large = [page["page"] for page in pages if page["kilobytes"] > MOST_KILOBYTES]
    detail = (
        f"{worst['page']}; nothing but the frame: {pages[0]['median']:.1f} ms; "
        f"p95 over {MOST_P95} ms: {', '.join(slow) or 'none'}; over {MOST_KILOBYTES} kB: {', '.join(large) or 'none'}"
    )
    return [Result("pages", database, worst["median"], "ms", worst["sql"], detail)]


def _ratio(page: dict[str, Any]) -> float:
    return float(page["median"] / page["sql"]) if page["sql"] else 0.0


def table_of(pages: list[dict[str, Any]]) -> str:
    """Every page; of the many looks at each list the one that takes longest."""
    heads = f"{'page':<50}{'median ms':>11}{'p95 ms':>9}{'SQL ms':>9}{'ratio':>7}"
    lines = [f"{heads}{'processor ms':>14}{'p95':>7}{'SQL':>7}{'queries':>9}{'kB':>7}"]
    lines += [_line(page["page"], page) for page in pages if not page["list"]]
    for name in dict.fromkeys(page["list"] for page in pages if page["list"]):
        looks = [page for page in pages if page["list"] == name]
        slowest = max(looks, key=lambda page: float(page["processor"]))
        lines.append(_line(f"{slowest['page']} (slowest of {len(looks)})", slowest))
    return "\n".join(lines)


def _line(title: str, page: dict[str, Any]) -> str:
    return (
        f"{title:<50}{page['median']:>11.1f}{page['p95']:>9.1f}{page['sql']:>9.2f}{_ratio(page):>7.1f}"
        f"{page['processor']:>14.1f}{page['processor_p95']:>7.1f}{page['sql_processor']:>7.2f}"
        f"{page['queries']:>9}{page['kilobytes']:>7.1f}"
    )
