"""The column type for personal data."""

from __future__ import annotations

from typing import Any

from django.db import models

from orderwell.platform.crypto.sealing import decrypt, encrypt


class EncryptedTextField(models.Field):  # type: ignore[type-arg]
    """Text that is sealed in the database. It can be read and written, not searched: search its blind index.

    `aad` ("customers.contact.phone") is bound into every value and must never change, even when the table does.
    """

    description = "encrypted text"

    def __init__(self, *args: Any, aad: str, **kwargs: Any) -> None:
        self.aad = aad
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "aad": self.aad}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def seal(self, value: str) -> bytes:
        """What the column holds for `value`."""
        if not isinstance(value, str):
            raise TypeError(f"{self.aad}: expected text, got {type(value).__name__}")
        return encrypt(value, self.aad)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return connection.Database.Binary(self.seal(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value, self.aad)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: every sealing of the same text differs, so a comparison would silently find nothing."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
