"""Personal data at rest: encrypted fields and blind indexes."""

from __future__ import annotations

from typing import Any

from django.db import models


class EncryptedTextField(models.BinaryField):
    def __init__(self, *args: Any, aad: str, **kwargs: Any) -> None:
        self.aad = aad
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "aad": self.aad}
