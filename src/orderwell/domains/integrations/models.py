"""Imports as documents: records only."""

from __future__ import annotations

from django.db import models

from orderwell.platform.fields import ScaledDecimalField


class SourceAmountField(ScaledDecimalField):
    """A sum in the precision of the source file, before rounding to the currency."""

    scale = 6


class ImportMapping(models.Model):
    """Which column of a file means what; saved under a name and used again."""

    name = models.CharField(max_length=80, unique=True)
    entity = models.CharField(max_length=20)
    columns = models.JSONField()
    options = models.JSONField(default=dict)


class ImportBatch(models.Model):
    """One file brought in once. Counters are of source lines, except `orders`, `returns` and `adjustments` (documents)."""

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
    mapping = models.JSONField(default=dict)
    # Where to go on after a crash: source lines done so far, and what the reader needs to know.
    cursor = models.JSONField(default=dict)
    lines = models.PositiveIntegerField(default=0)
    lines_read = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)
    adjustments = models.PositiveIntegerField(default=0)
    charges = models.PositiveIntegerField(default=0)
    source_total = SourceAmountField(default=0)
    accounted_total = SourceAmountField(default=0)
    rounding = SourceAmountField(default=0)
    error = models.TextField(blank=True)
    actor_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Claim of the process that runs it; a dead one's expires and another goes on.
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="import_batch_recent")]


class ImportRow(models.Model):
    """The verdict of one source line. `target` is the document it went into ("order:12")."""

    class Verdict(models.TextChoices):
        DONE = "done"
        DUPLICATE = "duplicate"
        REFUSED = "refused"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    target = models.CharField(max_length=40, blank=True)
    # For refused lines: which column, the stable code, and the data of the message.
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
