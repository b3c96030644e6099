"""What people keep about lists: saved views, their own columns, exports, and what bulk actions did. Records only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A name for columns, filters and order of a list. `filters` are the parameters of the list's address."""

    list_name = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    # NULL: made through the API by a key; such a view is always shared.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    shared = models.BooleanField(default=False)
    columns = models.JSONField(default=list)
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_name", "owner", "name"], name="saved_view_once"),
            # To the one above, no owner is another owner each time.
            models.UniqueConstraint(
                fields=["list_name", "name"], condition=Q(owner=None), name="saved_view_of_nobody_once"
            ),
            models.CheckConstraint(condition=Q(owner__isnull=False) | Q(shared=True), name="saved_view_has_reader"),
        ]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """How one user wants one list: the columns in their order, and the view it opens with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    list_name = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    default_view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list_name"], name="list_choice_once")]


class Export(models.Model):
    """A file of exactly what a list showed. `holder` names who may fetch it: "user:7" or "api_key:3"."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    token = models.CharField(max_length=64, unique=True)
    list_name = models.CharField(max_length=40)
    format = models.CharField(max_length=10)
    columns = models.JSONField(default=list)
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=40, blank=True)
    options = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    holder = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    file_name = models.CharField(max_length=120)
    file_path = models.CharField(max_length=240, blank=True)
    progress = models.ForeignKey("jobs.Progress", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["holder", "-id"], name="export_holder")]


class BulkRun(models.Model):
    """One action on many rows of a list, with what became of each. `verdicts` is a list in the order of `ids`."""

    token = models.CharField(max_length=64, unique=True)
    list_name = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    ids = models.JSONField(default=list)
    verdicts = models.JSONField(default=list)
    holder = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=120)
    # What this run takes back, and when that has happened to this one.
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    progress = models.ForeignKey("jobs.Progress", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["holder", "-id"], name="bulk_run_holder")]
