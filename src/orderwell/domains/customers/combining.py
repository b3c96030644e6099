"""Two records of one customer become one, and apart again: pure, field by field, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from orderwell.domains.customers.drafts import ContactDraft, PostalAddressDraft
from orderwell.domains.customers.records import CustomerState

Part = TypeVar("Part", ContactDraft, PostalAddressDraft)
# Fields of which one value remains: that of the survivor, unless chosen otherwise.
CHOSEN = (
    "name",
    "kind",
    "tax_number",
    "group",
    "owner",
    "language",
    "currency",
    "credit_limit",
    "payment_terms_days",
    "note",
)
SURVIVOR, MERGED = "survivor", "merged"


def differing(survivor: CustomerState, merged: CustomerState) -> list[str]:
    """Fields that somebody has to choose, or may leave as proposed."""
    return [name for name in CHOSEN if getattr(survivor, name) != getattr(merged, name)]


def proposed(survivor: CustomerState, merged: CustomerState) -> dict[str, str]:
    """The survivor's value where it has one; what is empty there and not here is taken over."""
    empty: tuple[Any, ...] = ("", None)
    return {
        name: MERGED if getattr(survivor, name) in empty and getattr(merged, name) not in empty else SURVIVOR
        for name in differing(survivor, merged)
    }


def combined(survivor: CustomerState, merged: CustomerState, choices: Mapping[str, str]) -> CustomerState:
    """The survivor afterwards: chosen fields, and everything of both that can stand side by side."""
    taken = {
        name: getattr(merged, name)
        for name in CHOSEN
        if (choices.get(name) or proposed(survivor, merged).get(name)) == MERGED
    }
    return replace(
        survivor,
        **taken,
        tags=tuple(sorted({*survivor.tags, *merged.tags})),
        preferences={**merged.preferences, **survivor.preferences},
        custom={**merged.custom, **survivor.custom},
        contacts=_joined(survivor.contacts, merged.contacts, ("is_primary", "roles"), "is_primary"),
        addresses=_joined(survivor.addresses, merged.addresses, ("is_default", "label"), "is_default"),
    )


def _joined(first: Sequence[Part], second: Sequence[Part], beside: Sequence[str], main: str) -> tuple[Part, ...]:
    """The parts of both, none twice; those of the first stay the main ones."""

    def core(part: Part) -> tuple[Any, ...]:
        return tuple(getattr(part, name) for name in part.__struct_fields__ if name not in beside)

    known = {core(part) for part in first}
    joined: list[Part] = list(first)
    joined.extend(
        msgspec.structs.replace(part, **{main: False}) if first else part for part in second if core(part) not in known
    )
    return tuple(joined)


def separated(before: CustomerState, after: CustomerState, now: CustomerState) -> CustomerState:
    """The survivor without what the merge brought. What was changed since the merge stays as it is now."""
    changed: dict[str, Any] = {}
    for name in CHOSEN:
        if getattr(now, name) == getattr(after, name):
            changed[name] = getattr(before, name)
    for name in ("tags", "contacts", "addresses"):
        brought = [part for part in getattr(after, name) if part not in getattr(before, name)]
        changed[name] = tuple(part for part in getattr(now, name) if part not in brought)
    for name in ("preferences", "custom"):
        old, new, present = getattr(before, name), getattr(after, name), getattr(now, name)
        changed[name] = {
            key: value for key, value in present.items() if key in old or key not in new or new[key] != value
        }
    return replace(now, **changed)
