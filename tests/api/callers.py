"""A program that calls the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client

ROOT = "/api/v1"


class Caller:
    """A program with an API key, or without one."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.client = Client(raise_request_exception=False)

    def __call__(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> Any:
        """`body`: bytes as they are, everything else as JSON."""
        sent = dict(headers or {})
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        extra.setdefault("content_type", "application/json")
        return self.client.generic(method, ROOT + path, data, headers=sent, **extra)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        return self("POST", path, body, **kwargs)

    def upload(self, path: str, fields: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Any:
        sent = dict(headers or {})
        if self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        return self.client.post(ROOT + path, dict(fields), headers=sent)
