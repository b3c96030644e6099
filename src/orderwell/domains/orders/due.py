"""When an order has to leave: on the day that was promised, else on the day asked for, else it waits since it was placed."""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, Func

# What is due first goes first; on the same day the more urgent one, as when stock is short.
MOST_URGENT_FIRST = ("due", "priority", "id")


class ReadyDue(Func):
    """The moment an order is due that can leave: reserved, not on hold. NULL for every other.

    Its states are written out: SQLite recognises the expression of a partial index only where nothing is bound.
    """

    output_field = DateTimeField(null=True)
    template = "CASE WHEN {0} IN ('reserved', 'partial') AND NOT {1} THEN COALESCE({2}, {3}, {4}) END"

    def __init__(self) -> None:
        super().__init__("fulfilment_state", "on_hold", "promised_at", "requested_at", "placed_at")

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        columns = [compiler.compile(column)[0] for column in self.source_expressions]
        return self.template.format(*columns), []
