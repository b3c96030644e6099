"""ETag and If-Match: nobody overwrites a change that they have not seen."""

from __future__ import annotations

import re

from django.http import HttpRequest

from orderwell.api.errors import InvalidPrecondition, PreconditionRequired

_VERSION = re.compile(r'^(?:W/)?"?(\d{1,9})"?$')


def etag(version: int) -> str:
    return f'"{version}"'


def seen_version(request: HttpRequest) -> int | None:
    """The version that the caller has seen, where it says so in If-Match: small tables may be changed without."""
    return expected_version(request) if "If-Match" in request.headers else None


def expected_version(request: HttpRequest) -> int | None:
    """The version that the caller has seen, from If-Match; None for `*`. Raises PreconditionRequired without it."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    given = given.strip()
    if given == "*":
        return None
    match = _VERSION.match(given)
    if match is None:
        raise InvalidPrecondition(given=given[:80] or '""')
    return int(match[1])
