"""The list of orders: columns, filters, tabs, bulk actions."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import ExpressionWrapper, F, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orderwell.domains.automation.hints.finding import hints_of_orders
from orderwell.domains.billing.queries import due_amount, invoices_of_orders
from orderwell.domains.billing.services.many import invoice_orders
from orderwell.domains.billing.waiting import shipped_uninvoiced, shipped_uninvoiced_of
from orderwell.domains.catalog.choices import channel_names
from orderwell.domains.customers.queries import tags, visible_customers
from orderwell.domains.fulfilment.queries import shipments_of_orders
from orderwell.domains.orders.due import is_past_date
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import lines_with_promises, matching, order_parts, orders_named, visible_orders
from orderwell.domains.orders.services import many
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.queries import teams
from orderwell.platform.fields import AmountField
from orderwell.platform.permissions import Permission
from orderwell.web.components.markup import markup, safe, to
from orderwell.web.components.words import word
from orderwell.web.hints.showing import show_hints
from orderwell.web.lists.common import channel_choices, channel_code, customer_name, warehouse_choices, warehouse_code
from orderwell.web.lists.spec import Action, Choices, Column, Filter, ListSpec, Nothing, Papers, Summed, Tab, Values
from orderwell.web.orders.filters import FULFILMENT_CHOICES, PAYMENT_CHOICES, STATE_CHOICES, filters_from
from orderwell.web.orders.list_forms import (
    BulkAssignForm,
    BulkHoldForm,
    BulkInvoiceForm,
    BulkPriorityForm,
    BulkReasonForm,
)
from orderwell.web.templatetags.countries import country
from orderwell.web.templatetags.orderwell import badge, icon, localname
from orderwell.web.templatetags.orderwell import day as day_text

P = Permission
WAITING = {"backordered", "reserved", "partial"}


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Order]]:
    if "pk" in values:
        return [visible_orders(actor)]
    return order_parts(actor, filters_from(values), now=now)


def rows_among(actor: Actor, values: Values, now: datetime, keys: Collection[int]) -> Sequence[QuerySet[Order]]:
    return order_parts(actor, filters_from(values), now=now, among=keys)


def counted(actor: Actor, values: Values, now: datetime) -> QuerySet[Order]:
    left = ExpressionWrapper(F("total_amount") - F("invoiced_amount"), output_field=AmountField())
    return matching(actor, filters_from(values), now=now).annotate(uninvoiced_amount=left)


def uninvoiced(order: Order) -> Decimal | None:
    """What is invoiced elsewhere, or not yet sold, is nothing that waits."""
    nothing = order.history or order.state in {Order.State.DRAFT, Order.State.CANCELLED}
    return None if nothing else order.total_amount - order.invoiced_amount


def drafts_by_creation(values: Values, sort: str) -> tuple[str, ...] | None:
    """A draft has no date on which it was placed."""
    return ("created_at", "id") if values.get("state") == Order.State.DRAFT else None


def of_the_page(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    """What many orders share, said once: the names of channels and the state of payment; hints for who has chosen them."""
    titles = {pk: localname(channel) for pk, channel in channel_names().items()}
    badges = dict[tuple[Any, ...], Any]()
    for order in found:
        order.channel_title = titles.get(order.channel_id, "")
        key = (order.history, order.state, order.payment_state)
        if key not in badges:
            badges[key] = payment(order)
        order.payment_badge = badges[key]
    if "shipped_uninvoiced" in keys:
        amounts = shipped_uninvoiced(actor, found)
        for order in found:
            order.shipped_uninvoiced = amounts.get(order.pk)
    if "hints" in keys:
        hints = hints_of_orders(actor, found, now=utc_now())
        for order in found:
            order.hints = show_hints(hints.get(f"order:{order.pk}", []), actor)


def hint_badges(order: Any) -> Any:
    looks = {"warning": "look-warn", "notice": "look-quiet", "advice": "look-good"}
    return format_html_join(
        " ",
        '<span class="badge badge-state {}" title="{}">{}</span>',
        ((looks[hint.severity], hint.reason, hint.title) for hint in order.hints),
    )


def link(order: Order) -> str:
    return to("order-detail", order.pk)


def number(order: Order) -> Any:
    held = icon("hand-stop", "text-warn", gettext("On hold")) if order.on_hold else ""
    sub = f'<div class="sub clip">{safe(order.external_id)}</div>' if order.external_id else ""
    return SafeString(f'<a class="fw-bold" href="{link(order)}">{safe(order.number)}</a> {held}{sub}')


def customer(order: Order) -> Any:
    sub = f'<div class="sub clip">{safe(order.ship_city)}</div>' if order.ship_city else ""
    return SafeString(f'<div class="clip">{safe(order.customer_name or "—")}</div>{sub}')


def state(order: Order) -> str:
    """The word that says most: where it stands with the goods, unless there are none to ship."""
    if order.state in {"draft", "cancelled"} or order.fulfilment_state == "none":
        return f"order/{order.state}"
    return f"fulfilment/{order.fulfilment_state}"


def payment_word(order: Order) -> str | None:
    """What the badge says, for exports."""
    if order.history:
        return "mode/history"
    return f"payment/{order.payment_state}" if order.state != "draft" and order.payment_state != "none" else None


def payment(order: Order) -> Any:
    if order.history:
        return markup('<span class="badge badge-state look-quiet">{}</span>', word("mode", "history"))
    return badge("payment", order.payment_state) if order.state != "draft" and order.payment_state != "none" else ""


def due(order: Order) -> datetime | None:
    return (order.promised_at or order.requested_at) if order.state == Order.State.PLACED else None


def due_day(order: Order) -> Any:
    moment = due(order)
    if moment is None:
        return ""
    late = order.fulfilment_state in WAITING and is_past_date(order, utc_now())
    return SafeString(f'<span class="{"text-bad" if late else ""}">{day_text(moment)}</span>')


def address(order: Order) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(order.ship_to) if order.ship_to else {}
    return found


def team_choices(actor: Actor) -> Choices:
    return [(team.name, team.name) for team in teams() if actor.team_ids is None or team.pk in actor.team_ids]


def tag_choices(actor: Actor) -> Choices:
    return [(tag.name, tag.name) for tag in tags(actor)] if actor.may(P.CUSTOMERS_CUSTOMER_VIEW) else []


def quick_context(actor: Actor, order: Order) -> Mapping[str, Any]:
    return {"order": order, "lines": list(lines_with_promises(order.pk)[:30])}


def list_context(actor: Actor, values: Values) -> Mapping[str, Any]:
    found = values.get("customer")
    if not found or not actor.may(P.CUSTOMERS_CUSTOMER_VIEW):
        return {}
    row = visible_customers(actor).filter(pk=int(found)).first()
    return {"customer": row, "heading_note": row.name} if row else {}


COLUMNS = (
    Column("number", _("Number"), lambda o: o.number, show=number, narrow="main"),
    Column("placed", _("Placed"), lambda o: o.placed_at or o.created_at, "moment", sort="placed", narrow="line"),
    Column("customer", _("Customer"), lambda o: o.customer_name, show=customer, narrow="line"),
    Column("channel", _("Channel"), lambda o: o.channel_title, narrow="hide"),
    Column("status", _("Status"), state, "word", narrow="line"),
    Column(
        "payment",
        _("Payment"),
        payment_word,
        "word",
        show=lambda o: o.payment_badge,
        narrow="line",
    ),
    Column("due", _("Due"), due, "day", show=due_day, narrow="more"),
    Column("total", _("Total"), lambda o: o.total_amount, "money", currency=lambda o: o.currency, narrow="end"),
    Column("external", _("External number"), lambda o: o.external_id, narrow="more"),
    Column("state", _("State"), lambda o: o.state, "word", "order"),
    Column("fulfilment", _("Fulfilment"), lambda o: o.fulfilment_state, "word", "fulfilment"),
    Column("hold", _("On hold"), lambda o: o.on_hold, "yes_no"),
    Column("priority", _("Priority"), lambda o: o.priority, "whole"),
    Column("customer_number", _("Customer number"), lambda o: o.customer and o.customer.number, needs=("customer",)),
    Column("city", _("City"), lambda o: o.ship_city),
    Column("region", _("Region"), lambda o: o.ship_region),
    Column("postcode", _("Postcode"), lambda o: o.ship_postcode),
    Column("country", _("Country"), lambda o: country(o.ship_country)),
    Column("owner", _("In charge"), lambda o: o.owner and str(o.owner), needs=("owner",)),
    Column("team", _("Team"), lambda o: o.team and o.team.name, needs=("team",)),
    Column("currency", _("Currency"), lambda o: o.currency),
    Column("net", _("Net"), lambda o: o.net_amount, "money", currency=lambda o: o.currency),
    Column("tax", _("Tax"), lambda o: o.tax_amount, "money", currency=lambda o: o.currency),
    Column("invoiced", _("Invoiced"), lambda o: o.invoiced_amount, "money", currency=lambda o: o.currency),
    Column("uninvoiced", _("Not invoiced"), uninvoiced, "money", currency=lambda o: o.currency),
    Column(
        "shipped_uninvoiced",
        _("Shipped, not invoiced"),
        lambda o: o.shipped_uninvoiced,
        "money",
        currency=lambda o: o.currency,
        permission=P.BILLING_INVOICE_VIEW,
    ),
    Column("credited", _("Credited"), lambda o: o.credited_amount, "money", currency=lambda o: o.currency),
    Column("paid", _("Paid"), lambda o: o.paid_amount, "money", currency=lambda o: o.currency),
    Column("open", _("Still to be paid"), due_amount, "money", currency=lambda o: o.currency),
    Column("requested", _("Requested date"), lambda o: o.requested_at, "day"),
    Column("promised", _("Promised date"), lambda o: o.promised_at, "day"),
    Column("created", _("Created"), lambda o: o.created_at, "moment"),
    Column("updated", _("Changed"), lambda o: o.updated_at, "moment"),
    Column("source", _("Source"), lambda o: str(word("source", o.source))),
    Column("history", _("History"), lambda o: o.history, "yes_no"),
    Column("note", _("Note"), lambda o: o.note),
    Column(
        "hints",
        _("Hints"),
        lambda o: "; ".join(hint.title for hint in o.hints),
        show=hint_badges,
        needs=("channel", "customer"),
    ),
    Column(
        "recipient", _("Recipient"), lambda o: address(o).get("recipient"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW
    ),
    Column("phone", _("Phone"), lambda o: address(o).get("phone"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW),
    Column("email", _("E-mail"), lambda o: address(o).get("email"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW),
    Column("street", _("Street"), lambda o: address(o).get("street"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW),
)

FILTERS = (
    Filter("q", _("Search"), "text"),
    Filter("state", _("State"), choices=lambda actor: STATE_CHOICES),
    Filter("fulfilment", _("Fulfilment"), choices=lambda actor: FULFILMENT_CHOICES),
    Filter("payment", _("Payment"), choices=lambda actor: PAYMENT_CHOICES),
    Filter("to_invoice", _("To be invoiced"), "flag", offered_to=P.BILLING_INVOICE_VIEW),
    Filter("channel", _("Channel"), choices=channel_choices, alias=channel_code),
    Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
    Filter("team", _("Team"), choices=team_choices),
    Filter("tag", _("Customer tag"), choices=tag_choices),
    Filter("from", _("Placed from"), "day"),
    Filter("to", _("Placed until"), "day"),
    Filter("hold", _("On hold"), "flag"),
    Filter("late", _("Late"), "flag"),
    Filter("customer", _("Customer"), "hidden", say=customer_name),
    Filter(
        "currency",
        _("Currency"),
        "hidden",
        say=lambda actor, value: value if len(value) == 3 and value.isalpha() else None,
    ),
)

TABS = (
    Tab("all", _("All")),
    Tab("waiting", _("Not all shipped"), {"fulfilment": "waiting"}),
    Tab("backordered", _("Backordered"), {"fulfilment": "backordered"}),
    Tab("late", _("Late"), {"late": "1"}),
    Tab("hold", _("On hold"), {"hold": "1"}),
    Tab("open", _("To be paid"), {"payment": "open"}),
    Tab("drafts", _("Quotes"), {"state": "draft"}),
)

ACTIONS = (
    Action("hold", _("Hold"), "hand-stop", P.ORDERS_HOLD_PLACE, many.hold_orders, BulkHoldForm, many.unhold_orders),
    Action(
        "release",
        _("Release"),
        "player-play",
        P.ORDERS_HOLD_RELEASE,
        many.release_orders,
        BulkReasonForm,
        many.hold_again,
    ),
    Action(
        "priority",
        _("Set priority"),
        "flag",
        P.ORDERS_ORDER_CHANGE,
        many.set_priorities,
        BulkPriorityForm,
        many.reset_priorities,
    ),
    Action("assign", _("Assign"), "user", P.ORDERS_ORDER_CHANGE, many.assign_orders, BulkAssignForm, many.assign_back),
    Action(
        "invoice",
        pgettext_lazy("what to do", "Invoice"),
        "file-invoice",
        P.BILLING_INVOICE_CREATE,
        invoice_orders,
        BulkInvoiceForm,
        hint=_(
            "One invoice for each order; charges such as shipping go onto the first. This cannot be undone; a wrong invoice is credited."
        ),
        start=lambda filters: {"extent": "shipped" if filters.get("to_invoice") else "ordered"},
    ),
    Action(
        "cancel",
        _("Cancel orders"),
        "ban",
        P.ORDERS_ORDER_CANCEL,
        many.cancel_orders,
        BulkReasonForm,
        many.uncancel_orders,
        hint=_(
            "Everything that is neither shipped nor invoiced. It can be undone until something else happens to the orders; a quote stays dropped."
        ),
        danger=True,
    ),
)

ORDERS = ListSpec(
    name="orders",
    topics="orders",
    title=_("Orders"),
    permission=P.ORDERS_ORDER_VIEW,
    url_name="order-list",
    columns=COLUMNS,
    default=("number", "placed", "customer", "channel", "status", "payment", "due", "total"),
    rows=rows,
    sorts={"placed": ("placed_at", "id")},
    default_sort="-placed",
    steady=Order,
    named=orders_named,
    rows_among=rows_among,
    steady_filters=frozenset(
        {"state", "fulfilment", "payment", "channel", "team", "from", "to", "hold", "to_invoice", "currency"}
    ),
    order=drafts_by_creation,
    counted=counted,
    nothing=Nothing(
        "shopping-cart",
        _("No orders yet"),
        _("Enter the first order, or import those you have."),
        "order-new",
        _("New order"),
        P.ORDERS_ORDER_PLACE,
    ),
    filters=FILTERS,
    tabs=TABS,
    actions=ACTIONS,
    papers=(Papers("order"), Papers("shipment", shipments_of_orders), Papers("invoice", invoices_of_orders)),
    sums=(
        Summed(_("sum"), "total_amount"),
        Summed(_("not invoiced"), "uninvoiced_amount", when=("to_invoice",)),
        Summed(_("of it shipped"), "shipped_uninvoiced_amount", when=("to_invoice",), of=shipped_uninvoiced_of),
    ),
    link=link,
    row_class=lambda order: "row-quiet" if order.state == "cancelled" else "",
    custom="order",
    search=_("Number, external number, phone, name"),
    prepare=of_the_page,
    quick="lists/orders/quick.html",
    quick_context=quick_context,
    buttons="lists/orders/buttons.html",
    context=list_context,
)
