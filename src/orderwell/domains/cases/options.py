"""Settings of cases and of the customer's page."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.kinds import number_template, text, whole, yes_no
from orderwell.platform.configuration.services import declare

SF = "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}"
# Of the carriers that are offered when something is shipped; a name as people begin it.
TRACKING_PAGES = {
    "顺丰": SF,
    "SF": SF,
    "京东": "https://www.kuaidi100.com/chaxun?com=jd&nu={number}",
    "中通": "https://www.kuaidi100.com/chaxun?com=zhongtong&nu={number}",
    "圆通": "https://www.kuaidi100.com/chaxun?com=yuantong&nu={number}",
    "中国邮政": "https://www.kuaidi100.com/chaxun?com=youzhengguonei&nu={number}",
    "EMS": "https://www.kuaidi100.com/chaxun?com=ems&nu={number}",
    "DHL": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "UPS": "https://www.ups.com/track?tracknum={number}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "DPD": "https://tracking.dpd.de/status/en_US/parcel/{number}",
    "GLS": "https://gls-group.eu/EU/en/parcel-tracking?match={number}",
}

declare(
    "cases.case_number_template",
    number_template(),
    "CS{value:06d}",
    _("Case numbers"),
    _("How case numbers look. Numbers rise but may have gaps."),
)
declare(
    "cases.return_days",
    whole(low=0, high=3650),
    30,
    _("Days for returns"),
    _("How many days after delivery customers may announce a return on their page; 0 means not at all."),
)
declare(
    "cases.link_days",
    whole(low=1, high=3650),
    180,
    _("Days a customer's link works"),
    _("How long the link to an order's page for the customer works before a new one is needed."),
)
declare(
    "public.lookup",
    yes_no(),
    True,
    _("Order status by number and phone"),
    _("Whether customers may look up their order with its number and their phone number, without a link."),
)
declare(
    "public.contact",
    text(most=300),
    "",
    _("Contact for customers"),
    _("Phone, e-mail or hours, shown at the foot of the customer's page."),
)
declare(
    "public.tracking_addresses",
    text(most=4000),
    "; ".join(f"{carrier} = {page}" for carrier, page in TRACKING_PAGES.items()),
    _("Tracking pages of carriers"),
    _(
        "For each carrier its name, = and the address of its tracking page with {number} in it, separated by semicolons."
    ),
)
