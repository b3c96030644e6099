"""The states of an order as data. Fulfilment and payment states are derived (see `derivation.py`), never set."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.transitions import OTHERWISE, TransitionTable

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
    refusals={
        "draft": {OTHERWISE: _("{number} is a quote; turn it into an order first.")},
        "placed": {
            OTHERWISE: _("{number} is an order already; change the order instead."),
            "reopen": _("Order {number} is open; it can be worked on as it is."),
            "reinstate": _("Order {number} is not cancelled; it can be worked on as it is."),
        },
        "completed": {
            OTHERWISE: _("Order {number} is completed. Record a return, or change the order and add to it."),
            "reinstate": _("Order {number} is not cancelled. Record a return, or change the order and add to it."),
        },
        "cancelled": {
            OTHERWISE: _("Order {number} is cancelled. Undo the cancellation first, or order again."),
            "cancel": _("Order {number} is cancelled already."),
        },
    },
)
