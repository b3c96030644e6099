"""The states of a shipment as data. They only move forward."""

from __future__ import annotations

from orderwell.kernel.transitions import TransitionTable

SHIPMENT = TransitionTable(
    aggregate="shipment",
    initial="shipped",
    transitions={"shipped": {"deliver": "delivered"}},
    final=frozenset({"delivered"}),
)
