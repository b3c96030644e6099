"""One measured figure, what it is compared with, and what was promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Target:
    """`ratio` is value / reference. `at_least` False means that less is better; then the ratio may not pass `ratio`."""

    ratio: float
    at_least: bool = True


# (benchmark, database) -> target; a benchmark that is the same on both databases has one entry under "".
TARGETS: Mapping[tuple[str, str], Target] = {
    ("place_32", "postgresql"): Target(0.6),
    ("place_128", "postgresql"): Target(0.6),
    ("place_32", "sqlite"): Target(1.0),
    ("place_128", "sqlite"): Target(1.0),
    ("hot_32", ""): Target(0.5),
    ("hot_128", ""): Target(0.5),
    ("bulk_500", ""): Target(2.0),
    ("import_history", ""): Target(0.25),
    ("order_list", ""): Target(2.0, at_least=False),
    ("pages", ""): Target(10.0, at_least=False),
    ("typeahead", ""): Target(1.0, at_least=False),
    ("idle_memory", ""): Target(1.0, at_least=False),
}
NAMES = (
    "place_32",
    "place_128",
    "hot_32",
    "hot_128",
    "bulk_500",
    "import_history",
    "order_list",
    "pages",
    "typeahead",
    "idle_memory",
)


@dataclass(frozen=True)
class Result:
    """`value` in `unit`, measured beside `reference` in the same unit; `detail` says how it came about."""

    name: str
    database: str
    value: float
    unit: str
    reference: float
    detail: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.reference if self.reference else 0.0

    @property
    def target(self) -> Target:
        return TARGETS.get((self.name, self.database)) or TARGETS[self.name, ""]

    @property
    def met(self) -> bool:
        return self.ratio >= self.target.ratio if self.target.at_least else self.ratio <= self.target.ratio

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "value": round(self.value, 2),
            "reference": round(self.reference, 2),
            "ratio": round(self.ratio, 3),
            "target": f"{'>=' if self.target.at_least else '<='} {self.target.ratio:g}",
            "met": self.met,
        }


@dataclass(frozen=True)
class Effort:
    """How long and how often: `rounds` turns of `seconds` each; sizes of what is filled in."""

    seconds: float = 5.0
    rounds: int = 3
    import_lines: int = 60_000
    list_orders: int = 1_000_000
    list_orders_before: int = 10_000
    names: int = 100_000
    # Data folders of companies that are filled already: order_list and pages look at these instead of filling their own.
    home: Path | None = None
    small_home: Path | None = None


def middle(values: Sequence[float]) -> float:
    return float(median(values))


def spread(values: Sequence[float]) -> str:
    """Lowest and highest of the turns, to tell a figure from noise."""
    return f"{min(values):,.0f}-{max(values):,.0f}"
