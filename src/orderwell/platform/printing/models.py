"""How documents look, and those that were issued once and for all: records only."""

from __future__ import annotations

from django.db import models


class PrintTemplate(models.Model):
    """A company's own look of one kind of document; without a row the built-in one is used.

    `channel` and `language` narrow it to orders of a channel and to a language; empty means any. `options` is what the
    form offers, `markup` a Typst template; empty means the built-in one.
    """

    kind = models.CharField(max_length=30)
    channel = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    options = models.JSONField(default=dict)
    markup = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel", "language"], name="print_template_once"),
        ]

    def __str__(self) -> str:
        return self.kind


class PrintTemplateVersion(models.Model):
    """What a template was at each saving. Append-only: going back makes a new version."""

    template = models.ForeignKey(PrintTemplate, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    options = models.JSONField(default=dict)
    markup = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "version"], name="print_template_version_once")]


class IssuedDocument(models.Model):
    """The file of an issued document ("invoice:5"), set once: printing it again gives the same bytes."""

    subject = models.CharField(max_length=40, unique=True)
    file = models.FileField(upload_to="issued/%Y/%m")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.subject


class Logo(models.Model):
    """The company's picture for letterheads; at most one row."""

    content = models.BinaryField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=120)


class PrintRun(models.Model):
    """Many documents that a worker sets as one PDF. `holder` names who may fetch it, such as "user:7"."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=30)
    ids = models.JSONField(default=list)
    language = models.CharField(max_length=10, blank=True)
    # Of what is asked for, so that a page that is loaded again asks for the same.
    asked = models.CharField(max_length=64)
    holder = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    file_path = models.CharField(max_length=240, blank=True)
    failed = models.CharField(max_length=500, blank=True)
    progress = models.ForeignKey("jobs.Progress", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="print_run_age"),
            models.Index(
                fields=["holder", "asked"], name="print_run_asked", condition=models.Q(finished_at__isnull=True)
            ),
        ]
