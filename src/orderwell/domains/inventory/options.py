"""Settings of stock."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template
from orderwell.platform.configuration.services import declare

TRANSFER_NUMBER = "inventory.transfer_number_template"

declare(
    TRANSFER_NUMBER,
    number_template(),
    "TR{value:06d}",
    _("Transfer numbers"),
    _("How the numbers of stock transfers look. Numbers rise but may have gaps."),
)

COUNT_NUMBER = "inventory.count_number_template"

declare(
    COUNT_NUMBER,
    number_template(),
    "CT{value:06d}",
    _("Stock count numbers"),
    _("How the numbers of stock counts look. Numbers rise but may have gaps."),
)
