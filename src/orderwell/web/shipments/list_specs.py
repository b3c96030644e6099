"""The lists of the warehouse: what is to be shipped, shipments, returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from orderwell.domains.automation.crediting import LOOKED_AT, returns_to_credit
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.picking import units_to_ship
from orderwell.domains.fulfilment.queries import returns, shipments, visible_returns, visible_shipments
from orderwell.domains.fulfilment.services.listed import deliver_shipments, ship_orders
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.orders.due import MOST_URGENT_FIRST
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import WAITING, OrderFilters, can_leave, order_parts, visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.billing.list_specs import CURRENCY, CUSTOMER
from orderwell.web.components.doers import who
from orderwell.web.components.forms import offer
from orderwell.web.components.markup import to
from orderwell.web.components.units import units_text
from orderwell.web.components.words import choices
from orderwell.web.lists.common import (
    attribute,
    between,
    channel_choices,
    channel_code,
    currency_of,
    customer_id,
    order_link,
    pick,
    warehouse_choices,
    warehouse_code,
)
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Papers, Summed, Values
from orderwell.web.orders.list_forms import BulkForm
from orderwell.web.orders.list_spec import (
    COLUMNS,
    customer,
    due_day,
    link,
    number,
    of_the_page,
    tag_choices,
    team_choices,
)
from orderwell.web.templatetags.countries import country
from orderwell.web.templatetags.orderwell import localname

P = Permission
READY = tuple(map(str, WAITING))


class BulkCarrierForm(BulkForm):
    carrier = forms.CharField(label=_("Carrier"), required=False, max_length=60)


class BulkShipForm(BulkForm):
    warehouse = forms.ChoiceField(label=_("Warehouse"), required=False)
    carrier = forms.CharField(label=_("Carrier"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = visible_warehouses(self.actor)
        offer(
            self, "warehouse", [("", _("Wherever it is reserved")), *((item.code, localname(item)) for item in found)]
        )


def ready_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Order]]:
    if "pk" in values:
        return [visible_orders(actor)]
    found = order_parts(actor, replace(_ready(values), ready=True), now=now)
    # Asked for as the column itself, its own index would be read, which knows nothing of what is due.
    wanted = values.get("fulfilment")
    return (
        [part.alias(at=Concat("fulfilment_state", Value(""))).filter(at=wanted) for part in found] if wanted else found
    )


def ready_rows_by_age(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Order]]:
    # What waits is placed; asked for that too, a database may read every placed order.
    filters = replace(_ready(values), fulfilment_state=values.get("fulfilment") or READY, on_hold=False)
    able = can_leave(actor.warehouse_ids)
    return [part.filter(able) for part in order_parts(actor, filters, now=now)]


def _ready(values: Values) -> OrderFilters:
    return OrderFilters(
        late=True if values.get("late") else None,
        **pick(values, warehouse="warehouse", channel="channel", team="team", tag="tag", text="q"),
        **between(values),
    )


def count_units(actor: Actor, rows: Sequence[Any], keys: Sequence[str]) -> None:
    """How many lines and units of each order can leave now, and hints where they are shown."""
    of_the_page(actor, rows, keys)
    if {"lines", "units"} & set(keys):
        found = units_to_ship([row.pk for row in rows], actor.warehouse_ids)
        for row in rows:
            row.lines_to_ship, row.units_to_ship = found.get(row.pk, (0, {}))


def units(row: Any) -> Any:
    """A number for programs where there is one: metres and pieces can't be added."""
    found: dict[str, Any] = row.units_to_ship
    return next(iter(found.values())) if len(found) == 1 else None


