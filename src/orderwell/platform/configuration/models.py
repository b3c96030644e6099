"""Settings that an administrator changes on the screen."""

from __future__ import annotations

from django.db import models


class Setting(models.Model):
    key = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
