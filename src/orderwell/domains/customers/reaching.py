"""Whether somebody can be reached by what was given: phones, e-mail addresses, countries. One rule for customers and for
the addresses of orders. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from orderwell.domains.customers import errors
from orderwell.kernel.errors import DomainError, InvalidValue
from orderwell.platform.countries import known_country
from orderwell.platform.crypto import normalise_phone


def phone_problems(phone: str, pointer: str) -> Iterator[DomainError]:
    if phone.strip() and not 3 <= len(normalise_phone(phone).removeprefix("+")) <= 20:
        yield errors.UnusablePhone(pointer=pointer)


def email_problems(email: str, pointer: str) -> Iterator[DomainError]:
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError:
            yield errors.UnusableEmail(pointer=pointer)


def country_problems(country: str, pointer: str) -> Iterator[DomainError]:
    if not known_country(country):
        yield InvalidValue(pointer=pointer, value=country[:20], expected="an ISO 3166 country code such as CN")
