"""The life of an import batch as data."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.transitions import OTHERWISE, TransitionTable

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
    refusals={
        "waiting": {
            OTHERWISE: _("Import {number} has not run yet. Run it, or change what its columns mean."),
            "undo": _("Import {number} has not run yet, so there is nothing to undo."),
        },
        "running": {OTHERWISE: _("Import {number} is running. Wait until it has finished.")},
        "failed": {OTHERWISE: _("Import {number} stopped half way. Run it again to go on, or undo it.")},
        "finished": {
            OTHERWISE: _("Import {number} has finished. Undo it, or bring the file in anew."),
            "map": _("Import {number} has finished with the columns as they were. Undo it, or bring the file in anew."),
        },
        "undoing": {OTHERWISE: _("Import {number} is being undone. After that the file can be brought in anew.")},
        "undone": {OTHERWISE: _("Import {number} was undone. Bring the file in anew.")},
    },
)
