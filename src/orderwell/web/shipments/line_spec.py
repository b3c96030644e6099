"""The list of lines to ship: each reservation with its order, product and warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from orderwell.domains.fulfilment.services.listed import ship_lines
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.line_list import lines_of_reservations, reserved_lines
from orderwell.domains.orders.lines_to_ship import BY_URGENCY, COMPUTED, lines_by_urgency
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import word
from orderwell.web.lists.common import attribute, order_link, order_url, product_name, warehouse_choices, warehouse_code
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Values
from orderwell.web.shipments.list_specs import BulkCarrierForm
from orderwell.web.templatetags.orderwell import day, localname

P = Permission


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Reservation]]:
    if "pk" in values:
        return [reserved_lines(actor, ready=False)]
    return lines_by_urgency(actor, **_wanted(values), held=bool(values.get("held")))


def rows_by_age(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Reservation]]:
    return [reserved_lines(actor, **_wanted(values), ready=not values.get("held"))]


def _wanted(values: Values) -> dict[str, Any]:
    product = int(values["product"]) if values.get("product") else None
    return {"product_id": product, "warehouse": values.get("warehouse", ""), "sku": values.get("sku", "")}


def add_lines(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    lines = lines_of_reservations(found)
    for row in found:
        row.line = lines.get(row.line_id)


def link(row: Any) -> str | None:
    return order_url(row.line) if row.line else None


def due(row: Any) -> datetime | None:
    line = row.line
    found: datetime | None = line and (line.promised_at or line.order.promised_at or line.order.requested_at)
    return found


def due_day(row: Any) -> Any:
    moment = due(row)
    if moment is None:
        return ""
    return format_html('<span class="{}">{}</span>', "text-bad" if moment < utc_now() else "", day(moment))


LINES_TO_SHIP = ListSpec(
    name="lines-to-ship",
    topics="orders fulfilment inventory",
    title=_("Lines to ship"),
    subtitle=_("What is reserved, line by line, that of the most urgent order first, as in To ship."),
    permission=P.ORDERS_ORDER_VIEW,
    url_name="lines-to-ship",
    columns=(
        Column("order", _("Order"), attribute("line.order.number"), show=lambda r: order_link(r.line), narrow="main"),
        Column("customer", _("Customer"), attribute("line.order.customer_name"), narrow="line"),
        Column("sku", _("SKU"), lambda r: r.stock_item.variant.sku, narrow="line"),
        Column("product", _("Product"), lambda r: localname(r.stock_item.variant), narrow="line"),
        Column("quantity", _("Reserved"), lambda r: r.quantity, "number", narrow="end"),
        Column("unit", _("Unit"), lambda r: str(word("unit", r.stock_item.variant.unit))),
        Column("warehouse", _("Warehouse"), lambda r: localname(r.stock_item.warehouse), narrow="line"),
        Column("due", _("Due"), due, "day", show=due_day, sort="due", narrow="line"),
        Column("reserved", _("Reserved since"), lambda r: r.reserved_at, "moment", sort="reserved"),
        Column("ordered", _("Ordered"), lambda r: r.line and r.line.quantity - r.line.quantity_cancelled, "number"),
        Column("shipped", _("Shipped"), attribute("line.quantity_shipped"), "number"),
        Column("placed", _("Placed"), attribute("line.order.placed_at"), "moment"),
        Column("hold", _("On hold"), attribute("line.order.on_hold"), "yes_no"),
        Column("city", _("City"), attribute("line.order.ship_city")),
    ),
    default=("order", "customer", "sku", "product", "quantity", "warehouse", "due"),
    rows=rows,
    sorts={"due": BY_URGENCY, "reserved": ("id",)},
    default_sort="due",
    rows_by={"reserved": rows_by_age},
    computed=COMPUTED,
    filters=(
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("sku", _("SKU"), "text"),
        Filter("held", _("Also on hold"), "flag"),
        Filter("product", _("Product"), "hidden", say=product_name),
    ),
    actions=(
        Action(
            "ship",
            _("Ship"),
            "truck",
            P.FULFILMENT_SHIPMENT_CREATE,
            ship_lines,
            BulkCarrierForm,
            hint=_(
                "The selected lines leave now; those of one order and warehouse in one shipment. This cannot be undone; what stayed here after all is taken back as a return."
            ),
        ),
    ),
    parent=("to-ship", _("To ship")),
    link=link,
    prepare=add_lines,
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
