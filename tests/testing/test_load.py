"""The load generator: every request is sent once, and accounted for whatever becomes of it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from orderwell.testing import load
from orderwell.testing.load import Request


class _Counting(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, hangs_up_on: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.hangs_up_on = hangs_up_on
        self.heard: list[str] = []


class _Answers(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Counting)
        while line := self.rfile.readline():
            length = 0
            while (header := self.rfile.readline().strip()) != b"":
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            said = self.rfile.read(length).decode()
            assert line.startswith(b"POST /said")
            self.server.heard.append(said)
            if said == self.server.hangs_up_on:
                return
            self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (length, said.encode()))


@contextmanager
def serving(*, hangs_up_on: str = "") -> Iterator[_Counting]:
    with _Counting(hangs_up_on=hangs_up_on) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def requests(number: int) -> Iterator[Request]:
    for each in range(number):
        yield Request(f"r{each}", load.post("/said", f"r{each}".encode(), api_key="key"))


def test_each_request_is_sent_once_and_answered() -> None:
    with serving() as server:
        outcome = load.run(requests(101), port=server.server_address[1], clients=7, keep_answers=True)
    everything = {f"r{each}" for each in range(101)}
    assert sorted(server.heard) == sorted(everything)
    assert {answer.key: answer.body.decode() for answer in outcome.answers} == {key: key for key in everything}
    assert outcome.statuses == {201: 101}
    assert outcome.unanswered == []


def test_what_got_no_answer_is_told_and_nothing_that_was_never_sent() -> None:
    with serving(hangs_up_on="r40") as server:
        outcome = load.run(requests(101), port=server.server_address[1], clients=2, keep_answers=True)
    assert [request.key for request in outcome.unanswered] == ["r40"]
    assert sorted(server.heard) == sorted([answer.key for answer in outcome.answers] + ["r40"])
    assert outcome.statuses == {201: 100}


def test_with_time_running_out_what_was_only_prepared_is_nobodys() -> None:
    with serving() as server:
        outcome = load.run(requests(10**9), port=server.server_address[1], clients=4, seconds=0.2, keep_answers=True)
    assert sorted(server.heard) == sorted(answer.key for answer in outcome.answers)
    assert outcome.unanswered == []
