"""The lists of stock: what lies where, and its movements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orderwell.domains.inventory.models import StockMovement
from orderwell.domains.inventory.queries import MovementFilters, StockFilters, holds_much, movements, stock
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.causes import cause_text
from orderwell.web.components.doers import who
from orderwell.web.components.markup import markup, to
from orderwell.web.components.numbers import add_numbers
from orderwell.web.components.words import choices, word
from orderwell.web.lists.common import between, pick, product_name, warehouse_choices, warehouse_code
from orderwell.web.lists.spec import Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.stock import future
from orderwell.web.stock.future import asked
from orderwell.web.templatetags.orderwell import cause_link, localname, quantity

P = Permission
LOW = Decimal(10)
# States that most rows are in.
COMMON = ("", "low", "available")
COMMON_OF_A_WAREHOUSE = ("", "available")
STATES = [
    ("low", _("Low: 10 or less free")),
    ("negative", _("Less than nothing free")),
    ("available", _("Something free")),
    ("reserved", _("Something reserved")),
]


def stock_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    if "pk" in values:
        return [asked(stock(actor), {})]
    wanted = pick(values, text="q", warehouse="warehouse", state="state")
    filters = StockFilters(**wanted, product_id=_product(values), along_skus=_most_match(values))
    return [asked(stock(actor, filters), values)]


def _most_match(values: Values) -> bool:
    if {"q", "product"} & values.keys():
        return False
    if values.get("warehouse"):
        return values.get("state", "") in COMMON_OF_A_WAREHOUSE and holds_much(values["warehouse"])
    return values.get("state", "") in COMMON


def _product(values: Values) -> int | None:
    return int(values["product"]) if values.get("product") else None


def free(item: Any) -> Any:
    look = "text-bad" if item.free <= 0 else "text-warn" if item.free <= LOW else ""
    return markup('<span class="fw-bold {}">{}</span>', look, quantity(item.free))


STOCK = ListSpec(
    name="stock",
    topics="inventory orders fulfilment",
    title=_("Stock"),
    permission=P.INVENTORY_STOCK_VIEW,
    url_name="stock-list",
    columns=(
        Column("sku", _("SKU"), lambda i: i.variant.sku, sort="sku", narrow="main"),
        Column("product", _("Product"), lambda i: localname(i.variant), narrow="line"),
        Column("warehouse", _("Warehouse"), lambda i: localname(i.warehouse), narrow="line"),
        Column("on_hand", _("On hand"), lambda i: i.on_hand, "number"),
        Column("reserved", _("Reserved"), lambda i: i.reserved, "number"),
        Column("free", _("Free"), lambda i: i.free, "number", show=free, narrow="end"),
        *future.COLUMNS,
        Column("unit", _("Unit"), lambda i: str(word("unit", i.variant.unit))),
        Column("warehouse_code", _("Warehouse code"), lambda i: i.warehouse.code),
    ),
    default=("sku", "product", "warehouse", "on_hand", "reserved", "free", "incoming", "next"),
    rows=stock_rows,
    sorts={"sku": ("variant__sku", "id")},
    default_sort="sku",
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("state", _("State"), choices=lambda actor: STATES),
        *future.FILTERS,
        Filter("product", _("Product"), "hidden", say=product_name),
    ),
    tabs=(
        Tab("all", _("All")),
        Tab("low", _("Low"), {"state": "low"}),
        Tab("negative", _("Below nothing"), {"state": "negative"}),
        Tab("reserved", _("Reserved"), {"state": "reserved"}),
    ),
    link=lambda item: to("stock-item", item.pk),
    prepare=future.add_future,
    search=_("Name, pinyin, SKU"),
    buttons="lists/more/stock.html",
    nothing=Nothing(
        "building-warehouse",
        _("No stock yet"),
        _("Enter what is in the warehouse with “Correct stock”, reason opening stock."),
        "stock-adjust",
        _("Correct stock"),
        P.INVENTORY_STOCK_ADJUST,
        "?reason=opening",
        dialog=True,
    ),
)


def movement_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[StockMovement]]:
    if "pk" in values:
        return [movements(actor)]
    return [movements(actor, MovementFilters(**pick(values, warehouse="warehouse", kind="kind"), **between(values)))]


def document(movement: Any) -> str:
    """Its number, or what there is instead of one."""
    return cause_text(movement.cause, getattr(movement, "cause_number", ""))


def name_documents(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    if "cause" in keys:
        add_numbers(actor, found, "cause")


MOVEMENTS = ListSpec(
    name="movements",
    topics="inventory fulfilment",
    title=_("Stock movements"),
    permission=P.INVENTORY_STOCK_VIEW,
    url_name="movement-list",
    columns=(
        Column("when", _("When"), lambda m: m.occurred_at, "moment", sort="when", narrow="line"),
        Column("kind", _("Kind"), lambda m: m.kind, "word", "movement", narrow="line"),
        Column("sku", _("SKU"), lambda m: m.stock_item.variant.sku, narrow="main"),
        Column("product", _("Product"), lambda m: localname(m.stock_item.variant), narrow="line"),
        Column("warehouse", _("Warehouse"), lambda m: localname(m.stock_item.warehouse)),
        Column("quantity", _("Quantity"), lambda m: m.quantity, "number", narrow="end"),
        Column("cause", _("Document"), document, show=lambda m: cause_link(m.cause, getattr(m, "cause_number", ""))),
        Column("reason", _("Reason"), lambda m: str(word("adjustment", m.reason)) if m.reason else ""),
        Column("note", _("Note"), lambda m: m.note),
        Column("who", _("Who"), lambda m: who(m.actor_label)),
    ),
    default=("when", "kind", "sku", "product", "warehouse", "quantity", "cause", "reason", "who"),
    rows=movement_rows,
    prepare=name_documents,
    sorts={"when": ("occurred_at", "id")},
    default_sort="-when",
    steady=StockMovement,
    keys_first=frozenset({"warehouse"}),
    steady_filters=frozenset({"warehouse", "kind", "from", "to"}),
    filters=(
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("kind", _("Kind"), choices=lambda actor: choices("movement")),
        Filter("from", _("From day"), "day"),
        Filter("to", _("Until day"), "day"),
    ),
    parent=("stock-list", _("Stock")),
    link=lambda movement: to("stock-item", movement.stock_item_id),
    buttons="lists/more/stock.html",
    nothing=Nothing(
        "history",
        _("No movements yet"),
        _("Whatever enters or leaves a warehouse stands here."),
        "stock-receive",
        _("Receive goods"),
        P.INVENTORY_STOCK_ADJUST,
        dialog=True,
    ),
)
