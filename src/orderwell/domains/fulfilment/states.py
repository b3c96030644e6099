"""The states of a shipment as data. They only move forward."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.transitions import OTHERWISE, TransitionTable

SHIPMENT = TransitionTable(
    aggregate="shipment",
    initial="shipped",
    transitions={"shipped": {"deliver": "delivered"}},
    final=frozenset({"delivered"}),
    refusals={
        "delivered": {
            OTHERWISE: _("Shipment {number} has arrived already. What comes back is recorded as a return."),
        },
    },
)
