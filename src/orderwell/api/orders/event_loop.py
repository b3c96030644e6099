"""`POST /api/v1/orders` on the server's event loop: the one route that a shop calls all day, without Django around it.

Half of a placed order's time went into Django's request, its middleware and the thread that waited for the gate. Here
nothing waits and nothing is asked of the database but by the gate. What is answered is the same to the byte; whatever is
not the usual case (a key not seen for two seconds, a redirect to HTTPS) is left to Django.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Protocol

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from orderwell.api.boundary import PLACE_ORDER, as_refusal
from orderwell.api.orders.placing import answer_of, submission_of
from orderwell.api.problems import language_named, refuse
from orderwell.api.requests import bearer_key
from orderwell.domains.orders.gate import gate
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import recent_actor

METHOD, PATH = PLACE_ORDER
# Larger orders are rare, and a large body must not be held in memory before its sender is known.
MOST_BYTES = 256 * 1024
# No request key is written like this.
UNREADABLE = "\xbf"
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]


class Asked(Protocol):
    """What the server tells of a request: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md"""

    method: str
    path: str
    query_string: str
    scheme: str
    client: str
    headers: AskedHeaders


class AskedHeaders(Protocol):
    def get(self, key: str) -> str | None: ...
    def get_all(self, key: str) -> list[str]: ...
    def __contains__(self, key: str) -> bool: ...


def caller_of(asked: Asked) -> Actor | None:
    """Who asks for an order to be placed; None when Django must answer, whatever it is that was asked."""
    if asked.path != PATH or asked.method != METHOD or asked.query_string:
        return None
    headers = asked.headers
    length = headers.get("content-length")
    if length is None or not length.isdecimal() or int(length) > min(MOST_BYTES, settings.MAX_BODY):
        return None
    if settings.SECURE_SSL_REDIRECT and asked.scheme != "https":
        return None
    try:
        key = bearer_key(headers.get("authorization") or "")
    except DomainError:
        return None
    return recent_actor(key, now=utc_now(), address=asked.client.rpartition(":")[0][:45])


async def place_order(asked: Asked, actor: Actor, body: bytes) -> Answer:
    """Status, headers and body of the answer."""
    headers = asked.headers
    try:
        submission = submission_of(
            actor,
            address=PATH,
            content_type=headers.get("content-type") or "",
            key=_request_key(headers),
            language=language_named(headers.get("accept-language")),
            body=body,
        )
        status, own, content = answer_of(await gate().place(submission), submission.language)
    except Exception as error:  # noqa: BLE001  as everywhere in the API: whatever goes wrong leaves as a problem document
        refused = _refused(error, headers.get("accept-language"))
        status, own, content = refused.status_code, dict(refused.items()), refused.content
    return status, [*own.items(), *_safety_headers(asked.scheme)], content


def _request_key(headers: AskedHeaders) -> str | None:
    """The server hands over no value that is not ASCII; a key that was sent must not pass for none, nor two for one."""
    keys = headers.get_all("idempotency-key")
    if not keys:
        return UNREADABLE if "idempotency-key" in headers else None
    return keys[0] if len(keys) == 1 else UNREADABLE


def _refused(error: Exception, language: str | None) -> HttpResponse:
    request = HttpRequest()
    request.method, request.path, request.path_info = METHOD, PATH, PATH
    if language is not None:
        request.META["HTTP_ACCEPT_LANGUAGE"] = language
    return refuse(as_refusal(error, request), request)


@lru_cache(maxsize=2)
def _safety_headers(scheme: str) -> Headers:
    """What SecurityMiddleware adds to every answer."""
    request = WSGIRequest(
        {"REQUEST_METHOD": METHOD, "PATH_INFO": PATH, "wsgi.url_scheme": scheme, "wsgi.input": BytesIO()}
    )
    answered = SecurityMiddleware(lambda _: HttpResponse()).process_response(request, HttpResponse())
    return [(name, value) for name, value in answered.items() if name != "Content-Type"]
