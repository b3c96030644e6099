"""From the server's event loop to the WSGI application: each request in a thread, as Django's synchronous code wants it."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from django.core.exceptions import RequestDataTooBig

from orderwell.platform.cores import go_anywhere

log = logging.getLogger(__name__)
# Bodies up to this size are read before a thread is taken; larger ones while the application reads them.
READ_AT_ONCE = 1024 * 1024
# Answers that come in pieces are gathered up to this size, so that a small file goes out whole.
GATHERED = 64 * 1024
# What stands for a header whose value the server keeps to itself because it is not ASCII. A header that was sent must never
# pass for one that was not; no key, version or type is written like this, so each is refused by its own rule.
UNREADABLE = "\xbf"
# Headers that stand in the environment without HTTP_ before them.
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_REQUEST_KEY = "HTTP_IDEMPOTENCY_KEY"
Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Outlet(Protocol):
    """The server's side of a request: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md"""

    def __call__(self) -> Awaitable[bytes]: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Any: ...


class Bridge:
    """`threads` requests at a time; more wait in line. `largest` is the size of body that the application refuses."""

    def __init__(self, application: Application, *, threads: int, largest: int) -> None:
        self._application, self._largest = application, largest
        self._threads = ThreadPoolExecutor(threads, "web", go_anywhere)

    async def serve(self, scope: Any, outlet: Outlet) -> None:
        loop = asyncio.get_running_loop()
        environ = environ_of(scope)
        environ["wsgi.input"] = await _body(environ, outlet, loop, self._largest)
        exchange = _Exchange(outlet, loop)
        whole = await loop.run_in_executor(self._threads, exchange.run, self._application, environ)
        if whole is not None:
            outlet.response_bytes(*whole)


class _Exchange:
    """One request in its thread."""

    def __init__(self, outlet: Outlet, loop: asyncio.AbstractEventLoop) -> None:
        self._outlet, self._loop = outlet, loop
        self._status, self._headers = 500, Headers()
        self._stream: Any = None

    def run(self, application: Application, environ: dict[str, Any]) -> tuple[int, Headers, bytes] | None:
        """The whole answer, or None when it was too long to be held and has been sent in pieces."""
        try:
            return self._answer(application(environ, self._start))
        except BaseException:
            log.exception("%s %s was not answered", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            if self._stream is not None:
                raise  # half an answer must not look like a whole one: the connection is closed
            return 500, [("Content-Type", "text/plain")], b"Internal server error"

    def _start(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self._status, self._headers = int(status.split(" ", 1)[0]), headers

    def _answer(self, result: Iterable[bytes]) -> tuple[int, Headers, bytes] | None:
        held = bytearray()
        try:
            for piece in result:
                held += piece
                if len(held) >= GATHERED and getattr(result, "streaming", False):
                    self._send(bytes(held))
                    held.clear()
        finally:
            if close := getattr(result, "close", None):
                close()
        if self._stream is None:
            return self._status, self._headers, bytes(held)
        if held:
            self._send(bytes(held))
        return None

    def _send(self, data: bytes) -> None:
        """Waits until it is sent: a slow reader slows the application down, and nothing piles up."""
        asyncio.run_coroutine_threadsafe(self._send_on_loop(data), self._loop).result()

    async def _send_on_loop(self, data: bytes) -> None:
        if self._stream is None:
            self._stream = self._outlet.response_stream(self._status, self._headers)
        await self._stream.send_bytes(data)


def environ_of(scope: Any) -> dict[str, Any]:
    """The CGI variables of PEP 3333."""
    host, _, port = scope.server.rpartition(":")
    client = scope.client.rpartition(":")[0]
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": _Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:  # HTTP/2 has no Host
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" in name:  # would look like the header that is written with a hyphen, which a proxy may have checked
            continue
        key = _PLAIN.get(name) or "HTTP_" + name.upper().replace("-", "_")
        if key == _REQUEST_KEY and key in environ:  # two keys are no key
            value = UNREADABLE
        elif key in environ and key != "HTTP_HOST":
            value = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}"
        environ[key] = value
    for name in scope.headers.keys():  # noqa: SIM118  no mapping: what it iterates over is not its keys
        if "_" not in name:
            environ.setdefault(_PLAIN.get(name) or "HTTP_" + name.upper().replace("-", "_"), UNREADABLE)
    return environ


class _Errors(io.TextIOBase):
    """wsgi.errors: what the application complains about goes to the log."""

    def write(self, text: str) -> int:
        if text.strip():
            log.error("%s", text.rstrip())
        return len(text)


async def _body(environ: dict[str, Any], outlet: Outlet, loop: asyncio.AbstractEventLoop, largest: int) -> Any:
    length = environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) <= READ_AT_ONCE:
        return io.BytesIO(await outlet() if int(length) else b"")
    if length:
        return io.BufferedReader(_Upload(aiter(outlet), loop), GATHERED)
    if "HTTP_TRANSFER_ENCODING" not in environ and not environ["SERVER_PROTOCOL"].startswith("HTTP/2"):
        return io.BytesIO()
    return await _unsized_body(environ, aiter(outlet), loop, largest)


async def _unsized_body(
    environ: dict[str, Any], pieces: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop, largest: int
) -> Any:
    """A body that comes in chunks without a word of its size. Django reads as far as it was told, so it is told here."""
    held = bytearray()
    while len(held) <= READ_AT_ONCE:
        piece = await _next(pieces)
        if piece is None:
            environ["CONTENT_LENGTH"] = str(len(held))
            return io.BytesIO(held)
        held += piece
    environ["CONTENT_LENGTH"] = str(largest)
    return io.BufferedReader(_Upload(pieces, loop, begun=bytes(held), largest=largest), GATHERED)


class _Upload(io.RawIOBase):
    """A body that is read while it arrives; the thread of the application waits for it.

    `begun` has arrived already. One that reaches `largest` is broken off: who was told that many bytes would stop
    there and take half a body for a whole one.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        loop: asyncio.AbstractEventLoop,
        *,
        begun: bytes = b"",
        largest: int | None = None,
    ) -> None:
        self._pieces, self._loop, self._left = pieces, loop, begun
        self._arrived, self._largest = len(begun), largest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = asyncio.run_coroutine_threadsafe(_next(self._pieces), self._loop).result()
            if piece is None:
                return 0
            self._left = piece
            self._arrived += len(piece)
        if self._largest is not None and self._arrived >= self._largest:
            raise RequestDataTooBig
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    """The next piece, None after the last. Not by `anext` with a default: on what the server gives, it kills the process."""
    try:
        return await pieces.__anext__()
    except StopAsyncIteration:
        return None
