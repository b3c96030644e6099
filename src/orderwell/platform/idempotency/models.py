"""First answers to repeatable requests."""

from __future__ import annotations

from django.db import models


class RequestKey(models.Model):
    """The answer once given to `key` of `scope` (an API key or a form), for a request whose body hashes to `fingerprint`."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    response = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="request_key_once")]
