"""Notes that a stock keeper wrote in the description of a line, understood as the reason of an adjustment."""

from __future__ import annotations

import re
from decimal import Decimal

from orderwell.domains.inventory.models import Adjustment

_REASONS = tuple(
    (re.compile(pattern, re.IGNORECASE), reason)
    for pattern, reason in (
        (
            r"damag|broke|crack|crush|smash|faulty|rust|wet\b|mould|smudge|thrown|throw away|unsale|can'?t sell|defect",
            Adjustment.Reason.DAMAGED,
        ),
        (r"expired|out of date", Adjustment.Reason.EXPIRED),
        (r"sample|display|showroom|given away|mail ?out|gift", Adjustment.Reason.SAMPLE),
        (r"lost|missing|\bmia\b|stolen|mystery", Adjustment.Reason.LOST),
        (r"found", Adjustment.Reason.FOUND),
        (r"rcvd|received|cargo|returned|delivery|import", Adjustment.Reason.RECEIPT),
        (r"count|check|adjust|stock ?take|\bcode|barcode|label", Adjustment.Reason.COUNT),
    )
)


def reason_of(note: str, quantity: Decimal) -> str:
    """The reason that a note names; without one, a write-off or an addition for reasons unknown."""
    for pattern, reason in _REASONS:
        if pattern.search(note):
            # What was lost cannot be added, and what was found cannot be taken away.
            if quantity > 0 and reason in (Adjustment.Reason.LOST, Adjustment.Reason.DAMAGED):
                return Adjustment.Reason.OTHER
            if quantity < 0 and reason == Adjustment.Reason.FOUND:
                return Adjustment.Reason.OTHER
            return reason
    return Adjustment.Reason.OTHER
