"""When an order has to leave: on the day that was promised, else on the day asked for, else it waits since it was placed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import DateTimeField, Func

# What is due first goes first; on the same day the more urgent one, as when stock is short.
MOST_URGENT_FIRST = ("due", "priority", "id")


class ReadyDue(Func):
    """The moment an order is due that can leave: reserved, not on hold. NULL for every other.

    Its states are written out: SQLite recognises the expression of a partial index only where nothing is bound.
    """

    output_field = DateTimeField(null=True)
    template = "CASE WHEN {0} IN ({states}) AND NOT {1} THEN COALESCE({2}, {3}, {4}) END"
    states: ClassVar[str] = "'reserved', 'partial'"
    columns = ("fulfilment_state", "on_hold", "promised_at", "requested_at", "placed_at")

    def __init__(self) -> None:
        super().__init__(*self.columns)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return self.of([compiler.compile(column)[0] for column in self.source_expressions]), []

    @classmethod
    def of(cls, columns: list[str]) -> str:
        """The same of columns that are named in SQL."""
        return cls.template.format(*columns, states=cls.states)


class PartDue(ReadyDue):
    """The same of orders of which a part is reserved while the rest waits for goods: their lines may leave."""

    states = "'backordered'"
