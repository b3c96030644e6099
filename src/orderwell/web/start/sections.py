"""What each desk's start page shows: lists of what waits, each row one click from its action.

A section is a function `(actor, now) -> Section | None`; None where the person may not see it. Another area adds its own
to `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from orderwell.domains.automation.crediting import returns_to_credit
from orderwell.domains.automation.hints.finding import newest_orders_with_hints
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.waiting import orders_to_invoice, overdue, shipped_uninvoiced
from orderwell.domains.cases.queries import waiting_for_us
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.orders.due import is_past_date
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.waiting import coverable, held_orders, late, my_quotes, overpaid, ready_to_ship
from orderwell.kernel.clock import business_day
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import colon
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import word
from orderwell.web.hints.showing import show_hint
from orderwell.web.templatetags.orderwell import hold_title, localname, money_text, since

P = Permission
ROWS = 6
SHIPPING_ROWS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """`act` is the button that does what the row asks for; `dialog` opens it over the page."""

    url: str
    title: str
    text: str = ""
    note: str = ""
    is_bad: bool = False
    act: str = ""
    act_url: str = ""
    dialog: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: str | Promise
    icon: str
    rows: Sequence[Row]
    all_url: str = ""
    empty: str | Promise = ""
    empty_act: str | Promise = ""
    empty_url: str = ""
    wide: bool = False
    topics: tuple[str, ...] = field(default=("orders",))


Source = Callable[[Actor, datetime], Section | None]


def _day(moment: datetime | None) -> str:
    return business_day(moment, ZoneInfo(settings.TIME_ZONE)).isoformat() if moment else ""


def _row(order: Order, note: str = "", *, amount: Decimal | None = None, bad: bool = False, **act: Any) -> Row:
    """`amount` is what the row is about; the order's total unless said otherwise."""
    money = money_text(order.total_amount if amount is None else amount, order.currency)
    url = reverse("order-detail", args=[order.pk])
    return Row(url, f"{order.number} {order.customer_name}", money, note, bad, **act)


def _act(
    actor: Actor, needed: Permission, text: str, name: str, *keys: int, query: str = "", dialog: bool = True
) -> dict[str, Any]:
    if not actor.may(needed):
        return {}
    return {"act": text, "act_url": reverse(name, args=keys) + query, "dialog": dialog}


def quotes(actor: Actor, now: datetime) -> Section | None:
    if not (actor.may(P.ORDERS_ORDER_VIEW) and actor.may(P.ORDERS_ORDER_PLACE)):
        return None
    rows = [
        _row(
            order,
            since(order.created_at),
            **_act(actor, P.ORDERS_ORDER_PLACE, _("Go on"), "order-edit-quote", order.pk, dialog=False),
        )
        for order in my_quotes(actor, limit=ROWS)
    ]
    return Section(
        *("quotes", _("My quotes"), "file-text", rows, reverse("order-list") + "?state=draft"),
        empty=_("No quote of yours waits for an answer."),
        empty_act=_("New order"),
        empty_url=reverse("order-new"),
    )


def held(actor: Actor, now: datetime) -> Section | None:
    if not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    rows = [
        _row(
            item.order,
            f"{hold_title(item.hold.kind)} · {since(item.hold.placed_at)}",
            **_act(actor, P.ORDERS_HOLD_RELEASE, _("Release"), "order-release", item.order.pk, item.hold.pk),
        )
        for item in held_orders(actor, limit=ROWS)
    ]
    return Section(
        *("held", _("On hold"), "hand-stop", rows, reverse("order-list") + "?hold=1"),
        empty=_("Nothing is held back."),
    )


def late_orders(actor: Actor, now: datetime) -> Section | None:
    if not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    rows = []
    for order in late(actor, now=now, limit=ROWS):
        due = order.promised_at or order.requested_at
        rows.append(_row(order, _("due %(day)s") % {"day": _day(due)}, bad=True))
    return Section(
        *("late", _("Late"), "clock", rows, reverse("order-list") + "?late=1"),
        empty=_("Every promise is being kept."),
    )


