"""The list of announced receipts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.domains.inventory.queries import announced, expected_receipts
from orderwell.domains.inventory.services.many_receipts import cancel_receipts, expect_again, receive_receipts
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.markup import markup, to
from orderwell.web.components.words import choices
from orderwell.web.lists.common import pick, product_name, warehouse_choices, warehouse_code
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.stock.expected import state_of
from orderwell.web.templatetags.orderwell import day, localname

P = Permission


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[ExpectedReceipt]]:
    if "pk" in values:
        return [expected_receipts(actor, only_open=False)]
    state = values.get("state", "open")
    found = announced(
        actor,
        state="" if state == "all" else state,
        product_id=int(values["product"]) if values.get("product") else None,
        now=now,
        **pick(values, text="q", warehouse="warehouse"),
    )
    return [found]


def due(row: Any) -> Any:
    late = state_of(row, utc_now()) == "overdue"
    return markup('<span class="{}">{}</span>', "text-bad" if late else "", day(row.due_at))


EXPECTED = ListSpec(
    name="expected",
    topics="inventory",
    title=_("Announced receipts"),
    subtitle=_("What suppliers will send. It can be promised from its date on."),
    permission=P.INVENTORY_STOCK_VIEW,
    url_name="expected-list",
    columns=(
        Column("reference", pgettext_lazy("announced receipt", "Reference"), lambda r: r.reference, narrow="main"),
        Column("supplier", _("Supplier"), lambda r: r.supplier, narrow="line"),
        Column("sku", _("SKU"), lambda r: r.variant.sku, narrow="line"),
        Column("product", _("Product"), lambda r: localname(r.variant), narrow="line"),
        Column("warehouse", _("Warehouse"), lambda r: localname(r.warehouse), narrow="line"),
        Column("due", _("Expected on"), lambda r: r.due_at, "day", sort="due", show=due, narrow="line"),
        Column("quantity", _("Announced"), lambda r: r.quantity, "number"),
        Column("received", _("Received"), lambda r: r.quantity_received, "number"),
        Column("left", _("Still to come"), lambda r: r.quantity - r.quantity_received, "number", narrow="end"),
        Column("state", _("State"), lambda r: state_of(r, utc_now()), "word", "expected", narrow="line"),
        Column("cancelled", _("Cancelled"), lambda r: r.cancelled_at, "moment"),
    ),
    default=("reference", "supplier", "sku", "product", "warehouse", "due", "quantity", "received", "left", "state"),
    rows=rows,
    sorts={"due": ("due_at", "id")},
    default_sort="due",
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("state", _("State"), choices=lambda actor: [*choices("expected"), ("all", _("All"))]),
        Filter("product", _("Product"), "hidden", say=product_name),
    ),
    tabs=(
        Tab("open", _("Expected")),
        Tab("overdue", _("Overdue"), {"state": "overdue"}),
        Tab("received", _("Received"), {"state": "received"}),
        Tab("cancelled", _("Cancelled"), {"state": "cancelled"}),
    ),
    actions=(
        Action(
            "receive",
            _("Receive in full"),
            "package-import",
            P.INVENTORY_STOCK_ADJUST,
            receive_receipts,
            hint=_(
                "Everything still to come is put on hand now. This cannot be undone; what is not there after all is taken out by adjusting stock."
            ),
        ),
        Action(
            "cancel",
            _("Call off"),
            "ban",
            P.INVENTORY_STOCK_ADJUST,
            cancel_receipts,
            None,
            expect_again,
            hint=_("What has not come is no longer expected; what came stays."),
        ),
    ),
    parent=("stock-list", _("Stock")),
    link=lambda row: to("expected-detail", row.pk),
    search=_("Reference, supplier, SKU, name"),
    buttons="lists/more/stock.html",
    nothing=Nothing(
        "package-import",
        _("Nothing is announced"),
        _("Announce what suppliers will send: order entry can then promise it from its date on."),
        "expected-new",
        _("Announce goods"),
        P.INVENTORY_STOCK_ADJUST,
        dialog=True,
    ),
)
