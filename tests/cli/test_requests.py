"""What a running server makes of requests that other programs send in their own ways."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orderwell.testing.installation import Installation

pytestmark = pytest.mark.concurrency
Answer = tuple[int, dict[str, Any]]
Ask = Callable[..., Answer]
ORDER = json.dumps({"channel": "shop", "lines": [{"sku": "S-0001", "quantity": "1"}]}).encode()


@pytest.fixture
def ask(installation: Installation) -> Iterator[Ask]:
    """One request to a real server that takes bodies of up to 2 MiB; a body that is an iterator is sent in chunks."""
    installation.seed(variants=1, customers=1, stock=1000)
    key = installation.api_key("*")
    installation.settings["ORDERWELL_MAX_BODY_MB"] = "2"
    with installation.serving("--workers", "1") as server:

        def send(method: str, path: str, body: Any = None, headers: dict[str, str | bytes] | None = None) -> Answer:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
            mine = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **(headers or {})}
            try:
                connection.request(method, f"/api/v1{path}", body, mine, encode_chunked=isinstance(body, Iterator))
                response = connection.getresponse()
                return response.status, json.loads(response.read())
            finally:
                connection.close()

        yield send


@pytest.fixture
def known(ask: Ask) -> Ask:
    """A key that was looked up a moment ago has its orders taken in on the event loop, others through Django."""

    def send(*arguments: Any, **more: Any) -> Answer:
        assert ask("GET", "/orders")[0] == 200
        return ask(*arguments, **more)

    return send


def chunks(body: bytes) -> Iterator[bytes]:
    return (body[start : start + 4096] for start in range(0, len(body), 4096))


def count(ask: Ask) -> int:
    return len(ask("GET", "/orders?limit=200")[1]["items"])


def test_no_header_is_ignored_for_its_characters(ask: Ask, known: Ask) -> None:
    for sent in ("schlüssel".encode(), "订单-1001".encode(), "é".encode("latin-1")):
        for send, path, body in (
            (ask, "/orders", ORDER),
            (known, "/orders", ORDER),
            (known, "/customers", b'{"kind": "person", "name": "Li Wei"}'),
        ):
            status, answer = send("POST", path, body, {"Idempotency-Key": sent})
            assert (status, answer["code"]) == (400, "invalid_idempotency_key")
        status, answer = ask("POST", "/teams", b'{"name": "North"}', {"Authorization": b"Bearer " + sent})
        assert (status, answer["code"]) == (401, "not_authenticated")
        status, answer = ask("POST", "/teams", b'{"name": "North"}', {"Content-Type": b"application/json; " + sent})
        assert (status, answer["code"]) == (415, "unsupported_media_type")
    assert count(ask) == 0
    status, team = ask("POST", "/teams", b'{"name": "North"}')
    assert status == 201
    for sent in ("é".encode(), b""):
        status, answer = ask("PATCH", f"/teams/{team['id']}", b'{"name": "South"}', {"If-Match": sent})
        assert (status, answer["code"]) == (400, "invalid_precondition")


def test_a_body_in_chunks_is_read_up_to_the_same_size(ask: Ask, known: Ask) -> None:
    for send in (ask, known):
        status, answer = send("POST", "/orders", chunks(ORDER), {"Idempotency-Key": "in chunks"})
        assert (status, answer["verdict"]) == (201, "placed")
    assert count(ask) == 1
    name = {"kind": "person", "name": "Li Wei"}
    assert ask("POST", "/customers", chunks(json.dumps(name).encode()))[0] == 200
    large = json.dumps(name).encode() + b" " * (2 << 20)
    for body in (large, large * 3):
        for path in ("/customers", "/orders"):
            status, answer = ask("POST", path, chunks(body))
            assert (status, answer["code"]) == (413, "body_too_large")
    almost = json.dumps(name).encode() + b" " * ((2 << 20) - 2000)
    assert ask("POST", "/customers", chunks(almost))[0] == 200
    assert ask("POST", "/customers", almost)[0] == 200, "read while it arrives, too"
