"""Settings of orders."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template
from orderwell.platform.configuration.services import declare

declare(
    "orders.number_template",
    number_template(),
    "SO{value:08d}",
    _("Order numbers"),
    _("How order numbers look. Numbers rise but may have gaps."),
)