TO_SHIP = ListSpec(
    name="to-ship",
    topics="orders fulfilment",
    title=_("To ship"),
    subtitle=_("Reserved and not on hold, the most urgent first; without a due day, the day it was placed counts."),
    permission=P.ORDERS_ORDER_VIEW,
    url_name="to-ship",
    columns=(
        Column("number", _("Order"), lambda o: o.number, show=number, narrow="main"),
        Column("customer", _("Customer"), lambda o: o.customer_name, show=customer, narrow="line"),
        Column("lines", _("Lines"), attribute("lines_to_ship"), "whole"),
        Column("units", _("Units"), units, "number", show=lambda o: units_text(o.units_to_ship.items())),
        *(column for column in COLUMNS if column.key not in {"number", "customer", "due", "total"}),
        Column(
            *("due", _("Due"), lambda o: o.promised_at or o.requested_at, "day"),
            show=due_day,
            sort="due",
            narrow="end",
        ),
        *(column for column in COLUMNS if column.key == "total"),
    ),
    default=("number", "customer", "placed", "due", "lines", "units", "fulfilment", "payment"),
    rows=ready_rows,
    sorts={"due": MOST_URGENT_FIRST, "placed": ("placed_at", "id")},
    default_sort="due",
    rows_by={"placed": ready_rows_by_age},
    computed={"due": DateTimeField()},
    steady=Order,
    steady_filters=frozenset({"fulfilment", "channel", "team", "from", "to"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("fulfilment", _("Fulfilment"), choices=lambda actor: choices("fulfilment", *READY)),
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("channel", _("Channel"), choices=channel_choices, alias=channel_code),
        Filter("team", _("Team"), choices=team_choices),
        Filter("tag", _("Customer tag"), choices=tag_choices),
        Filter("from", _("Placed from"), "day"),
        Filter("to", _("Placed until"), "day"),
        Filter("late", _("Late"), "flag"),
    ),
    actions=(
        Action(
            "ship",
            _("Ship"),
            "truck",
            P.FULFILMENT_SHIPMENT_CREATE,
            ship_orders,
            BulkShipForm,
            hint=_(
                "Everything that is reserved for these orders leaves now. This cannot be undone; what stayed here after all is taken back as a return."
            ),
        ),
    ),
    # What left already of an order that is to be shipped again has its papers on the list of shipments.
    papers=(Papers("order"),),
    link=link,
    prepare=count_units,
    buttons="lists/more/to_ship.html",
    custom="order",
    search=_("Order number, phone, name"),
    quick="lists/orders/quick.html",
    quick_context=lambda actor, order: {
        "order": order,
        "lines": list(order.lines.select_related("variant").order_by("position")[:30]),
    },
    nothing=Nothing(
        "circle-check",
        _("Nothing to ship"),
        _("Nothing is reserved and waiting to leave. Backordered orders appear here when stock comes in."),
        "order-list",
        _("Backordered orders"),
        P.ORDERS_ORDER_VIEW,
        "?fulfilment=backordered",
    ),
)


def shipment_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Shipment]]:
    if "pk" in values:
        return [visible_shipments(actor).select_related("order")]
    wanted = pick(values, state="state", warehouse="warehouse", text="q")
    timely = {"kept": True, "missed": False}.get(values.get("date", ""))
    whole = {"whole": True, "part": False}.get(values.get("first", ""))
    return [shipments(actor, **wanted, **between(values), timely=timely, whole=whole).select_related("order")]


SHIPMENTS = ListSpec(
    name="shipments",
    topics="fulfilment",
    title=_("Shipments"),
    permission=P.FULFILMENT_SHIPMENT_VIEW,
    url_name="shipment-list",
    columns=(
        Column("number", _("Number"), lambda s: s.number, narrow="main"),
        Column("order", _("Order"), attribute("order.number"), show=order_link, narrow="line"),
        Column("customer", _("Customer"), attribute("order.customer_name"), narrow="line"),
        Column("warehouse", _("Warehouse"), lambda s: localname(s.warehouse), needs=("warehouse",)),
        Column("carrier", _("Carrier"), lambda s: s.carrier, narrow="line"),
        Column("tracking", _("Tracking number"), lambda s: s.tracking_number),
        Column("shipped", _("Shipped"), lambda s: s.shipped_at, "moment", sort="shipped", narrow="line"),
        Column("delivered", _("Delivered"), lambda s: s.delivered_at, "moment"),
        Column("state", _("State"), lambda s: s.state, "word", "shipment", narrow="end"),
        Column("city", _("City"), attribute("order.ship_city")),
        Column("country", _("Country"), lambda s: country(s.order.ship_country)),
        Column("who", _("Who"), lambda s: who(s.actor_label)),
    ),
    default=("number", "order", "customer", "warehouse", "carrier", "tracking", "shipped", "state"),
    rows=shipment_rows,
    sorts={"shipped": ("shipped_at", "id")},
    default_sort="-shipped",
    steady=Shipment,
    steady_filters=frozenset({"state", "warehouse", "date", "first", "from", "to"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("state", _("State"), choices=lambda actor: choices("shipment", "shipped", "delivered")),
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("date", _("Date"), choices=lambda actor: [("kept", _("Left on time")), ("missed", _("Left late"))]),
        Filter(
            "first",
            _("First shipment"),
            choices=lambda actor: [("whole", _("Of the whole order")), ("part", _("Of a part of the order"))],
        ),
        Filter("from", _("Shipped from"), "day"),
        Filter("to", _("Shipped until"), "day"),
    ),
    actions=(
        Action(
            "deliver",
            _("Mark as delivered"),
            "circle-check",
            P.FULFILMENT_SHIPMENT_CREATE,
            deliver_shipments,
            hint=_("The shipments are marked as delivered, now. This cannot be undone."),
        ),
    ),
    papers=(Papers("shipment"),),
    link=lambda shipment: to("order-detail", shipment.order_id),
    search=_("Shipment, tracking, order, customer"),
    nothing=Nothing(
        "truck",
        _("No shipments yet"),
        _("Shipments are made on the page of an order, or from the list of what is to be shipped."),
        "to-ship",
        _("To ship"),
        P.FULFILMENT_SHIPMENT_VIEW,
    ),
)


def return_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Return]]:
    if "pk" in values:
        return [visible_returns(actor).select_related("order", "customer")]
    wanted = {**pick(values, channel="channel", currency="currency", text="q"), **customer_id(values)}
    standing = bool(values.get("standing"))
    rows = returns(actor, **wanted, **between(values), standing=standing).select_related("order", "customer")
    if values.get("credit") == "open" and actor.may(P.BILLING_INVOICE_VIEW):
        rows = rows.filter(pk__in=[row.pk for row in returns_to_credit(actor, limit=LOOKED_AT)])
    return [rows]


