"""The list of order lines: what was sold of a product or to a customer, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.choices import channel_names
from orderwell.domains.orders.line_list import LineFilters, goods_lines
from orderwell.domains.orders.models import OrderLine
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import word
from orderwell.web.lists.common import (
    attribute,
    between,
    channel_choices,
    channel_code,
    customer_name,
    order_link,
    order_url,
    product_name,
)
from orderwell.web.lists.spec import Column, Filter, ListSpec, Nothing, Values
from orderwell.web.templatetags.orderwell import line_name, localname

P = Permission


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[OrderLine]]:
    if "pk" in values:
        return goods_lines(actor, LineFilters())
    filters = LineFilters(
        product_id=int(values["product"]) if values.get("product") else None,
        sku=values.get("sku", ""),
        customer_id=int(values["customer"]) if values.get("customer") else None,
        currency=values.get("currency", ""),
        channel=values.get("channel", ""),
        sold=bool(values.get("sold")),
        **between(values),
    )
    return goods_lines(actor, filters)


def currency(line: Any) -> str:
    return str(line.order.currency)


def left(line: Any) -> Any:
    return line.quantity - line.quantity_cancelled


LINES = ListSpec(
    name="order-lines",
    topics="orders fulfilment",
    title=_("Order lines"),
    subtitle=_("Goods lines of placed orders, the latest first. Amounts are without cancelled units."),
    permission=P.ORDERS_ORDER_VIEW,
    url_name="order-line-list",
    columns=(
        Column("order", _("Order"), attribute("order.number"), show=order_link, narrow="main"),
        Column("placed", _("Placed"), attribute("order.placed_at"), "moment", narrow="line"),
        Column("customer", _("Customer"), attribute("order.customer_name"), narrow="line"),
        Column("channel", _("Channel"), lambda i: localname(channel_names().get(i.order.channel_id)), narrow="hide"),
        Column("sku", _("SKU"), lambda i: i.sku, narrow="line"),
        Column("product", _("Product"), line_name),
        Column("units", _("Units"), left, "number"),
        Column("price", _("Unit price"), lambda i: i.unit_price, "money", currency=currency),
        Column("amount", _("Amount"), lambda i: i.gross_amount, "money", currency=currency, narrow="end"),
        Column("net", _("Net"), lambda i: i.net_amount, "money", currency=currency),
        Column("state", _("State"), attribute("order.state"), "word", "order"),
        Column("ordered", _("Ordered"), lambda i: i.quantity, "number"),
        Column("cancelled", _("Cancelled units"), lambda i: i.quantity_cancelled, "number"),
        Column("shipped", _("Shipped"), lambda i: i.quantity_shipped, "number"),
        Column("returned", _("Returned"), lambda i: i.quantity_returned, "number"),
        Column("invoiced", _("Invoiced units"), lambda i: i.quantity_invoiced, "number"),
        Column("promised", _("Promised date"), lambda i: i.promised_at or i.order.promised_at, "day"),
        Column("source", _("Source"), lambda i: str(word("source", i.order.source))),
        Column("currency", _("Currency"), currency),
    ),
    default=("order", "placed", "customer", "sku", "product", "units", "price", "amount", "state"),
    rows=rows,
    sorts={"entered": ("id",)},
    default_sort="-entered",
    filters=(
        Filter("channel", _("Channel"), choices=channel_choices, alias=channel_code),
        Filter("from", _("Placed from"), "day"),
        Filter("to", _("Placed until"), "day"),
        Filter("sku", _("SKU"), "text"),
        Filter("sold", _("Without cancelled orders"), "flag"),
        Filter("product", _("Product"), "hidden", say=product_name),
        Filter("customer", _("Customer"), "hidden", say=customer_name),
        Filter(
            "currency",
            _("Currency"),
            "hidden",
            say=lambda actor, value: value if len(value) == 3 and value.isalpha() else None,
        ),
    ),
    parent=("order-list", _("Orders")),
    link=order_url,
    row_class=lambda line: "row-quiet" if line.order.state == "cancelled" else "",
    nothing=Nothing(
        "list-details",
        _("No order lines yet"),
        _("Every line of a placed order stands here."),
        "order-new",
        _("New order"),
        P.ORDERS_ORDER_PLACE,
    ),
)


def lines_query(**params: Any) -> str:
    """The address of the list with these filters."""
    return f"{reverse('order-line-list')}?{urlencode({key: value for key, value in params.items() if value})}"
