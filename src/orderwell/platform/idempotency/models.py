"""First answers to repeatable requests."""

from __future__ import annotations

from django.db import models

from orderwell.platform.crypto import EncryptedTextField


class RequestKey(models.Model):
    """The answer once given to `key` of `scope` (an API key or a form), for a request whose body hashes to `fingerprint`.

    It lies in `sealed`, because it may tell of people. Only what is known to tell of nobody - that an order was placed,
    which is answered all day - lies in `response`.
    """

    SEALED_AS = "idempotency.request_key.sealed"
    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    response = models.BinaryField()
    sealed = EncryptedTextField(aad=SEALED_AS, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="request_key_once")]

    @property
    def answer(self) -> bytes:
        return bytes(self.response) if self.sealed is None else self.sealed.encode()
