"""Settings of orders."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template, whole
from orderwell.platform.configuration.services import declare

declare(
    "orders.number_template",
    number_template(),
    "SO{value:08d}",
    _("Order numbers"),
    _("How order numbers look. Numbers rise but may have gaps."),
)

DUPLICATE_HOURS = "orders.duplicate_hours"
declare(
    DUPLICATE_HOURS,
    whole(low=0, high=24 * 31),
    24,
    _("Hours for the duplicate warning"),
    _(
        "A new order with the same goods or amount as an order of the same customer within these hours is pointed out. 0: never."
    ),
)
