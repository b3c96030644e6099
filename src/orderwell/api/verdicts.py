"""The answer of a bulk write: one verdict per row, in the order the rows were sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import Field

from orderwell.api.bodies import bad, good
from orderwell.api.problems import show_errors
from orderwell.api.shapes import ErrorShape, Shape
from orderwell.platform.batches import Verdict


class VerdictShape(Shape):
    """`reference` is the row's own name, such as a code or number; `id` is set unless it was refused."""

    verdict: Literal["created", "updated", "unchanged", "refused"]
    reference: str | None = None
    id: int | None = None
    errors: list[ErrorShape] = Field(default=[], description="Pointers lead into the whole body")


class Verdicts(Shape):
    created: int
    updated: int
    unchanged: int
    refused: int
    results: list[VerdictShape]


def save_rows(rows: Sequence[Any], name: str, save: Callable[[Sequence[Any]], list[Verdict]]) -> dict[str, Any]:
    """Save what could be decoded, refuse the rest row by row. `name` is the field of the body that held the rows."""
    drafts = good(rows)
    verdicts = save(list(drafts.values())) if drafts else []
    results: dict[int, dict[str, Any]] = {
        index: {"verdict": "refused", "errors": show_errors(errors, at=f"/{name}/{index}")}
        for index, errors in bad(rows).items()
    }
    for index, verdict in zip(drafts, verdicts, strict=True):
        results[index] = {
            "verdict": verdict.outcome,
            "reference": verdict.reference,
            "id": verdict.id,
            "errors": show_errors(verdict.errors, at=f"/{name}/{index}"),
        }
    counts = Counter(result["verdict"] for result in results.values())
    return {
        **{outcome: counts[outcome] for outcome in ("created", "updated", "unchanged", "refused")},
        "results": [results[index] for index in range(len(results))],
    }
