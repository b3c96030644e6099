"""What can happen to an import batch, with the sentence its timeline shows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class ImportEvent(EventName):
    CREATED = "integrations.import.created"
    MAPPED = "integrations.import.mapped"
    FINISHED = "integrations.import.finished"
    FAILED = "integrations.import.failed"
    UNDONE = "integrations.import.undone"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return _SENTENCES


_SENTENCES: Mapping[str, str] = {
    ImportEvent.CREATED: _("Import of {file} created"),
    ImportEvent.MAPPED: _("It was said what the columns of {file} mean"),
    ImportEvent.FINISHED: _("Import finished: {done} lines done, {duplicate} duplicate, {refused} refused"),
    ImportEvent.FAILED: _("Import stopped: {message}"),
    ImportEvent.UNDONE: _("Import undone"),
}
