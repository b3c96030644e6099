from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from django.core.exceptions import RequestDataTooBig

from orderwell.server.bridge import GATHERED, READ_AT_ONCE, UNREADABLE, Bridge, environ_of

LARGEST = 3 * READ_AT_ONCE


class Headers:
    def __init__(self, *items: tuple[str, str]) -> None:
        self._items = list(items)

    def items(self):
        """As the server does: values that are not ASCII are missing."""
        return [item for item in self._items if item[1].isascii()]

    def keys(self):
        return list(dict.fromkeys(name for name, _ in self._items))


def scope(*headers: tuple[str, str], method="GET", path="/", query="", **changes):
    return SimpleNamespace(
        method=method,
        path=path,
        query_string=query,
        http_version="1.1",
        scheme="http",
        server="127.0.0.1:8000",
        client="10.0.0.7:54321",
        authority=None,
        headers=Headers(*headers),
        **changes,
    )


class Outlet:
    """The server's side: what was sent arrives in pieces, what is answered is kept."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces, self.answers, self.sent = list(pieces), [], []

    async def __call__(self) -> bytes:
        return b"".join(self.pieces)

    async def _each(self):
        for piece in self.pieces:
            await asyncio.sleep(0)
            yield piece

    def __aiter__(self):
        return self._each()

    def response_bytes(self, status, headers, body):
        self.answers.append((status, headers, body))

    def response_stream(self, status, headers):
        self.answers.append((status, headers, None))
        return self

    async def send_bytes(self, data):
        self.sent.append(data)


class Answer:
    def __init__(self, pieces, *, streaming=False):
        self.pieces, self.streaming, self.closed_in = pieces, streaming, None

    def __iter__(self):
        return iter(self.pieces)

    def close(self):
        self.closed_in = threading.current_thread().name


def serve(application, asked, outlet):
    asyncio.run(Bridge(application, threads=2, largest=LARGEST).serve(asked, outlet))
    return outlet


def test_a_request_becomes_the_variables_that_wsgi_names():
    environ = environ_of(
        scope(
            ("host", "shop.example"),
            ("content-type", "text/plain"),
            ("content-length", "3"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("accept", "text/html"),
            ("accept", "text/plain"),
            method="POST",
            path="/订单/x y",
            query="q=%20",
        )
    )
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/订单/x y"
    assert environ["QUERY_STRING"] == "q=%20"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["REMOTE_ADDR"] == "10.0.0.7"
    assert environ["HTTP_HOST"] == "shop.example"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "text/html,text/plain"


def test_an_underscore_cannot_stand_in_for_a_hyphen():
    environ = environ_of(scope(("x_forwarded_user", "root"), ("x-forwarded-user", "guest")))
    assert environ["HTTP_X_FORWARDED_USER"] == "guest"


def test_a_header_whose_value_the_server_keeps_to_itself_is_not_taken_for_one_that_was_not_sent():
    environ = environ_of(
        scope(("idempotency-key", "订单-1001"), ("content-type", "é"), ("x_a", "é"), ("accept", "*/*"))
    )
    assert environ["HTTP_IDEMPOTENCY_KEY"] == environ["CONTENT_TYPE"] == UNREADABLE
    assert environ["HTTP_ACCEPT"] == "*/*"
    assert "HTTP_X_A" not in environ


@pytest.mark.parametrize("http", ["1.1", "2"])
def test_a_body_without_a_length_is_given_its_length(http):
    def application(environ, start):
        start("200 OK", [])
        return [environ["CONTENT_LENGTH"].encode(), b"|", environ["wsgi.input"].read()]

    asked = scope(*([("transfer-encoding", "chunked")] if http == "1.1" else []), method="POST")
    asked.http_version = http
    assert serve(application, asked, Outlet(b"he", b"llo")).answers[0][2] == b"5|hello"


@pytest.mark.parametrize("beyond", [0, 1, READ_AT_ONCE])
def test_a_body_without_a_length_is_broken_off_at_the_largest_size(beyond):
    def application(environ, start):
        with pytest.raises(RequestDataTooBig):
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start("413 Too large", [])
        return []

    pieces = [b"x" * READ_AT_ONCE] * 3 + [b"x" * beyond]
    outlet = serve(application, scope(("transfer-encoding", "chunked"), method="POST"), Outlet(*filter(None, pieces)))
    assert outlet.answers[0][0] == 413


def test_the_application_runs_in_a_thread_and_its_answer_is_closed_there():
    answer = Answer([b"one ", b"two"])
    seen = []

    def application(environ, start):
        seen.append((threading.current_thread().name, environ["wsgi.input"].read()))
        start("201 Created", [("X-A", "1")])
        return answer

    outlet = serve(application, scope(("content-length", "5"), method="POST"), Outlet(b"he", b"llo"))
    assert outlet.answers == [(201, [("X-A", "1")], b"one two")]
    assert seen[0][0].startswith("web")
    assert seen[0][1] == b"hello"
    assert answer.closed_in == seen[0][0]


@pytest.mark.parametrize("length", [[("content-length", str(READ_AT_ONCE + 3))], [("transfer-encoding", "chunked")]])
def test_a_large_body_is_read_while_it_arrives(length):
    pieces = [b"x" * READ_AT_ONCE, b"ab", b"c"]

    def application(environ, start):
        start("200 OK", [])
        body = environ["wsgi.input"]
        return [body.read(2), b"|", body.read()[-3:], b"|", body.read(1)]

    outlet = serve(application, scope(*length, method="POST"), Outlet(*pieces))
    assert outlet.answers[0][2] == b"xx|abc|"


def test_a_request_without_a_body_has_an_empty_one():
    def application(environ, start):
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    assert serve(application, scope(), Outlet()).answers[0][2] == b""


def test_a_long_answer_is_sent_in_pieces_and_a_short_one_whole():
    def application(environ, start):
        start("200 OK", [("Content-Type", "text/csv")])
        return Answer([b"x" * 5000] * int(environ["QUERY_STRING"]), streaming=True)

    long = serve(application, scope(query="40"), Outlet())
    assert long.answers == [(200, [("Content-Type", "text/csv")], None)]
    assert sum(map(len, long.sent)) == 200_000
    assert all(len(piece) < GATHERED + 5000 for piece in long.sent)
    short = serve(application, scope(query="2"), Outlet())
    assert short.answers == [(200, [("Content-Type", "text/csv")], b"x" * 10_000)]


def test_a_failing_application_is_answered_with_500():
    def application(environ, start):
        raise RuntimeError("broken")

    assert serve(application, scope(), Outlet()).answers[0][0] == 500


def test_half_an_answer_does_not_end_like_a_whole_one():
    def pieces():
        yield b"x" * GATHERED
        raise RuntimeError("broken")

    def application(environ, start):
        start("200 OK", [])
        return Answer(pieces(), streaming=True)

    outlet = Outlet()
    with pytest.raises(RuntimeError, match="broken"):
        serve(application, scope(), outlet)
    assert [status for status, _, _ in outlet.answers] == [200]


def test_two_request_keys_are_no_key():
    assert environ_of(scope(("idempotency-key", "a-1")))["HTTP_IDEMPOTENCY_KEY"] == "a-1"
    twice = environ_of(scope(("idempotency-key", "a-1"), ("idempotency-key", "a-2")))
    assert twice["HTTP_IDEMPOTENCY_KEY"] == UNREADABLE
