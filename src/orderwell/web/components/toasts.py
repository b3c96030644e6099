"""Short messages after a change, with a button that takes the change back where one service call can.

An undo is named: `@undoes("hold-placed")` marks the function that takes it back, `undo("hold-placed", hold_id=7)` makes
the promise that a toast carries. The promise is signed for the user who got it and holds for an hour; the service behind
it checks permission and state again, so a late or repeated click is refused and never does harm.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.idempotency.repeating import Answer, once

SALT = "orderwell.undo"
HOLDS_FOR = 3600
LEVELS = {"success": constants.SUCCESS, "warning": constants.WARNING, "error": constants.ERROR, "info": constants.INFO}

# Takes the actor, the time and what `undo` was given; its answer is the text of the next toast.
Undoing = Callable[..., str]
_known: dict[str, Undoing] = {}


@dataclass(frozen=True, slots=True)
class Undo:
    """What a toast's button sends: a POST address, and a token that says what to take back. Made by `undo`."""

    name: str
    arguments: tuple[tuple[str, Any], ...]

    def token(self, user_id: int | None) -> str:
        return signing.dumps([self.name, user_id, dict(self.arguments)], salt=SALT, compress=True)


def undoes(name: str) -> Callable[[Undoing], Undoing]:
    """Marks `act(actor, now, **arguments) -> text` as what takes back the change called `name`."""

    def keep(act: Undoing) -> Undoing:
        if _known.setdefault(name, act) is not act:
            raise ValueError(f"two functions undo {name}")
        return act

    return keep


def undo(name: str, **arguments: Any) -> Undo:
    """The promise to take back `name`; `arguments` are plain values, such as ids and versions."""
    if name not in _known:
        raise KeyError(f"nothing undoes {name}")
    return Undo(name, tuple(sorted(arguments.items())))


def take_back(token: str, *, actor: Actor, now: datetime) -> str | None:
    """Do what the token promises; None when it is too old, not ours, or somebody else's."""
    try:
        name, user_id, arguments = signing.loads(token, salt=SALT, max_age=HOLDS_FOR)
    except signing.BadSignature:
        return None
    if user_id != actor.id or name not in _known:
        return None

    def work() -> Answer:
        return Answer(200, _known[name](actor, now, **arguments).encode())

    digest = hashlib.sha256(token.encode()).digest()
    # A second click, or the same toast in another tab, gets the first answer and does nothing.
    first = once(scope=f"undo:{actor.id}", key=digest.hex(), fingerprint=digest, now=now, act=work)
    return first.body.decode()


def tell(
    request: HttpRequest, text: str, *, undo: Undo | None = None, level: str = "success", in_place: bool = False
) -> None:
    """A toast on the page that comes next, also where that is only a part of a page.

    `in_place`: on the page hangs something typed, so its undo doesn't load it anew; the page hears "orderwell:undone".
    """
    extra = ""
    if undo is not None:
        promise = {"url": reverse("undo"), "token": undo.token(request.user.pk)}
        extra = json.dumps({**promise, "in_place": "1"} if in_place else promise)
    messages.add_message(request, LEVELS[level], text, extra_tags=extra)


def undo_of(message: Message) -> dict[str, str] | None:
    """Address and token of a toast's undo button, and whether it is sent in place."""
    if not (message.extra_tags or "").startswith("{"):
        return None
    found: dict[str, str] = json.loads(message.extra_tags or "{}")
    return found
