"""The states of transfers and stock counts as data."""

from __future__ import annotations

from orderwell.kernel.transitions import TransitionTable

TRANSFER = TransitionTable(
    aggregate="transfer",
    initial="draft",
    transitions={
        "draft": {"dispatch": "dispatched", "cancel": "cancelled", "change": "draft"},
        # What is received in part stays dispatched; only when nothing is on the way any more it is received.
        "dispatched": {"receive_part": "dispatched", "receive": "received"},
    },
    final=frozenset({"received", "cancelled"}),
)

COUNT = TransitionTable(
    aggregate="stock count",
    initial="open",
    transitions={"open": {"enter": "open", "post": "posted", "cancel": "cancelled"}},
    final=frozenset({"posted", "cancelled"}),
)
