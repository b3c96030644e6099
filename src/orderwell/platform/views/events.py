"""What can happen to saved views, exports and bulk actions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class ViewEvent(EventName):
    SAVED = "views.view.saved"
    REMOVED = "views.view.removed"
    EXPORTED = "views.list.exported"
    ACTED = "views.bulk.finished"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.SAVED: _("View {name} of the list {list} saved"),
            cls.REMOVED: _("View {name} of the list {list} removed"),
            cls.EXPORTED: _("List {list} exported as {format}: {rows} rows"),
            cls.ACTED: _(
                "Bulk action {action} on the list {list}: {done} done, {unchanged} unchanged, {refused} refused"
            ),
        }
