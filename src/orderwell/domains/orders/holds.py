"""Kinds of hold and the steps each blocks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

STEPS = ("ship", "invoice", "change", "cancel")


@dataclass(frozen=True)
class HoldKind:
    title: str
    blocks: frozenset[str]


KINDS: dict[str, HoldKind] = {
    "address": HoldKind(_("Address to be checked"), frozenset({"ship"})),
    "credit": HoldKind(_("Credit"), frozenset({"ship", "invoice"})),
    "customer": HoldKind(_("Waiting for the customer"), frozenset({"ship"})),
    "fraud": HoldKind(_("Suspected fraud"), frozenset({"ship", "invoice", "change"})),
    "payment": HoldKind(_("Waiting for payment"), frozenset({"ship"})),
    "price": HoldKind(_("Price to be checked"), frozenset({"ship", "invoice"})),
    "quality": HoldKind(_("Quality check"), frozenset({"ship"})),
    "other": HoldKind(_("Other"), frozenset({"ship", "invoice"})),
}


def blocking(kinds: list[str], step: str) -> list[str]:
    """Which of the active hold kinds block `step`."""
    return sorted({kind for kind in kinds if step in KINDS[kind].blocks})
