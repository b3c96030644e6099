"""What the database knows about the keys that lie outside it: enough to recognise the right key ring, nothing more."""

from __future__ import annotations

from django.db import models


class KeyProof(models.Model):
    """A known text sealed with one key, and its blind index. A ring that cannot open it is the wrong ring."""

    key_id = models.CharField(max_length=8, primary_key=True)
    sealed = models.BinaryField()
    index = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id
