"""What waits at a customer: sentences for the top of the page, the most pressing first, each with the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.billing.credit_state import CreditState
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.customer_profile import Habits, OpenOrders
from orderwell.web.templatetags.orderwell import money_text

# A customer is missed when they stay away this much longer than usual.
OVERDUE_RHYTHM = 1.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """`look` is "bad", "warn" or "calm"; the words say the same."""

    text: str
    url: str
    look: str = "calm"
    icon: str = "clock"


def waiting_at(
    customer: Customer,
    opened: OpenOrders | None,
    credit: CreditState | None,
    habits: Habits | None,
    *,
    may_order: bool,
    now: datetime,
) -> list[Waiting]:
    found = [*_of_money(customer, credit), *_of_orders(customer, opened)]
    if habits is not None and habits.rhythm and habits.last_at is not None and customer.active and not _busy(opened):
        away = (now - habits.last_at).days
        if away > habits.rhythm * OVERDUE_RHYTHM:
            text = ngettext(
                "Last order %(away)s days ago; usually there is one every day",
                "Last order %(away)s days ago; usually there is one every %(rhythm)s days",
                habits.rhythm,
            )
            entry = f"{reverse('order-new')}?customer={customer.number}"
            url = entry if may_order else f"{reverse('order-list')}?customer={customer.pk}"
            found.append(Waiting(text % {"away": away, "rhythm": habits.rhythm}, url, icon="repeat"))
    return found


def _busy(opened: OpenOrders | None) -> bool:
    return opened is not None and bool(opened.to_ship or opened.quotes)


def _of_money(customer: Customer, credit: CreditState | None) -> list[Waiting]:
    if credit is None:
        return []
    found = []
    if credit.overdue > 0:
        text = _("%(amount)s is overdue") % {"amount": money_text(credit.overdue, credit.currency)}
        url = f"{reverse('invoice-list')}?customer={customer.pk}&overdue=1"
        found.append(Waiting(text, url, "bad", "report-money"))
    if credit.left is not None and credit.left < 0:
        passed = money_text(-credit.left, credit.currency)
        url = f"{reverse('order-list')}?customer={customer.pk}&payment=open"
        found.append(Waiting(_("Credit limit passed by %(amount)s") % {"amount": passed}, url, "bad", "credit-card"))
    return found


def _of_orders(customer: Customer, opened: OpenOrders | None) -> list[Waiting]:
    if opened is None:
        return []
    rows = (
        (
            opened.held,
            "hold=1",
            "warn",
            "hand-stop",
            ngettext("%(n)s order on hold", "%(n)s orders on hold", opened.held),
        ),
        (
            opened.late,
            "late=1",
            "bad",
            "calendar-due",
            ngettext("%(n)s order is late", "%(n)s orders are late", opened.late),
        ),
        (
            opened.backordered,
            "fulfilment=backordered",
            "warn",
            "package-off",
            ngettext("%(n)s order waits for stock", "%(n)s orders wait for stock", opened.backordered),
        ),
        (
            opened.to_ship - opened.backordered,
            "fulfilment=waiting",
            "calm",
            "truck-delivery",
            ngettext("%(n)s order to ship", "%(n)s orders to ship", opened.to_ship - opened.backordered),
        ),
        (
            opened.quotes,
            "state=draft",
            "calm",
            "file-text",
            ngettext("%(n)s quote waits for an answer", "%(n)s quotes wait for an answer", opened.quotes),
        ),
    )
    page = reverse("order-list")
    return [
        Waiting(text % {"n": count}, f"{page}?customer={customer.pk}&{query}", look, icon)
        for count, query, look, icon, text in rows
        if count > 0
    ]
