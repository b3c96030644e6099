"""What an actor's row filters leave of a table."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from orderwell.platform.accounts.actor import Actor

Held = TypeVar("Held", bound=Model)
Row = TypeVar("Row")


def rows_within(rows: QuerySet[Held, Row], actor: Actor, **kinds: str) -> QuerySet[Held, Row]:
    """Those rows whose columns the row filters leave: `rows_within(counts, actor, warehouse="warehouse")`."""
    for column, kind in kinds.items():
        own: frozenset[int] | None = getattr(actor, f"{kind}_ids")
        if own is not None:
            rows = rows.filter(**{f"{column}__in": own})
    return rows
