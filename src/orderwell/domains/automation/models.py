"""What people did with hints: records only. The hints themselves are found anew each time and never stored."""

from __future__ import annotations

from django.db import models


class HintDismissal(models.Model):
    """Somebody said that a hint need not be shown. The fingerprint holds its inputs: with others it is another hint."""

    class Reason(models.TextChoices):
        NOT_TRUE = "not_true"
        KNOWN = "known"
        NOT_USEFUL = "not_useful"
        OTHER = "other"

    # "order:7", "customer:3", "variant:12", or "draft:KEY" while an order is typed.
    subject = models.CharField(max_length=60)
    rule = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=32)
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=240, blank=True)
    dismissed_at = models.DateTimeField()
    dismissed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "rule", "fingerprint"], name="hint_dismissed_once"),
        ]
        indexes = [models.Index(fields=["dismissed_at", "rule"], name="hint_dismissal_recent")]


class HintSight(models.Model):
    """A person saw a hint for the first time, and perhaps took a remedy: the cause behind the figures of a rule."""

    # "user:7" or "api_key:2".
    who = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    rule = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=32)
    shown_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    remedy = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["who", "subject", "rule", "fingerprint"], name="hint_seen_once"),
        ]
        indexes = [models.Index(fields=["shown_at", "rule"], name="hint_sight_recent")]
