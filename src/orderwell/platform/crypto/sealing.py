"""Sealing and opening single values, and the blind index that finds them again.

A sealed value is: key id (4 bytes), nonce (12), AES-256-GCM ciphertext and tag. The column it belongs to is
authenticated with it (`aad`), so a value copied into another column does not open.
"""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext_noop as _

from orderwell.platform.crypto.keyring import KEY_ID_BYTES, KeyRing, KeyRingError, key_ring, refresh

NONCE_BYTES = 12
_BODY = KEY_ID_BYTES + NONCE_BYTES


def encrypt(text: str, aad: str) -> bytes:
    """`text` sealed for the column `aad`. The empty text stays empty: there is nothing to hide but that."""
    if text == "":
        return b""
    ring = key_ring()
    nonce = os.urandom(NONCE_BYTES)
    return ring.primary_id + nonce + ring.primary_cipher.encrypt(nonce, text.encode(), aad.encode())


def encrypt_with(ring: KeyRing, key_id: str, text: str, aad: str) -> bytes:
    """Sealed with a certain key of the ring, as only proofs need it."""
    start, nonce = bytes.fromhex(key_id), os.urandom(NONCE_BYTES)
    return start + nonce + ring.ciphers[start].encrypt(nonce, text.encode(), aad.encode())


def decrypt(sealed: bytes | memoryview, aad: str) -> str:
    """The text of a sealed value. Raises KeyRingError when the ring lacks its key or the value is not genuine."""
    value = bytes(sealed)
    if not value:
        return ""
    key_id = value[:KEY_ID_BYTES]
    cipher = key_ring().ciphers.get(key_id) or refresh().ciphers.get(key_id)
    if cipher is None:
        raise KeyRingError(
            _(
                "A value of {column} was encrypted with key {key}, which is not in this key ring. Is this the key ring "
                "of this database? Put back the right one from your backup."
            ),
            column=aad,
            key=key_id.hex(),
        )
    try:
        return cipher.decrypt(value[KEY_ID_BYTES:_BODY], value[_BODY:], aad.encode()).decode()
    except InvalidTag:
        raise KeyRingError(
            _(
                "A value of {column} does not open with its key {key}: it was damaged, changed or copied from another "
                "column, or the key ring was edited."
            ),
            column=aad,
            key=key_id.hex(),
        ) from None


def blind_index(kind: str, normalised: str) -> bytes:
    """16 bytes that are equal for equal texts of one kind and say nothing else without the index key."""
    return hmac.digest(key_ring().index_key, f"{kind}\0{normalised}".encode(), "sha256")[:16]
