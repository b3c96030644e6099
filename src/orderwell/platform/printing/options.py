"""Settings of printed documents."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import text
from orderwell.platform.configuration.services import declare

declare(
    "printing.footer",
    text(most=300),
    "",
    _("Footer of documents"),
    _("Printed below every page: bank account, register number, web site."),
)
