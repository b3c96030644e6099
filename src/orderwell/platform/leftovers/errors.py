"""Refusals of what comes from a device."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class ActionTooOld(DomainError):
    """Older than the answers that are kept: whether it was done already can no longer be told."""

    code = "action_too_old"
    message = "This was done {days} days ago; whether it arrived then can no longer be told. Look, and do it by hand if it did not."
