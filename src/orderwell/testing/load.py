"""A closed-loop load generator over HTTP/1.1 keep-alive: each client sends its next request when it has its answer.

One thread, one epoll loop, no HTTP library: what it measures usually runs on the same cores, so it has to be cheap. The
next requests are put together while all clients wait, so that an answer is followed by a request without delay.
Every request and answer can be accounted for afterwards: answered, answered with what, or never answered.

    python -m orderwell.testing.load --port 8000 --key KEY --sku A --sku B --clients 32 --seconds 10
"""

from __future__ import annotations

import argparse
import json
import secrets
import selectors
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
CONNECT_SECONDS = 10.0
# How long answers that are under way at the end are waited for.
GRACE_SECONDS = 15.0


class ServerGone(ConnectionError):
    """The server closed a connection although a request was under way on it."""


@dataclass(frozen=True, slots=True)
class Request:
    """`key` names the request in the results; `payload` is all that goes over the wire."""

    key: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    key: str
    status: int
    body: bytes
    # Seconds since the load began, and how long the answer took.
    at: float
    took: float


@dataclass
class Outcome:
    """What became of all requests. `unanswered` were sent, in full or in part, and got no complete answer."""

    seconds: float = 0.0
    counted: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unanswered: list[Request] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.counted / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class _Client:
    __slots__ = ("body_at", "buffer", "length", "request", "sent_at", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=CONNECT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        # Where the body begins, 0 while the head is not whole; its length, -1 when it comes in chunks.
        self.body_at = 0
        self.length = 0
        self.request: Request | None = None
        self.sent_at = 0.0

    def send(self, request: Request) -> None:
        self.request, self.buffer, self.body_at = request, b"", 0
        self.sent_at = time.perf_counter()
        # Requests are small beside the socket's buffer, so a blocking send never waits for long.
        self.socket.sendall(request.payload)

    def receive(self) -> tuple[int, bytes] | None:
        """Read what is there; the status and body once the answer is whole."""
        data = self.socket.recv(65536)
        if not data:
            raise ServerGone("connection closed by the server")
        self.buffer = self.buffer + data if self.buffer else data
        if not self.body_at:
            end = self.buffer.find(HEAD_END)
            if end < 0:
                return None
            self.body_at = end + len(HEAD_END)
            self.length = _content_length(self.buffer[:end])
        body = self._body()
        return None if body is None else (int(self.buffer[9:12]), body)

    def _body(self) -> bytes | None:
        if self.length >= 0:
            end = self.body_at + self.length
            return self.buffer[self.body_at : end] if len(self.buffer) >= end else None
        if not self.buffer.endswith(LAST_CHUNK):
            return None
        parts: list[bytes] = []
        position = self.body_at
        while True:
            line_end = self.buffer.find(b"\r\n", position)
            size = int(self.buffer[position:line_end].split(b";", 1)[0], 16) if line_end > 0 else -1
            following = line_end + 2 + size + 2
            if size == 0:
                return b"".join(parts)
            if size < 0 or following >= len(self.buffer):
                return None  # what looked like the last chunk was part of the data
            parts.append(self.buffer[line_end + 2 : line_end + 2 + size])
            position = following


def _content_length(head: bytes) -> int:
    """The length of the body, or -1 when it comes in chunks."""
    lowered = head.lower()
    start = lowered.find(b"content-length:")
    if start >= 0:
        return int(lowered[start + 15 :].split(b"\r\n", 1)[0])
    if b"transfer-encoding: chunked" in lowered:
        return -1
    raise ValueError(f"an answer without a length: {head[:200]!r}")


def run(
    requests: Iterator[Request],
    *,
    port: int,
    clients: int,
    host: str = "127.0.0.1",
    seconds: float = 10.0,
    warm_up: float = 0.0,
    keep_answers: bool = False,
    began: Callable[[], None] | None = None,
) -> Outcome:
    """Send `requests` with `clients` connections until they run out or the time is up.

    Answers within `warm_up` seconds are not counted. A connection that the server drops is not opened again: its request
    is listed as unanswered. `began` is called once all connections are open.
    """
    outcome = Outcome()
    selector = selectors.DefaultSelector()
    idle = [_Client((host, port)) for _ in range(clients)]
    for client in idle:
        selector.register(client.socket, selectors.EVENT_READ, client)
    if began is not None:
        began()
    start = time.perf_counter()
    _Loop(outcome, selector, requests, start, warm_up, start + warm_up + seconds, keep_answers).go(idle)
    selector.close()
    return outcome


class _Loop:
    def __init__(
        self,
        outcome: Outcome,
        selector: selectors.BaseSelector,
        requests: Iterator[Request],
        start: float,
        warm_up: float,
        end: float,
        keep_answers: bool,
    ) -> None:
        self.outcome, self.selector, self.requests = outcome, selector, requests
        self.prepared: deque[Request] = deque()
        self.start, self.end, self.keep_answers = start, end, keep_answers
        self.count_from = start + warm_up
        self.busy: set[_Client] = set()

    def go(self, idle: Sequence[_Client]) -> None:
        for client in idle:
            self._next(client)
        last = self.start
        while self.busy:
            for key, _ in self._ready(len(idle)):
                ready: _Client = key.data
                try:
                    whole = ready.receive()
                except OSError:
                    self._drop(ready)
                    continue
                if whole is not None:
                    last = self._answered(ready, *whole)
            if time.perf_counter() > self.end + GRACE_SECONDS:
                for late in list(self.busy):
                    self._drop(late)
        self.outcome.seconds = max(min(last, self.end) - self.count_from, 1e-9)

    def _ready(self, ahead: int) -> list[tuple[selectors.SelectorKey, int]]:
        """Clients with something to read. As long as there are none, up to `ahead` requests are made for later."""
        while len(self.prepared) < ahead:
            if ready := self.selector.select(timeout=0):
                return ready
            request = next(self.requests, None)
            if request is None:
                break
            self.prepared.append(request)
        return self.selector.select(timeout=1.0)

    def _answered(self, client: _Client, status: int, body: bytes) -> float:
        now = time.perf_counter()
        request = client.request
        assert request is not None  # noqa: S101 - an answer always belongs to a request
        outcome = self.outcome
        outcome.statuses[status] += 1
        if self.count_from <= now <= self.end:
            outcome.counted += 1
            outcome.latencies.append(now - client.sent_at)
        if self.keep_answers:
            outcome.answers.append(Answer(request.key, status, body, now - self.start, now - client.sent_at))
        client.request = None
        self.busy.discard(client)
        if now < self.end:
            self._next(client)
        else:
            self._close(client)
        return now

    def _next(self, client: _Client) -> None:
        request = self.prepared.popleft() if self.prepared else next(self.requests, None)
        if request is None:
            self._close(client)
            return
        self.busy.add(client)
        try:
            client.send(request)
        except OSError:
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        if client.request is not None:
            self.outcome.unanswered.append(client.request)
            client.request = None
        self.busy.discard(client)
        self._close(client)

    def _close(self, client: _Client) -> None:
        try:
            self.selector.unregister(client.socket)
        except KeyError:
            return
        client.socket.close()


def post(path: str, body: bytes, *, api_key: str, request_key: str | None = None) -> bytes:
    """The bytes of a POST with a JSON body."""
    named = f"Idempotency-Key: {request_key}\r\n" if request_key else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {api_key}\r\n"
        f"Content-Type: application/json\r\n{named}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@dataclass(frozen=True)
class OrderMix:
    """Orders that differ in their products: `lines` lines of one unit each, drawn from `skus`."""

    skus: Sequence[str]
    channel: str
    customers: Sequence[str] = ()
    lines: int = 3
    path: str = "/api/v1/orders"
    quantity: int = 1

    def requests(self, *, api_key: str, prefix: str | None = None, seed: int = 0) -> Iterator[Request]:
        """Endless; every order has its own external id and request key, which is also its key in the results."""
        random = Random(seed)
        prefix = prefix or secrets.token_hex(6)
        for number in count():
            key = f"{prefix}-{number}"
            yield Request(key, self.payload(key, random, api_key))

    def payload(self, key: str, random: Random, api_key: str) -> bytes:
        several = len(self.skus) >= self.lines
        chosen = random.sample(self.skus, self.lines) if several else [random.choice(self.skus)] * self.lines
        body: dict[str, object] = {
            "channel": self.channel,
            "external_id": key,
            "lines": [{"sku": sku, "quantity": str(self.quantity)} for sku in chosen],
        }
        if self.customers:
            body["customer"] = random.choice(self.customers)
        return post(self.path, json.dumps(body).encode(), api_key=api_key, request_key=key)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as its own process, so that the generator's time is not the caller's; prints one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m orderwell.testing.load", description="A load of orders.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key-file", type=Path, required=True, help="file that holds the API key")
    parser.add_argument("--channel", required=True)
    parser.add_argument("--sku", action="append", required=True)
    parser.add_argument("--customer", action="append", default=[])
    parser.add_argument("--lines", type=int, default=3)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=1.0)
    options = parser.parse_args(arguments)
    mix = OrderMix(options.sku, options.channel, options.customer, options.lines)
    outcome = run(
        mix.requests(api_key=options.key_file.read_text().strip()),
        port=options.port,
        clients=options.clients,
        seconds=options.seconds,
        warm_up=options.warm_up,
    )
    json.dump(
        {
            "rate": outcome.rate,
            "counted": outcome.counted,
            "statuses": dict(outcome.statuses),
            "unanswered": len(outcome.unanswered),
            "p50_ms": outcome.percentile(0.5) * 1000,
            "p95_ms": outcome.percentile(0.95) * 1000,
        },
        sys.stdout,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