def covered(actor: Actor, now: datetime) -> Section | None:
    if not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    rows = [_row(order, since(order.placed_at)) for order in coverable(actor, limit=ROWS)]
    return Section(
        *("covered", _("Backorders that stock would cover now"), "package-import", rows),
        all_url=reverse("order-list") + "?fulfilment=backordered",
        empty=_("No backorder can be served from stock. They are reserved by themselves when stock comes in."),
        topics=("orders", "inventory"),
    )


def shipping(actor: Actor, now: datetime) -> Section | None:
    """The most urgent first, from every warehouse one may see; a warehouse alone is one click away."""
    if not actor.may(P.FULFILMENT_SHIPMENT_VIEW) or not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    rows = []
    for order in ready_to_ship(actor, limit=SHIPPING_ROWS):
        carrier = str((order.customer.preferences if order.customer else {}).get("carrier", ""))
        said = [order.ship_city, carrier, _due_or_age(order)]
        ship = _act(actor, P.FULFILMENT_SHIPMENT_CREATE, _("Ship"), "order-ship", order.pk)
        rows.append(_row(order, " · ".join(filter(None, said)), bad=is_past_date(order, now), **ship))
    return Section(
        *("shipping", _("To ship, most urgent first"), "package-export", rows, reverse("to-ship")),
        empty=_("Everything that is reserved has left. Backordered orders appear here when stock comes in."),
        empty_act=_("Stock") if actor.may(P.INVENTORY_STOCK_VIEW) else "",
        empty_url=reverse("stock-list") if actor.may(P.INVENTORY_STOCK_VIEW) else "",
        wide=True,
        topics=("orders", "fulfilment", "inventory"),
    )


def _due_or_age(order: Order) -> str:
    due = order.promised_at or order.requested_at
    return _("due %(day)s") % {"day": _day(due)} if due else since(order.placed_at)


def by_warehouse(actor: Actor, now: datetime) -> Section | None:
    """What is the most urgent in each warehouse, where there are several."""
    if not actor.may(P.INVENTORY_STOCK_VIEW) or not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    houses = visible_warehouses(actor)
    if len(houses) < 2:
        return None
    rows = []
    for house in houses[:ROWS]:
        first = next(iter(ready_to_ship(actor, warehouse_id=house.pk, limit=1)), None)
        note = f"{first.number} · {_due_or_age(first)}" if first else _("nothing to ship")
        bad = first is not None and is_past_date(first, now)
        rows.append(Row(f"{reverse('to-ship')}?warehouse={house.code}", localname(house), note=note, is_bad=bad))
    return Section("warehouses", _("By warehouse"), "building-warehouse", rows, topics=("orders", "fulfilment"))


def invoicing(actor: Actor, now: datetime) -> Section | None:
    if not actor.may(P.BILLING_INVOICE_VIEW):
        return None
    found = orders_to_invoice(actor, limit=ROWS)
    amounts = shipped_uninvoiced(actor, found)
    rows = [
        _row(
            order,
            since(order.placed_at),
            amount=amounts[order.pk],
            **_act(
                actor,
                P.BILLING_INVOICE_CREATE,
                pgettext("what to do", "Invoice"),
                "order-invoice",
                order.pk,
                query="?shipped=1",
            ),
        )
        for order in found
    ]
    columns = "number,placed,customer,status,total,invoiced,uninvoiced,shipped_uninvoiced"
    shown = urlencode({"to_invoice": 1, "sort": "placed", "columns": columns})
    return Section(
        *("invoicing", _("Shipped, not invoiced"), "file-invoice", rows, f"{reverse('order-list')}?{shown}"),
        empty=_("Everything shipped has its invoice."),
        topics=("orders", "billing"),
    )


