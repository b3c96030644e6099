"""Schedules and signs of life of workers. The jobs themselves are rows of django-tasks-db."""

from __future__ import annotations

from django.db import models


class Schedule(models.Model):
    """A job started at fixed intervals. Rows are made from wiring.py; `enabled`, `at` and the interval may be changed."""

    name = models.CharField(max_length=80, primary_key=True)
    every_seconds = models.PositiveIntegerField()
    # Business time of day such as "02:30"; empty when the time of day doesn't matter.
    at = models.CharField(max_length=5, blank=True)
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField()
    # While a worker runs the job: until when the others leave it alone.
    running_until = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_seconds = models.FloatField(null=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """The last sign of life of a process."""

    process = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process
