"""What happens to the look of documents."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class PrintingEvent(EventName):
    TEMPLATE_SAVED = "printing.template.saved"
    TEMPLATE_RESET = "printing.template.reset"
    LOGO_CHANGED = "printing.logo.changed"
    DOCUMENT_ISSUED = "printing.document.issued"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.TEMPLATE_SAVED: _("The print template of {kind} was changed (version {version})"),
            cls.TEMPLATE_RESET: _("The print template of {kind} is the built-in one again"),
            cls.LOGO_CHANGED: _("The logo on documents was changed"),
            cls.DOCUMENT_ISSUED: _("The PDF of {number} was made (SHA-256 {sha256})"),
        }