def overdue_invoices(actor: Actor, now: datetime) -> Section | None:
    if not actor.may(P.BILLING_INVOICE_VIEW):
        return None
    rows = [
        Row(
            reverse("invoice-detail", args=[invoice.pk]),
            f"{invoice.number} {invoice.order.customer_name}",
            money_text(invoice.open_amount, invoice.currency),
            pgettext("payment", "due %(day)s") % {"day": _day(invoice.due_at)},
            True,
            **_act(
                *(actor, P.BILLING_PAYMENT_CREATE, _("Payment"), "order-payment", invoice.order_id),
                query=f"?invoice={invoice.pk}",
            ),
        )
        for invoice in overdue(actor, now=now, limit=ROWS)
    ]
    return Section(
        *("overdue", _("Overdue invoices"), "calendar-due", rows, reverse("invoice-list") + "?overdue=1"),
        empty=_("Nobody owes anything past its date."),
        topics=("billing",),
    )


def uncredited(actor: Actor, now: datetime) -> Section | None:
    """Goods that came back for which nobody has written a credit note."""
    if not actor.may(P.BILLING_INVOICE_VIEW) or not actor.may(P.FULFILMENT_RETURN_VIEW):
        return None
    rows = [
        Row(
            reverse("return-detail", args=[found.pk]),
            f"{found.number} {found.order.customer_name if found.order else ''}".strip(),
            money_text(found.gross_amount, found.currency),
            since(found.received_at),
            **_act(actor, P.BILLING_CREDIT_NOTE_CREATE, _("Credit note"), "return-credit", found.pk),
        )
        for found in returns_to_credit(actor, limit=ROWS)
    ]
    return Section(
        *("uncredited", _("Returned, not credited"), "receipt-refund", rows, reverse("return-list") + "?credit=open"),
        empty=_("Everything that came back has its credit note."),
        topics=("fulfilment", "billing"),
    )


def unassigned(actor: Actor, now: datetime) -> Section | None:
    if not actor.may(P.BILLING_PAYMENT_VIEW) or not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    rows = [
        _row(
            order,
            since(order.placed_at),
            amount=-due_amount(order),
            **_act(actor, P.BILLING_REFUND_CREATE, _("Refund"), "order-refund", order.pk),
        )
        for order in overpaid(actor, limit=ROWS)
    ]
    shown = urlencode({"payment": "overpaid", "columns": "number,placed,customer,status,total,credited,paid,open"})
    return Section(
        *("unassigned", _("Paid too much"), "wallet", rows, f"{reverse('order-list')}?{shown}"),
        empty=_("All money that came in belongs to something."),
        topics=("billing",),
    )


def hinted(actor: Actor, now: datetime) -> Section | None:
    """Orders that rules noticed something about, the gravest first."""
    if not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    rows = []
    for order, hints in newest_orders_with_hints(actor, limit=ROWS, now=now):
        shown = show_hint(hints[0], actor)
        more = ngettext("and %(count)s more", "and %(count)s more", len(hints) - 1) % {"count": len(hints) - 1}
        note = f"{shown.title}{colon()}{shown.reason}" + (f" ({more})" if len(hints) > 1 else "")
        rows.append(_row(order, note))
    return Section(
        *("hints", _("Hints worth a look"), "bulb", rows),
        empty=_("Nothing about the newest open orders looks unusual."),
    )


def unanswered(actor: Actor, now: datetime) -> Section | None:
    """Customers who wait for an answer, the longest first."""
    if not actor.may(P.CASES_CASE_VIEW):
        return None
    rows = [
        Row(
            reverse("case-detail", args=[case.pk]),
            f"{case.number} {case.subject or word('case_kind', case.kind)}",
            case.customer.name if case.customer else "",
            since(case.touched_at),
        )
        for case in waiting_for_us(actor, limit=ROWS)
    ]
    return Section(
        *("unanswered", _("Waiting for an answer"), "message-circle", rows),
        all_url=reverse("case-list"),
        empty=_("Every customer has an answer."),
        topics=("cases",),
    )


SECTIONS: dict[str, tuple[Source, ...]] = {
    "clerk": (quotes, unanswered, held, late_orders, hinted, covered),
    "warehouse": (shipping, by_warehouse, late_orders),
    "bookkeeper": (invoicing, uncredited, overdue_invoices, unassigned),
    "administrator": (held, late_orders),
}


def sections_of(actor: Actor, desk: str, now: datetime) -> list[Section]:
    found = [source(actor, now) for source in SECTIONS.get(desk, ())]
    return [section for section in found if section is not None]
