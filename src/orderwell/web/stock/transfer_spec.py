"""The list of transfers between warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from orderwell.domains.inventory.models import Transfer
from orderwell.domains.inventory.queries import transfers
from orderwell.domains.inventory.services.many_transfers import (
    cancel_transfers,
    dispatch_transfers,
    receive_transfers,
)
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.web.components.markup import markup, to
from orderwell.web.components.units import units_text
from orderwell.web.components.words import choices
from orderwell.web.lists.common import pick, warehouse_choices, warehouse_code
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.templatetags.orderwell import day, localname

P = Permission
STATES = ("draft", "dispatched", "received", "cancelled")


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Transfer]]:
    return [transfers(actor, **pick(values, state="state", warehouse="warehouse", text="q"))]


def expected(row: Transfer) -> Any:
    late = row.state == "dispatched" and row.expected_at is not None and row.expected_at < utc_now()
    return markup('<span class="{}">{}</span>', "text-bad" if late else "", day(row.expected_at))


def goods(row: Transfer) -> str:
    return listed(line.variant.sku for line in row.lines.all())


def units(row: Transfer) -> Decimal | None:
    """A number for programs where there is one: metres and pieces can't be added."""
    lines = list(row.lines.all())
    if len({line.variant.unit for line in lines}) > 1:
        return None
    return sum((line.quantity for line in lines), Decimal(0))


def shown_units(row: Transfer) -> str:
    return units_text((line.variant.unit, line.quantity) for line in row.lines.all())


def unbroken_goods(row: Transfer) -> SafeString:
    """As `goods`, and on the phone no SKU breaks at its hyphens."""
    skus = listed(markup('<span class="unbroken">{}</span>', line.variant.sku) for line in row.lines.all())
    return SafeString(f'<div class="clip">{skus}</div>')


TRANSFERS = ListSpec(
    name="transfers",
    topics="inventory",
    title=_("Transfers"),
    permission=P.INVENTORY_STOCK_VIEW,
    url_name="transfer-list",
    columns=(
        Column("number", _("Number"), lambda t: t.number, sort="number", narrow="main"),
        Column("origin", _("From"), lambda t: localname(t.origin)),
        Column("destination", _("To"), lambda t: localname(t.destination)),
        Column("goods", _("Goods"), goods, show=unbroken_goods),
        Column("lines", _("Lines"), lambda t: len(t.lines.all()), "whole"),
        Column("units", _("Units"), units, "number", show=shown_units),
        Column("expected", _("Expected"), lambda t: t.expected_at, "day", show=expected),
        Column("state", _("State"), lambda t: t.state, "word", "transfer", narrow="end"),
        Column("dispatched", _("Dispatched"), lambda t: t.dispatched_at, "moment"),
        Column("received", _("Received"), lambda t: t.received_at, "moment"),
        Column("created", _("Created"), lambda t: t.created_at, "moment"),
        Column("note", _("Note"), lambda t: t.note),
    ),
    default=("number", "origin", "destination", "goods", "units", "expected", "state"),
    rows=rows,
    sorts={"number": ("id",)},
    default_sort="-number",
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("warehouse", _("Warehouse"), choices=warehouse_choices, alias=warehouse_code),
        Filter("state", _("State"), choices=lambda actor: choices("transfer", *STATES)),
    ),
    tabs=(
        Tab("all", _("All")),
        Tab("planned", _("Planned"), {"state": "draft"}),
        Tab("underway", _("On the way"), {"state": "dispatched"}),
    ),
    actions=(
        Action(
            "dispatch",
            _("Dispatch"),
            "truck",
            P.INVENTORY_STOCK_TRANSFER,
            dispatch_transfers,
            hint=_("The goods leave their warehouse now. This cannot be undone; what is to go back is a new transfer."),
        ),
        Action(
            "receive",
            _("Receive in full"),
            "package-import",
            P.INVENTORY_STOCK_TRANSFER,
            receive_transfers,
            hint=_(
                "Everything on the way is put on hand where it goes to. This cannot be undone; what is to go back is a new transfer."
            ),
        ),
        Action(
            "cancel",
            _("Cancel transfers"),
            "ban",
            P.INVENTORY_STOCK_TRANSFER,
            cancel_transfers,
            hint=_(
                "Planned transfers are given up; what has left stays on its way. This cannot be undone; a new transfer can be made."
            ),
            danger=True,
        ),
    ),
    parent=("stock-list", _("Stock")),
    link=lambda row: to("transfer-detail", row.pk),
    search=_("Number, SKU"),
    buttons="lists/more/transfers.html",
    nothing=Nothing(
        "transfer",
        _("No transfers yet"),
        _("A transfer moves goods from one warehouse to another; while on the way they belong to neither."),
        "transfer-new",
        _("New transfer"),
        P.INVENTORY_STOCK_TRANSFER,
        dialog=True,
    ),
)
