"""Where toasts wait for the page that shows them. An answer that had none to show leaves alone what others put there.

Django clears the cookie with every answer that looked for messages. A part of a page that was asked for before a change and
answered after it would take the change's toast away with it, unseen.
"""

from __future__ import annotations

from django.contrib.messages.storage.base import BaseStorage, Message
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpResponseBase


class _LeavesAlone(BaseStorage):
    _queued_messages: list[Message]
    _loaded_messages: list[Message]

    def update(self, response: HttpResponseBase) -> list[Message] | None:
        if self.used and not self._queued_messages and not self._loaded_messages:
            return None
        unstored: list[Message] | None = super().update(response)
        return unstored


class InCookie(_LeavesAlone, FallbackStorage):
    """In a cookie, or in the session where they are too long for it."""


class InSession(_LeavesAlone, SessionStorage):
    """In the session alone."""
