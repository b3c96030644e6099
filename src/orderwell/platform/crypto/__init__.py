"""Personal data at rest: encrypted columns, the key ring outside the database, blind indexes for exact search."""

from orderwell.platform.crypto.fields import EncryptedTextField
from orderwell.platform.crypto.keyring import KeyRingError
from orderwell.platform.crypto.normalising import (
    email_index,
    last_four,
    normalise_email,
    normalise_phone,
    phone_index,
    phone_last4_index,
)
from orderwell.platform.crypto.sealing import blind_index, decrypt, encrypt

__all__ = [
    "EncryptedTextField",
    "KeyRingError",
    "blind_index",
    "decrypt",
    "email_index",
    "encrypt",
    "last_four",
    "normalise_email",
    "normalise_phone",
    "phone_index",
    "phone_last4_index",
]
