"""Settings of customers."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template
from orderwell.platform.configuration.services import declare

NUMBER_TEMPLATE = "customers.number_template"

declare(
    NUMBER_TEMPLATE,
    number_template(),
    "C{value:06d}",
    _("Customer numbers"),
    _("How the numbers of new customers look when none is given. Numbers rise but may have gaps."),
)
