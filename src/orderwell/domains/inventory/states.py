"""The states of transfers and stock counts as data."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.transitions import OTHERWISE, TransitionTable

TRANSFER = TransitionTable(
    aggregate="transfer",
    initial="draft",
    transitions={
        "draft": {"dispatch": "dispatched", "cancel": "cancelled", "change": "draft"},
        # What is received in part stays dispatched; only when nothing is on the way any more it is received.
        "dispatched": {"receive_part": "dispatched", "receive": "received"},
    },
    final=frozenset({"received", "cancelled"}),
    refusals={
        "draft": {OTHERWISE: _("{number} has not left yet; dispatch it first.")},
        "dispatched": {
            OTHERWISE: _("{number} has left already; what arrives can be received, anything else is too late."),
        },
        "received": {OTHERWISE: _("{number} has arrived; what is to go back or on is a new transfer.")},
        "cancelled": {OTHERWISE: _("{number} was given up; make a new transfer instead.")},
    },
)

COUNT = TransitionTable(
    aggregate="stock count",
    initial="open",
    transitions={"open": {"enter": "open", "post": "posted", "cancel": "cancelled"}},
    final=frozenset({"posted", "cancelled"}),
    refusals={
        "posted": {
            OTHERWISE: _("Count {number} is posted; stock is as it was counted. Begin a new count to count again."),
        },
        "cancelled": {OTHERWISE: _("Count {number} was given up; begin a new one.")},
    },
)
