"""Imports as documents: records only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models

from orderwell.platform.fields import AmountField

ZERO = Decimal(0)


class SourceAmountField(models.CharField):  # type: ignore[type-arg]
    """A sum in the precision of the source file, whatever that is: exact decimal text. Nothing is reckoned with in SQL."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 80, "default": "0", **options})

    def get_prep_value(self, value: Any) -> Any:
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal:
        return Decimal(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Decimal) else Decimal(value)


class ImportMapping(models.Model):
    """Which column of a file means what; saved under a name and used again."""

    name = models.CharField(max_length=80, unique=True)
    entity = models.CharField(max_length=20)
    columns = models.JSONField()
    options = models.JSONField(default=dict)


class ImportBatch(models.Model):
    """One file brought in once. Counters are of source lines, except `orders`, `returns` and `adjustments` (documents).

    Totals are exact: `source_total` is what the file adds up to, `accounted_total` what the documents of its done and
    duplicate lines add up to in the currency, `rounding` the difference that rounding each line made. What is missing
    to the source are the refused lines. `created_total` is the part of the documents that this batch made itself.
    Where a file has several currencies these add them up, for the laws only: what people are told is `by_currency`.
    """

    class Mode(models.TextChoices):
        HISTORY = "history"
        LIVE = "live"

    entity = models.CharField(max_length=20)
    preset = models.CharField(max_length=80, blank=True)
    mode = models.CharField(max_length=10, choices=Mode)
    state = models.CharField(max_length=12)
    dry_run = models.BooleanField(default=False)
    file_name = models.CharField(max_length=240)
    file_path = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    # How the file is read: format, encoding, delimiter, header.
    source = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    # The first source row without a verdict: where to go on after a crash.
    cursor = models.PositiveIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    lines_read = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)
    adjustments = models.PositiveIntegerField(default=0)
    charges = models.PositiveIntegerField(default=0)
    source_total = SourceAmountField(default=ZERO)
    accounted_total = SourceAmountField(default=ZERO)
    rounding = SourceAmountField(default=ZERO)
    created_total = SourceAmountField(default=ZERO)
    # Accepted lines by kind: {"orders": [lines, amount], ...}; the amounts add up to `accounted_total`.
    by_kind = models.JSONField(default=dict)
    # The totals of each currency, as text: {"CNY": {"source_total", "accounted_total", "rounding"}, ...}. Null is not
    # known: a batch that began before currencies were told apart, of a file that may have several.
    by_currency = models.JSONField(null=True, default=dict)
    # {"code", "message", "data"} of what stopped it, or {}.
    error = models.JSONField(default=dict)
    actor_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    # Time spent running, over all attempts; the last attempt began at `resumed_at` with `resumed_lines` read.
    seconds = models.FloatField(default=0)
    resumed_at = models.DateTimeField(null=True)
    resumed_lines = models.PositiveIntegerField(default=0)
    # Claim of the process that runs it ("host:pid"); a dead one's expires and another goes on.
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="import_batch_recent"),
            models.Index(fields=["sha256"], name="import_batch_file"),
        ]


class ImportRow(models.Model):
    """The verdict of one source line. `target` is the document it went into ("order:12"), `amount` what it added there.

    `row_number` is what a spreadsheet shows beside the row: the header is row 1.
    """

    class Verdict(models.TextChoices):
        DONE = "done"
        DUPLICATE = "duplicate"
        REFUSED = "refused"

    # No index of its own: the unique constraint begins with it.
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    row_number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    target = models.CharField(max_length=40, blank=True)
    amount = AmountField(null=True)
    # For refused lines: which column, the stable code, and the data of the message. A done line whose amount had to be
    # rounded says so in `data`: {"source", "rounding"}.
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="import_row_once")]
        indexes = [
            models.Index(
                fields=["batch", "row_number"], name="import_row_refused", condition=models.Q(verdict="refused")
            )
        ]
