"""The parts of administration, and the plain table that most of them are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.listing import Listing

Text = str | Promise
P = Permission


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is also the name of its address."""

    name: str
    title: Text
    icon: str
    permission: P
    about: Text

    @property
    def url(self) -> str:
        return reverse(self.name)


SECTIONS: tuple[tuple[Text, tuple[Section, ...]], ...] = (
    (
        _("People and access"),
        (
            Section("admin-users", _("Users"), "users", P.SYSTEM_USER_MANAGE, _("Who may sign in, and which rows.")),
            Section("admin-roles", _("Roles"), "shield", P.SYSTEM_USER_MANAGE, _("What each role may do.")),
            Section("admin-teams", _("Teams"), "users-group", P.SYSTEM_USER_MANAGE, _("Who works together.")),
            Section("admin-keys", _("API keys"), "key", P.SYSTEM_API_KEY_MANAGE, _("Access for other programs.")),
        ),
    ),
    (
        _("Sales"),
        (
            Section(
                "admin-channels",
                _("Channels"),
                "building-store",
                P.SYSTEM_SETTING_CHANGE,
                _("Where orders come from: currency, tax, shortage."),
            ),
            Section(
                "admin-groups",
                _("Customer groups"),
                "address-book",
                P.CUSTOMERS_CUSTOMER_CHANGE,
                _("Customers that are treated alike."),
            ),
            Section(
                "admin-hints",
                _("Hints"),
                "bulb",
                P.SYSTEM_SETTING_CHANGE,
                _("What is pointed out, from when on, and how useful it is."),
            ),
            Section(
                "admin-categories",
                _("Categories"),
                "sitemap",
                P.CATALOG_PRODUCT_CHANGE,
                _("The tree that products hang in."),
            ),
            Section(
                "admin-taxes",
                _("Tax categories"),
                "receipt-tax",
                P.SYSTEM_SETTING_CHANGE,
                _("Goods taxed alike, and their rate."),
            ),
        ),
    ),
    (
        _("Stock"),
        (
            Section(
                "admin-warehouses",
                _("Warehouses"),
                "building-warehouse",
                P.INVENTORY_WAREHOUSE_CHANGE,
                _("Where goods lie, and what may be promised of them."),
            ),
            Section(
                "admin-buffers",
                _("Channel buffers"),
                "shield-check",
                P.INVENTORY_WAREHOUSE_CHANGE,
                _("Stock that a channel may not promise."),
            ),
        ),
    ),
    (
        _("Installation"),
        (
            Section(
                "admin-settings",
                _("Settings"),
                "settings",
                P.SYSTEM_SETTING_CHANGE,
                _("Company data, numbers and how things behave."),
            ),
            Section(
                "print-templates",
                _("Print templates"),
                "printer",
                P.SYSTEM_TEMPLATE_CHANGE,
                _("How invoices, delivery notes and other papers look."),
            ),
            Section(
                "admin-fields",
                _("Own fields"),
                "forms",
                P.SYSTEM_SETTING_CHANGE,
                _("Fields that your company adds to its records."),
            ),
            Section(
                "admin-schedules",
                _("Schedules"),
                "clock",
                P.SYSTEM_SETTING_CHANGE,
                _("What runs by itself, and when."),
            ),
            Section(
                "admin-numbers",
                _("Number sequences"),
                "list-details",
                P.SYSTEM_SETTING_CHANGE,
                _("How far gap-free numbers have come."),
            ),
        ),
    ),
)


def sections(actor: Actor) -> list[dict[str, Any]]:
    """What of administration the actor may see."""
    groups = []
    for title, members in SECTIONS:
        shown = [section for section in members if actor.may(section.permission)]
        if shown:
            groups.append({"title": title, "sections": shown})
    return groups


@dataclass(frozen=True, slots=True)
class Column:
    title: Text
    css: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` are texts, or pairs of a text and what stands small below it. `url` opens the dialog or the page."""

    cells: Sequence[Any]
    url: str = ""
    quiet: bool = False
    page: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Row] = field(default_factory=list)
    new_url: str = ""
    new_title: Text = ""
    new_is_page: bool = False
    empty_title: Text = ""
    empty_text: Text = ""

    @property
    def new_in_dialog(self) -> bool:
        return not self.new_is_page

    @property
    def lines(self) -> list[tuple[Row, list[tuple[Any, Column]]]]:
        return [(row, list(zip(row.cells, self.columns, strict=True))) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Two:
    """A cell of two lines."""

    text: Any
    below: Any = ""


def show_table(
    request: HttpRequest,
    actor: Actor,
    name: str,
    table: Table,
    *,
    listing: Listing | None = None,
    **more: Any,
) -> HttpResponse:
    groups = sections(actor)
    here = next(section for group in groups for section in group["sections"] if section.name == name)
    context = {"groups": groups, "here": here, "table": table, "listing": listing, **more}
    return render(request, "admin/table.html", context)
