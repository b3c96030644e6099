"""Refusals about customers."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class UnknownCustomer(DomainError):
    code = "unknown_customer"
    message = "There is no active customer {value}."
