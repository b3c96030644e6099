"""Signed notes between the real company and the practice company: who comes to learn, and what they achieved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core import signing

from orderwell.kernel.identifiers import random_token
from orderwell.platform.sandbox.launching import secret

ENTER_SECONDS = 60
RESULT_SECONDS = 24 * 3600
_ENTER, _RESULT = "orderwell.practice.enter", "orderwell.practice.result"


@dataclass(frozen=True, slots=True)
class Learner:
    """`back` is the address of the tours in the real company.

    `permissions` and `limits` (kind of row -> codes or names) are what the person has at work, `roles` the names of it.
    """

    user: int
    name: str
    tour: str
    language: str
    theme: str
    back: str
    nonce: str
    roles: str = ""
    permissions: list[str] = field(default_factory=list)
    limits: dict[str, list[str]] = field(default_factory=dict)
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Achieved:
    user: int
    tour: str
    points: int
    most: int
    tasks: int
    hints: int
    seconds: int
    finished_at: str


class Unreadable(Exception):
    """The note isn't ours, was changed, or is too old."""


def send(
    *,
    user: int,
    name: str,
    tour: str,
    language: str,
    theme: str,
    back: str,
    roles: str = "",
    permissions: Collection[str] = (),
    limits: Mapping[str, list[str]] | None = None,
    desk: str = "",
) -> str:
    """The note goes into an address, so it is packed: a hundred permissions are a kilobyte."""
    learner = Learner(
        *(user, name, tour, language, theme, back, random_token(24)),
        roles=roles,
        permissions=sorted(permissions),
        limits=dict(limits or {}),
        desk=desk,
    )
    return signing.dumps(asdict(learner), key=secret(), salt=_ENTER, compress=True)


def receive(note: str) -> Learner:
    return Learner(**_read(note, _ENTER, ENTER_SECONDS))


def certify(achieved: Achieved) -> str:
    return signing.dumps(asdict(achieved), key=secret(), salt=_RESULT)


def read_certificate(note: str) -> Achieved:
    return Achieved(**_read(note, _RESULT, RESULT_SECONDS))


def _read(note: str, salt: str, seconds: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = signing.loads(note, key=secret(), salt=salt, max_age=seconds)
    except signing.BadSignature as error:
        raise Unreadable from error
    return found
