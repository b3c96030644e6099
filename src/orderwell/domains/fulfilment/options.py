"""Settings of fulfilment."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template
from orderwell.platform.configuration.services import declare

declare(
    "fulfilment.shipment_number_template",
    number_template(),
    "SH{value:08d}",
    _("Shipment numbers"),
    _("How shipment numbers look. Numbers rise but may have gaps."),
)
declare(
    "fulfilment.return_number_template",
    number_template(),
    "RT{value:06d}",
    _("Return numbers"),
    _("How return numbers look. Numbers rise but may have gaps."),
)
