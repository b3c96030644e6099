"""Schedules and signs of life of workers. The jobs themselves are rows of django-tasks-db."""

from __future__ import annotations

from django.db import models


class Schedule(models.Model):
    """A job started at fixed intervals. Rows are made from wiring.py; `enabled` and the interval may be changed."""

    name = models.CharField(max_length=80, primary_key=True)
    every_seconds = models.PositiveIntegerField()
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)


class Heartbeat(models.Model):
    """The last sign of life of a process."""

    process = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20)
    seen_at = models.DateTimeField()
