"""Settings that an administrator changes on the screen."""

from __future__ import annotations

from django.db import models


class Setting(models.Model):
    key = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)


class CustomField(models.Model):
    """A field that an administrator added to products, variants, customers or orders; values live in their `custom`."""

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        YES_NO = "yes_no"
        DATE = "date"
        CHOICE = "choice"

    entity = models.CharField(max_length=20)
    key = models.SlugField(max_length=40)
    label_zh = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    choices = models.JSONField(default=list)
    required = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "key"], name="custom_field_once")]
