"""Unfinished work of one person."""

from __future__ import annotations

from django.db import models

from orderwell.platform.crypto import EncryptedTextField


class Draft(models.Model):
    """`key` is made by the page that keeps it, so that two tabs never write the same row.

    A finished draft loses its content at once; the empty row stays for a while, so that a late save of the same page does
    not bring it back.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    content = EncryptedTextField(aad="drafts.draft.content", blank=True)
    finished = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "key"], name="draft_once")]
        indexes = [models.Index(fields=["updated_at"], name="draft_age")]
