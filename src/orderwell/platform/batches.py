"""Bulk writes with a verdict per row: a bad row gets its own refusal and never fails its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from itertools import islice
from typing import Literal, ParamSpec, TypeVar

from django.db import IntegrityError, models

from orderwell.kernel.errors import DomainError, ErrorDetail, Refusal
from orderwell.platform.database import atomic

Row = TypeVar("Row")
Record = TypeVar("Record", bound=models.Model)
Given = ParamSpec("Given")
Answer = TypeVar("Answer")
ROWS_PER_TRANSACTION = 500


class RowConflict(DomainError):
    """Somebody else wrote the same code, number or barcode at the same moment."""

    code = "row_conflict"
    message = "Somebody else saved {reference} at the same moment. Load it again and repeat."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row. `reference` is the row's own name (code, number); `id` is set unless it was refused."""

    reference: str
    outcome: Literal["created", "updated", "unchanged", "refused"]
    id: int | None = None
    errors: tuple[ErrorDetail, ...] = field(default=())

    @property
    def refused(self) -> bool:
        return self.outcome == "refused"

    def or_raise(self) -> int:
        """The id; for a caller with one row, a refusal is an exception."""
        if self.id is None:
            raise Refusal(self.errors)
        return self.id


def refused(reference: str, errors: Sequence[ErrorDetail]) -> Verdict:
    return Verdict(reference, "refused", errors=tuple(errors))


def save_in_batches(
    rows: Sequence[Row], *, save: Callable[[Sequence[Row]], list[Verdict]], reference: Callable[[Row], str]
) -> list[Verdict]:
    """Run `save` over `rows`, some hundred in one transaction each; verdicts come in the order of the rows.

    `save` checks what it can, so a unique constraint that fires all the same means that somebody else was faster. The
    batch is then repeated, when that row exists and is found; failing that, its rows are saved one by one.
    """
    verdicts: list[Verdict] = []
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_PER_TRANSACTION)):
        verdicts.extend(_batch(batch, save, reference))
    return verdicts


def _batch(
    batch: Sequence[Row], save: Callable[[Sequence[Row]], list[Verdict]], reference: Callable[[Row], str]
) -> Iterator[Verdict] | list[Verdict]:
    for _attempt in range(2):
        try:
            with atomic():
                return save(batch)
        except IntegrityError:
            continue
    if len(batch) > 1:
        return (verdict for row in batch for verdict in _batch([row], save, reference))
    return [refused(reference(batch[0]), [RowConflict(reference=reference(batch[0])).detail()])]


def find_if_taken(save: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """For a use case that makes one row with a code of its own: done again where the unique constraint fires.

    It looks whether the code is there, so that means that somebody else was faster by a moment. The second time their row
    is found, and what is asked is answered as for any row that was there before.
    """

    @wraps(save)
    def saved(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return save(*args, **kwargs)
        except IntegrityError:
            return save(*args, **kwargs)

    return saved


def one_by_one(
    rows: Sequence[Row],
    *,
    do: Callable[[Row], int],
    reference: Callable[[Row], str],
    outcome: Literal["created", "updated"] = "created",
) -> list[Verdict]:
    """Run a use case for each row, every one in a transaction of its own; `do` returns the id of what it wrote.

    For writes that lock many rows each, such as shipping: others must not wait for all of them.
    """

    def verdict(row: Row) -> Verdict:
        try:
            return Verdict(reference(row), outcome, do(row))
        except DomainError as refusal:
            return refused(reference(row), refusal.details)

    return [verdict(row) for row in rows]


def upsert(model: type[Record], rows: Sequence[Record]) -> None:
    """Insert the rows without a key and overwrite the (locked) ones with one: one statement each."""
    fresh, known = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
    model._default_manager.bulk_create(fresh)
    if known:
        columns = [column.name for column in model._meta.concrete_fields if not column.primary_key]
        model._default_manager.bulk_create(known, update_conflicts=True, unique_fields=["pk"], update_fields=columns)
