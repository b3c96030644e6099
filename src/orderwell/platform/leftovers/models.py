"""Refused actions and shortages: records only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Leftover(models.Model):
    """`key` is the request key of the device's action, `kind` what it wanted or "short"; `said` the reasons by language.

    `warehouse_id` lies in a higher layer, so there is no foreign key; 0 where no warehouse is meant.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    # What it was about, as people call it, and the document where there is one: "order:12".
    title = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    warehouse_id = models.BigIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    said = models.JSONField(default=dict)
    # What the device asked for, so that it can be done by hand.
    wanted = models.JSONField(default=dict)
    actor_label = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key", "kind"], name="leftover_once")]
        indexes = [
            models.Index(fields=["-id"], name="leftover_open", condition=Q(settled_at__isnull=True)),
            models.Index(fields=["warehouse_id", "-id"], name="leftover_warehouse"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