def credit_choices(actor: Actor) -> list[tuple[str, Any]]:
    return [("open", _("Waits for its credit note"))] if actor.may(P.BILLING_INVOICE_VIEW) else []


def customer_of(row: Return) -> str | None:
    """Whoever is no customer of the books is called as on the order."""
    if row.customer:
        return str(row.customer.name)
    return row.order.customer_name if row.order else None


def return_lines(actor: Actor, row: Any) -> Mapping[str, Any]:
    return {"return": row, "lines": list(row.lines.select_related("variant").order_by("pk")[:30])}


RETURNS = ListSpec(
    name="returns",
    topics="fulfilment",
    title=_("Returns"),
    permission=P.FULFILMENT_RETURN_VIEW,
    url_name="return-list",
    columns=(
        Column("number", _("Number"), lambda r: r.number, narrow="main"),
        Column("order", _("Order"), attribute("order.number"), show=order_link, narrow="line"),
        Column("customer", _("Customer"), customer_of, narrow="line"),
        Column("channel", _("Channel"), lambda r: localname(r.channel), needs=("channel",)),
        Column("reason", _("Reason"), lambda r: r.reason, narrow="line"),
        Column("received", _("Received"), lambda r: r.received_at, "moment", sort="received", narrow="line"),
        Column("external", _("External number"), lambda r: r.external_id),
        Column("net", _("Net"), lambda r: r.net_amount, "money", currency=currency_of),
        Column("tax", _("Tax"), lambda r: r.tax_amount, "money", currency=currency_of),
        Column("amount", _("Amount"), lambda r: r.gross_amount, "money", currency=currency_of, narrow="end"),
        Column("currency", _("Currency"), lambda r: r.currency),
        Column("history", _("History"), lambda r: r.history, "yes_no"),
        Column("who", _("Who"), lambda r: who(r.actor_label)),
        Column("undone", _("Undone"), lambda r: r.undone_reason or None),
    ),
    default=("number", "order", "customer", "channel", "reason", "received", "amount", "undone"),
    rows=return_rows,
    sorts={"received": ("received_at", "id")},
    default_sort="-received",
    steady=Return,
    steady_filters=frozenset({"channel", "currency", "from", "to", "standing"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("channel", _("Channel"), choices=channel_choices, alias=channel_code),
        Filter("from", _("Received from"), "day"),
        Filter("to", _("Received until"), "day"),
        Filter("credit", _("Credit note"), choices=credit_choices),
        Filter("standing", _("Without undone ones"), "flag"),
        CUSTOMER,
        CURRENCY,
    ),
    sums=(Summed(_("sum"), "gross_amount", standing=True),),
    link=lambda row: to("return-detail", row.pk),
    search=_("Return, order, customer"),
    quick="lists/returns/lines.html",
    quick_context=return_lines,
    nothing=Nothing(
        "truck-return",
        _("No returns yet"),
        _("Goods that come back are entered on the page of their order."),
        "order-list",
        _("To the orders"),
        P.ORDERS_ORDER_VIEW,
    ),
)
