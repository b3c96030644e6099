"""Does this key ring belong to this database? Every key has left a known text there, sealed with it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop as _

from orderwell.platform.crypto.keyring import KeyRingError, refresh
from orderwell.platform.crypto.models import KeyProof
from orderwell.platform.crypto.sealing import blind_index, decrypt, encrypt_with

_TEXT, _AAD = "Orderwell 顺单", "crypto.key_proof.sealed"


def write_proofs(*, now: datetime) -> int:
    """Leave a proof for every key of the ring that has none; the number written. Raises when an existing one fails."""
    check_proofs()
    ring = refresh()
    known = set(KeyProof.objects.values_list("key_id", flat=True))
    fresh = [
        KeyProof(
            key_id=key_id,
            sealed=encrypt_with(ring, key_id, _TEXT, _AAD),
            index=blind_index("key-proof", _TEXT),
            created_at=now,
        )
        for key_id in ring.keys
        if key_id not in known
    ]
    KeyProof.objects.bulk_create(fresh)
    return len(fresh)


def check_proofs() -> int:
    """Open every proof; their number. Raises KeyRingError when the ring lacks a key, or has another index key."""
    proofs = list(KeyProof.objects.all())
    for proof in proofs:
        decrypt(bytes(proof.sealed), _AAD)
        if bytes(proof.index) != blind_index("key-proof", _TEXT):
            raise KeyRingError(
                _(
                    "The index key of the key ring is not the one this database was written with: search by phone and "
                    "e-mail would find nothing. Put back the right key ring from your backup."
                )
            )
    return len(proofs)
