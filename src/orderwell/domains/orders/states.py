"""The states of an order as data. Fulfilment and payment states are derived (see `derivation.py`), never set."""

from __future__ import annotations

from orderwell.kernel.transitions import TransitionTable

ORDER = TransitionTable(
    aggregate="order",
    initial="draft",
    transitions={
        "draft": {"place": "placed", "record": "completed", "cancel": "cancelled"},
        "placed": {"complete": "completed", "cancel": "cancelled"},
        # Completed orders open again when a return or a change leaves something to do.
        "completed": {"reopen": "placed"},
        # Only the undoing of the cancellation itself leads back.
        "cancelled": {"reinstate": "placed"},
    },
)
