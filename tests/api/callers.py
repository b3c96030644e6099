"""A program that calls the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

ROOT = "/api/v1"

if TYPE_CHECKING:
    from datetime import datetime

    from orderwell.domains.orders.drafts import Submission
    from orderwell.domains.orders.outcomes import Outcome


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


def make_caller(*scopes: str, limits: Mapping[str, Sequence[int]] | None = None) -> Caller:
    """Somebody with a new key: `make_caller("orders:*", limits={"channel": [1]})`."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.accounts.services.api_keys import create_key
    from orderwell.platform.accounts.services.row_scopes import set_limits

    made, key = create_key(name="test", scopes=scopes or ["*"], actor=system_actor(), now=utc_now())
    # Past the service, which would refuse rows that are not there.
    set_limits(made, limits or {})
    return Caller(key)


def place_in_the_callers_thread(patch: pytest.MonkeyPatch) -> None:
    from orderwell.domains.orders import gate
    from orderwell.platform.permissions import Permission

    class Direct(gate.IntakeGate):
        def submit(self, submission: Submission) -> Outcome:
            submission.actor.require(Permission.ORDERS_ORDER_PLACE)
            return gate.place_submissions([submission], now=gate.utc_now())[0]

    direct = Direct()
    patch.setattr("orderwell.api.orders.placing.gate", lambda: direct)


def place_and_leave(submissions: Sequence[Submission], *, now: datetime) -> list[Outcome]:
    """For a real gate: its thread outlives the test; its connection must not, or the database could not be taken away."""
    from django.db import connection

    from orderwell.domains.orders import gate

    try:
        return gate.place_submissions(submissions, now=now)
    finally:
        connection.close()
