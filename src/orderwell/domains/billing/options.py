"""Settings of billing."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template
from orderwell.platform.configuration.services import declare

declare(
    "billing.invoice_number_template",
    number_template(),
    "INV-{year}-{value:06d}",
    _("Invoice numbers"),
    _("How invoice numbers look. They have no gaps; with {year} each year counts from one."),
)
declare(
    "billing.credit_note_number_template",
    number_template(),
    "CN-{year}-{value:06d}",
    _("Credit note numbers"),
    _("How credit note numbers look. They have no gaps; with {year} each year counts from one."),
)
