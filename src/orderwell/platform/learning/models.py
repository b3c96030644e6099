"""What people learn: tours under way in the practice company, results in the real one, and which news they have seen."""

from __future__ import annotations

from django.db import models

from orderwell.platform.accounts.models import User


class TourRun(models.Model):
    """One person doing one tour, in the practice company. Only events after `after_event` count.

    `state` holds what was done when, the hints taken, the pages visited and the questions answered rightly.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    learner = models.BigIntegerField()
    tour = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    after_event = models.BigIntegerField()
    material = models.JSONField(default=dict)
    state = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="tour_run_of_user")]


class HandOver(models.Model):
    """A hand-over that was used; none is used twice."""

    nonce = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()


class TourResult(models.Model):
    """The best result of a person in a tour, in the real company."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tour = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    tasks = models.PositiveSmallIntegerField()
    hints = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField()
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tour"], name="tour_result_once")]


class InstalledVersion(models.Model):
    """When this installation first ran a version of the program."""

    version = models.CharField(max_length=40, primary_key=True)
    installed_at = models.DateTimeField()


class SeenNews(models.Model):
    """The version whose news a person has put away last."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    version = models.CharField(max_length=40)
