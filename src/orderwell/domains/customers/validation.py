"""Everything wrong with a customer draft, seen against what is known. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET

from orderwell.domains.customers import errors
from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, PostalAddressDraft
from orderwell.domains.customers.preferences import preference_problems
from orderwell.domains.customers.reaching import country_problems, email_problems, phone_problems
from orderwell.domains.customers.records import CustomerState
from orderwell.kernel.errors import DomainError, ErrorDetail, InvalidValue, Phrase, choices
from orderwell.kernel.refusals import ValueMissing, amount_problems, currency_problems, text_problems
from orderwell.platform.configuration.custom_fields import custom_problems
from orderwell.platform.configuration.models import CustomField

KINDS = ("person", "company")
ADDRESS_KINDS = ("shipping", "billing")
LANGUAGES = ("zh-hans", "en")
ROLES = ("buyer", "accounts", "recipient", "decision", "technical")
MAX_PARTS = 100
MAX_PREFERENCES_BYTES = 20_000
MAX_TERMS_DAYS = 3_650
_TEXTS = (("number", 40), ("external_id", 80), ("name", 240), ("tax_number", 40), ("note", 10_000))
_ADDRESS_TEXTS = (
    ("recipient", 120),
    ("label", 60),
    ("street", 500),
    ("district", 80),
    ("city", 80),
    ("region", 80),
    ("postcode", 20),
)


@dataclass
class Known:
    """What drafts are checked against. `teams` are those the actor may give a customer to."""

    groups: Collection[str] = ()
    owners: Collection[str] = ()
    teams: Collection[str] = ()
    team_needed: bool = False
    fields: Sequence[CustomField] = field(default=())


def problems(draft: CustomerDraft, current: CustomerState | None, known: Known) -> list[ErrorDetail]:
    """All of them at once, each with its place."""
    found = [error.detail() for error in _problems(draft, current, known)]
    if draft.custom is not UNSET or current is None:
        values: Mapping[str, Any] = {} if draft.custom is UNSET else draft.custom
        found += custom_problems(known.fields, values, entity="customer")
    return found


def _problems(draft: CustomerDraft, current: CustomerState | None, known: Known) -> Iterator[DomainError]:
    for name, limit in _TEXTS:
        value = getattr(draft, name)
        needed = name == "name" and current is None
        if value is UNSET or value is None:
            if needed:
                yield ValueMissing(pointer=f"/{name}")
            continue
        yield from text_problems(
            value, f"/{name}", limit, needed=name in ("number", "external_id", "name"), lines=name == "note"
        )
    yield from _choice_problems(draft)
    yield from _terms_problems(draft, current)
    yield from _reference_problems(draft, current, known)
    if draft.tags is not UNSET:
        yield from _at_most(draft.tags, "/tags")
        for index, tag in enumerate(draft.tags):
            yield from text_problems(tag, f"/tags/{index}", 60, needed=True)
    if draft.contacts is not UNSET:
        yield from _at_most(draft.contacts, "/contacts")
        for index, contact in enumerate(draft.contacts):
            yield from _contact_problems(contact, f"/contacts/{index}")
    if draft.addresses is not UNSET:
        yield from _at_most(draft.addresses, "/addresses")
        for index, address in enumerate(draft.addresses):
            yield from _address_problems(address, f"/addresses/{index}")


def part_problems(contacts: Sequence[ContactDraft], addresses: Sequence[PostalAddressDraft]) -> list[ErrorDetail]:
    """What is wrong with contacts and addresses alone, for a form of which nothing else can be read yet."""
    found = [
        *(one for index, contact in enumerate(contacts) for one in _contact_problems(contact, f"/contacts/{index}")),
        *(one for index, address in enumerate(addresses) for one in _address_problems(address, f"/addresses/{index}")),
    ]
    return [error.detail() for error in found]


def _choice_problems(draft: CustomerDraft) -> Iterator[DomainError]:
    for name, allowed in (("kind", KINDS), ("language", LANGUAGES)):
        value = getattr(draft, name)
        if value is not UNSET and value not in allowed:
            yield InvalidValue(pointer=f"/{name}", value=value[:20], expected=" or ".join(allowed))


def _terms_problems(draft: CustomerDraft, current: CustomerState | None) -> Iterator[DomainError]:
    currency = draft.currency if draft.currency is not UNSET else current.currency if current else "CNY"
    unknown = list(currency_problems(currency, "/currency"))
    yield from unknown
    if draft.credit_limit is not UNSET and draft.credit_limit is not None and not unknown:
        yield from amount_problems(draft.credit_limit, "/credit_limit", currency)
    days = draft.payment_terms_days
    if days is not UNSET and not 0 <= days <= MAX_TERMS_DAYS:
        yield InvalidValue(
            pointer="/payment_terms_days",
            value=days,
            expected=Phrase("{low} to {high} days", low=0, high=MAX_TERMS_DAYS),
        )
    if draft.preferences is not UNSET and len(msgspec.json.encode(draft.preferences)) > MAX_PREFERENCES_BYTES:
        yield InvalidValue(
            pointer="/preferences",
            value="preferences",
            expected=Phrase("at most {count} bytes of JSON", count=MAX_PREFERENCES_BYTES),
        )
    if draft.preferences is not UNSET:
        yield from preference_problems(draft.preferences)


def _reference_problems(draft: CustomerDraft, current: CustomerState | None, known: Known) -> Iterator[DomainError]:
    if draft.group is not UNSET and draft.group is not None and draft.group not in known.groups:
        yield errors.UnknownCustomerGroup(pointer="/group", value=draft.group[:40], expected=choices(known.groups))
    if draft.owner is not UNSET and draft.owner is not None and draft.owner not in known.owners:
        yield errors.UnknownOwner(pointer="/owner", value=draft.owner[:80])
    team = draft.team if draft.team is not UNSET else current.team if current else None
    if team is None and known.team_needed:
        yield ValueMissing(pointer="/team")
    elif draft.team is not UNSET and draft.team is not None and draft.team not in known.teams:
        expected = ", ".join(sorted(known.teams)[:5]) or "none"
        yield errors.UnknownTeam(pointer="/team", value=draft.team[:80], expected=expected)


def _contact_problems(contact: ContactDraft, pointer: str) -> Iterator[DomainError]:
    yield from text_problems(contact.name, f"{pointer}/name", 120, needed=True)
    yield from text_problems(contact.job_title, f"{pointer}/job_title", 120)
    yield from _phone_problems(contact.phone, f"{pointer}/phone")
    for role in contact.roles:
        if role not in ROLES:
            yield InvalidValue(pointer=f"{pointer}/roles", value=role[:20], expected=", ".join(ROLES))
    if contact.language and contact.language not in LANGUAGES:
        yield InvalidValue(pointer=f"{pointer}/language", value=contact.language[:20], expected=" or ".join(LANGUAGES))
    yield from text_problems(contact.email, f"{pointer}/email", 254)
    yield from email_problems(contact.email, f"{pointer}/email")


def _address_problems(address: PostalAddressDraft, pointer: str) -> Iterator[DomainError]:
    if address.kind not in ADDRESS_KINDS:
        yield InvalidValue(pointer=f"{pointer}/kind", value=address.kind[:20], expected=" or ".join(ADDRESS_KINDS))
    for name, limit in _ADDRESS_TEXTS:
        needed, lines = name == "recipient", name == "street"
        yield from text_problems(getattr(address, name), f"{pointer}/{name}", limit, needed=needed, lines=lines)
    yield from _phone_problems(address.phone, f"{pointer}/phone")
    yield from country_problems(address.country, f"{pointer}/country")


def _phone_problems(phone: str, pointer: str) -> Iterator[DomainError]:
    yield from text_problems(phone, pointer, 40)
    yield from phone_problems(phone, pointer)


def _at_most(values: Sequence[Any], pointer: str) -> Iterator[DomainError]:
    if len(values) > MAX_PARTS:
        yield InvalidValue(pointer=pointer, value=len(values), expected=Phrase("at most {count}", count=MAX_PARTS))
