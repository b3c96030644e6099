"""Gap-free number sequences."""

from __future__ import annotations

from django.db import models


class NumberSequence(models.Model):
    """`year` is 0 for a sequence that never starts again; else each business year counts from one."""

    name = models.CharField(max_length=40)
    year = models.PositiveIntegerField(default=0)
    last_value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "year"], name="number_sequence_once")]
