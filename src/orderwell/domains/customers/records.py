"""A customer as one value: what it is now, what a draft makes of it, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, PostalAddressDraft

# What is encrypted in its columns is not written into events in the clear.
_WITHHELD = {"contacts", "addresses"}


@dataclass(frozen=True)
class CustomerState:
    number: str
    name: str = ""
    kind: str = "person"
    external_id: str | None = None
    tax_number: str = ""
    group: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    team: str | None = None
    language: str = "zh-hans"
    currency: str = "CNY"
    credit_limit: Decimal | None = None
    payment_terms_days: int = 0
    preferences: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True
    contacts: tuple[ContactDraft, ...] = ()
    addresses: tuple[PostalAddressDraft, ...] = ()


_FIELDS = tuple(item.name for item in fields(CustomerState))


def merged(current: CustomerState | None, draft: CustomerDraft, number: str) -> CustomerState:
    """The customer after `draft`."""
    given = {name: value for name in _FIELDS if (value := getattr(draft, name)) is not UNSET} | {"number": number}
    if "tags" in given:
        given["tags"] = tuple(sorted({tag.strip() for tag in given["tags"]}))
    if "contacts" in given:
        given["contacts"] = _one_primary(given["contacts"])
    if "addresses" in given:
        given["addresses"] = _one_default_per_kind(given["addresses"])
    return replace(current or CustomerState(number), **given)


def _one_primary(contacts: Sequence[ContactDraft]) -> tuple[ContactDraft, ...]:
    """The first that is marked, else the first of all."""
    chosen = next((i for i, contact in enumerate(contacts) if contact.is_primary), 0)
    return tuple(
        contact if contact.is_primary == (i == chosen) else msgspec.structs.replace(contact, is_primary=i == chosen)
        for i, contact in enumerate(contacts)
    )


def _one_default_per_kind(addresses: Sequence[PostalAddressDraft]) -> tuple[PostalAddressDraft, ...]:
    chosen: dict[str, int] = {}
    for i, address in enumerate(addresses):
        if address.kind not in chosen or (address.is_default and not addresses[chosen[address.kind]].is_default):
            chosen[address.kind] = i
    return tuple(
        msgspec.structs.replace(address, is_default=chosen[address.kind] == i) for i, address in enumerate(addresses)
    )


def differences(before: CustomerState, after: CustomerState) -> dict[str, list[Any]]:
    """{field: [old value, new value]}; of what is encrypted only how many there were and are."""
    changes: dict[str, list[Any]] = {}
    for name in _FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes[name] = [len(old), len(new)] if name in _WITHHELD else [old, new]
    return changes
