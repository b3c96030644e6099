"""Settings of the business as a whole."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import currency, text
from orderwell.platform.configuration.services import declare, get

UNNAMED = _("Orderwell")


def company_name(say: Callable[[str], str]) -> str:
    """As it is set; until then the program's, in the language of `say`."""
    name = str(get("business.name"))
    return say(name) if name == UNNAMED else name


declare(
    "business.name",
    text(most=120),
    UNNAMED,
    _("Company name"),
    _("Shown on screens and printed on documents."),
)
declare(
    "business.legal_name",
    text(most=200),
    "",
    _("Legal name"),
    _("Full registered name, printed on invoices."),
)
declare(
    "business.tax_number",
    text(most=40),
    "",
    _("Tax number"),
    _("Printed on invoices and credit notes."),
)
declare(
    "business.address",
    text(most=300),
    "",
    _("Business address"),
    _("Printed on invoices and delivery notes."),
)
declare(
    "business.base_currency",
    currency(),
    "CNY",
    _("Base currency"),
    _("The currency of the dashboard and of channels that name none."),
)
