"""Schedules and signs of life of workers. The jobs themselves are rows of django-tasks-db."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


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


class Progress(models.Model):
    """How far long work for one person has come. `title` is in that person's language; `result` is where it leads."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=200)
    done = models.PositiveIntegerField(default=0)
    # NULL: not known yet.
    total = models.PositiveIntegerField(null=True)
    result = models.CharField(max_length=240, blank=True)
    failed = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # Taken off the tray by the person.
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="progress_tray", condition=Q(seen_at__isnull=True))]

    def __str__(self) -> str:
        return self.title
