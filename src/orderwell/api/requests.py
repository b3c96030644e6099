"""What every request goes through before and after its own work: key, permission, body, request key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from orderwell.api.bodies import ApiRequest
from orderwell.api.errors import InvalidIdempotencyKey, NotAuthenticated, UnknownParameter
from orderwell.api.problems import CONTENT_TYPE as PROBLEM
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Code, Phrase, Refusal
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_key
from orderwell.platform.idempotency.repeating import FIRST_REFUSED_STATUS, Answer, once
from orderwell.platform.permissions import Permission

JSON = "application/json"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"^[\x20-\x7e]{1,255}$")


def authenticate(request: HttpRequest) -> Actor:
    """Who asks, by the bearer key. Raises NotAuthenticated, InvalidApiKey, ApiKeyRevoked, ApiKeyExpired."""
    key = bearer_key(request.META.get("HTTP_AUTHORIZATION", ""))
    return actor_for_key(key, now=utc_now(), address=request.META.get("REMOTE_ADDR", "")[:45])


def bearer_key(authorization: str) -> str:
    """The key in an Authorization header. Raises NotAuthenticated."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip() or not key.isascii():
        raise NotAuthenticated
    return key.strip()


def refuse_unknown_parameters(request: HttpRequest, known: frozenset[str]) -> None:
    """A misspelt filter would show everything; it is refused instead. Raises Refusal with one error per name."""
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        expected = Code(", ".join(sorted(known))) or Phrase("none")
        raise Refusal([UnknownParameter(name=Code(name[:80]), expected=expected).detail() for name in unknown[:10]])


def idempotency_key(key: str | None) -> str | None:
    """The Idempotency-Key header, if there is one. Raises InvalidIdempotencyKey."""
    if key is not None and not _KEY.match(key):
        raise InvalidIdempotencyKey
    return key


def scope_of(actor: Actor) -> str:
    """Request keys of two callers never meet."""
    return f"{actor.kind}:{actor.id}"


def fingerprint(method: str | None, address: str, body: bytes) -> bytes:
    """What was asked: method, address and body, so that one key for two different requests is noticed."""
    digest = hashlib.sha256(f"{method} {address}\n".encode())
    digest.update(body)
    return digest.digest()


def run_once(request: ApiRequest, body: bytes, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a write. With an Idempotency-Key, at most once: a repetition gets the first answer."""
    key = idempotency_key(request.META.get("HTTP_IDEMPOTENCY_KEY"))
    if key is None:
        return work()
    made: list[HttpResponse] = []

    def act() -> Answer:
        made.append(work())
        return Answer(made[0].status_code, made[0].content)

    asked = fingerprint(request.method, request.get_full_path(), body)
    answer = once(scope=scope_of(request.actor), key=key, fingerprint=asked, now=utc_now(), act=act)
    return replayed(answer.status, answer.body) if answer.repeated else made[0]


def replayed(status: int, body: bytes) -> HttpResponse:
    kind = PROBLEM if status >= FIRST_REFUSED_STATUS else JSON
    return HttpResponse(body, status=status, content_type=kind, headers={REPLAYED: "true"})


def may_also(actor: Actor, permission: Permission) -> Actor:
    """The actor with one permission more: for showing what became of a write, which needs no permission to look around.

    Its row filters stay as they are.
    """
    return replace(actor, permissions=actor.permissions | {permission})
