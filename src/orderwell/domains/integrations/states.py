"""The life of an import batch as data."""

from __future__ import annotations

from orderwell.kernel.transitions import TransitionTable

IMPORT_BATCH = TransitionTable(
    aggregate="import batch",
    initial="waiting",
    transitions={
        "waiting": {"map": "waiting", "run": "running"},
        # A running batch whose process died is run again from where it stopped.
        "running": {"run": "running", "finish": "finished", "fail": "failed"},
        "failed": {"run": "running", "undo": "undoing"},
        "finished": {"undo": "undoing"},
        # Documents that others depend on are kept; the batch can be undone again when they are free.
        "undoing": {"undo": "undoing", "keep": "finished", "finish_undo": "undone"},
    },
    final=frozenset({"undone"}),
)
