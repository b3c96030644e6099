"""What a caller hands to the customers' services. What is not given (UNSET) stays as it is; lists replace lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class ContactDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person to talk to. Phone and e-mail are stored encrypted.

    `roles` says what for: "buyer", "accounts", "recipient", "decision" or "technical". `language` is blank for the
    customer's own.
    """

    name: str
    job_title: str = ""
    phone: str = ""
    email: str = ""
    is_primary: bool = False
    roles: tuple[str, ...] = ()
    language: str = ""


class PostalAddressDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`kind` is "shipping" or "billing". Phone and street are stored encrypted."""

    recipient: str
    kind: str = "shipping"
    label: str = ""
    phone: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = "CN"
    is_default: bool = False


class CustomerDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A customer, found by `number`, else by `external_id`; without either, or when none is found, it is a new one.

    `group`, `owner` and `team` are a group's code, a user name and a team's name. `version` is the version that was
    edited; a customer changed meanwhile is then refused instead of overwritten.
    """

    number: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET
    kind: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    tax_number: str | UnsetType = UNSET
    group: str | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    owner: str | UnsetType | None = UNSET
    team: str | UnsetType | None = UNSET
    language: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    credit_limit: Decimal | UnsetType | None = UNSET
    payment_terms_days: int | UnsetType = UNSET
    preferences: dict[str, Any] | UnsetType = UNSET
    note: str | UnsetType = UNSET
    custom: dict[str, Any] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    contacts: tuple[ContactDraft, ...] | UnsetType = UNSET
    addresses: tuple[PostalAddressDraft, ...] | UnsetType = UNSET
    version: int | None = None


class CustomerGroupDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
