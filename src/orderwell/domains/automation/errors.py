"""Refusals of compositions."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class AlreadyCredited(DomainError):
    code = "already_credited"
    message = "Return {number} was credited before, with credit note {credit_note}."
