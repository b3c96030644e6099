"""Channels, customer groups, categories, tax categories, warehouses, buffers: small tables that people set up.

Each has its table and one form: for the row named in the address, or for a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import category_choices, every_channel, every_tax_category
from orderwell.domains.catalog.drafts import CategoryDraft, ChannelDraft, TaxCategoryDraft
from orderwell.domains.catalog.services.save_category import save_category
from orderwell.domains.catalog.services.save_channel import CHANGES, save_channel
from orderwell.domains.catalog.services.save_tax_category import save_tax_category
from orderwell.domains.customers.choices import every_group
from orderwell.domains.customers.drafts import CustomerGroupDraft
from orderwell.domains.customers.services.save_group import save_group
from orderwell.domains.inventory.choices import every_buffer, every_warehouse, visible_warehouses
from orderwell.domains.inventory.drafts import BufferDraft, WarehouseDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.services.save_buffer import save_buffer
from orderwell.domains.inventory.services.save_warehouse import save_warehouse
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import snapshot
from orderwell.platform.events.versions import NEW, Version, version_of
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.web.admin.forms import BufferForm, CategoryForm, ChannelForm, CodedForm, TaxForm, WarehouseForm
from orderwell.web.admin.sections import Column, Row, Table, show_table
from orderwell.web.components.actions import perform
from orderwell.web.components.merging import over
from orderwell.web.pages import form_page, page
from orderwell.web.templatetags.countries import country
from orderwell.web.templatetags.orderwell import localname, percent, quantity

SETTING, WAREHOUSE = Permission.SYSTEM_SETTING_CHANGE, Permission.INVENTORY_WAREHOUSE_CHANGE
GROUP, PRODUCT = Permission.CUSTOMERS_CUSTOMER_CHANGE, Permission.CATALOG_PRODUCT_CHANGE


def _yes(value: bool) -> str:
    return _("Yes") if value else _("No")


def _form(
    request: HttpRequest,
    actor: Actor,
    form: CodedForm,
    *,
    code: str | None,
    act: Callable[[dict[str, Any]], object],
    back: str,
    title: str,
) -> HttpResponse:
    if code is not None:
        form.freeze()
    return perform(
        request,
        actor,
        form,
        template="admin/form.html",
        act=act,
        done=_("Saved."),
        to=reverse(back),
        context={"form_title": title},
    )


def _find(
    rows: Callable[[], Sequence[Any]], code: str | None, kind: str, names: Collection[str] = ()
) -> tuple[Any, Version]:
    """The row with this code and its version; None and NEW for a new one. Raises NotFound."""
    if code is None:
        return None, Version(NEW)
    with snapshot():
        found = next((row for row in rows() if row.code == code), None)
        if found is None:
            raise NotFound(kind=kind, reference=code[:60])
        return found, version_of(f"{kind.replace(' ', '-')}:{found.pk}", names=names)


def _stored(row: Any, *names: str) -> dict[str, Any]:
    return {} if row is None else {name: getattr(row, name) for name in ("code", "name_zh", "name_en", *names)}


@page(SETTING)
def channels(request: HttpRequest, actor: Actor) -> HttpResponse:
    names = {item.code: localname(item) for item in every_warehouse()}
    rows = [
        Row(
            (
                localname(row),
                row.code,
                row.currency,
                _yes(row.prices_include_tax),
                _("Take it, the rest waits") if row.shortage == "backorder" else _("Refuse the order"),
                listed(names.get(code, code) for code in row.warehouse_codes) or _("All"),
            ),
            reverse("admin-channel", args=[row.code]),
            quiet=not row.active,
        )
        for row in every_channel()
    ]
    columns = (
        Column(_("Name")),
        Column(_("Code")),
        Column(_("Currency")),
        Column(_("Prices include tax"), "hide-narrow"),
        Column(_("When stock is short"), "hide-narrow"),
        Column(_("Warehouses"), "hide-narrow"),
    )
    table = Table(
        columns,
        rows,
        reverse("admin-channel-new"),
        _("New channel"),
        empty_title=_("No channels yet"),
        empty_text=_("Every order belongs to a channel, such as the sales desk, the phone or a shop. Add the first."),
    )
    return show_table(request, actor, "admin-channels", table)


@form_page(SETTING)
def channel(request: HttpRequest, actor: Actor, code: str | None = None) -> HttpResponse:
    row, seen = _find(every_channel, code, "channel", CHANGES)
    stored = _stored(row, "currency", "prices_include_tax", "shortage", "active")
    if row is not None:
        stored["warehouses"] = ", ".join(row.warehouse_codes)
    known = {item.code: localname(item) for item in every_warehouse()}
    form = ChannelForm(request.POST or None, known=known, **over(stored, seen))
    return _form(
        request,
        actor,
        form,
        code=code,
        act=lambda data: save_channel(ChannelDraft(**data), version=seen.number, actor=actor, now=utc_now()),
        back="admin-channels",
        title=localname(row) or _("New channel"),
    )


@page(GROUP)
def groups(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [Row((localname(row), row.code), reverse("admin-group", args=[row.code])) for row in every_group()]
    columns = (Column(_("Name")), Column(_("Code")))
    table = Table(
        columns,
        rows,
        reverse("admin-group-new"),
        _("New group"),
        empty_title=_("No groups yet"),
        empty_text=_("A group shares prices and rules, such as members or resellers."),
    )
    return show_table(request, actor, "admin-groups", table)


@form_page(GROUP)
def group(request: HttpRequest, actor: Actor, code: str | None = None) -> HttpResponse:
    row, seen = _find(every_group, code, "customer group")
    return _form(
        request,
        actor,
        CodedForm(request.POST or None, **over(_stored(row), seen)),
        code=code,
        act=lambda data: save_group(CustomerGroupDraft(**data), version=seen.number, actor=actor, now=utc_now()),
        back="admin-groups",
        title=localname(row) or _("New group"),
    )


@page(PRODUCT)
def categories(request: HttpRequest, actor: Actor) -> HttpResponse:
    tree = category_choices()
    rows = [
        Row((path, row.code, localname(row.parent) or _("The top level")), reverse("admin-category", args=[row.code]))
        for row, path in tree
    ]
    columns = (Column(_("Name")), Column(_("Code")), Column(_("Below"), "hide-narrow"))
    table = Table(
        columns,
        rows,
        reverse("admin-category-new"),
        _("New category"),
        empty_title=_("No categories yet"),
        empty_text=_("Categories order your products, one below the other if you like."),
    )
    return show_table(request, actor, "admin-categories", table)


@form_page(PRODUCT)
def category(request: HttpRequest, actor: Actor, code: str | None = None) -> HttpResponse:
    row, seen = _find(lambda: [row for row, _path in category_choices()], code, "category")
    stored = _stored(row)
    if row is not None:
        stored["parent"] = row.parent.code if row.parent is not None else ""
    tree = category_choices()
    parents = [(other.code, path) for other, path in tree if other.code != code]

    def act(data: dict[str, Any]) -> None:
        draft = CategoryDraft(**{**data, "parent": data["parent"] or None})
        save_category(draft, version=seen.number, actor=actor, now=utc_now())

    return _form(
        request,
        actor,
        CategoryForm(request.POST or None, parents=parents, **over(stored, seen)),
        code=code,
        act=act,
        back="admin-categories",
        title=localname(row) or _("New category"),
    )


@page(SETTING)
def taxes(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [
        Row((localname(row), row.code, percent(row.rate)), reverse("admin-tax", args=[row.code]))
        for row in every_tax_category()
    ]
    columns = (Column(_("Name")), Column(_("Code")), Column(_("Rate"), "num"))
    table = Table(
        columns,
        rows,
        reverse("admin-tax-new"),
        _("New tax category"),
        empty_title=_("No tax categories yet"),
        empty_text=_("Every product has a tax category with its rate. Add the one that most of your goods have."),
    )
    return show_table(request, actor, "admin-taxes", table)


@form_page(SETTING)
def tax(request: HttpRequest, actor: Actor, code: str | None = None) -> HttpResponse:
    row, seen = _find(every_tax_category, code, "tax category")
    stored = _stored(row)
    if row is not None:
        stored["rate"] = plain(row.rate * 100)

    def act(data: dict[str, Any]) -> None:
        draft = TaxCategoryDraft(**{**data, "rate": data["rate"].scaleb(-2)})
        save_tax_category(draft, version=seen.number, actor=actor, now=utc_now())

    return _form(
        request,
        actor,
        TaxForm(request.POST or None, **over(stored, seen)),
        code=code,
        act=act,
        back="admin-taxes",
        title=localname(row) or _("New tax category"),
    )


@page(WAREHOUSE)
def warehouses(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [
        Row(
            (
                localname(row),
                row.code,
                " ".join(filter(None, (row.region, row.city, country(row.country)))),
                row.priority,
                _yes(row.allow_negative),
            ),
            reverse("admin-warehouse", args=[row.code]),
            quiet=not row.active,
        )
        for row in visible_warehouses(actor, active_only=False)
    ]
    columns = (
        Column(_("Name")),
        Column(_("Code")),
        Column(_("Place"), "hide-narrow"),
        Column(_("Priority"), "num"),
        Column(_("May promise more than there is"), "hide-narrow"),
    )
    table = Table(
        columns,
        rows,
        reverse("admin-warehouse-new"),
        _("New warehouse"),
        empty_title=_("No warehouses yet"),
        empty_text=_("Stock lies in a warehouse, and orders are shipped from one. Add the first."),
    )
    return show_table(request, actor, "admin-warehouses", table)


@form_page(WAREHOUSE)
def warehouse(request: HttpRequest, actor: Actor, code: str | None = None) -> HttpResponse:
    row, seen = _find(lambda: visible_warehouses(actor, active_only=False), code, "warehouse")
    stored = _stored(row, "country", "region", "city", "priority", "allow_negative", "active")
    return _form(
        request,
        actor,
        WarehouseForm(request.POST or None, **over(stored, seen)),
        code=code,
        act=lambda data: save_warehouse(WarehouseDraft(**data), version=seen.number, actor=actor, now=utc_now()),
        back="admin-warehouses",
        title=localname(row) or _("New warehouse"),
    )


@page(WAREHOUSE)
def buffers(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [
        Row(
            (
                localname(row.channel),
                row.variant.sku if row.variant else _("All"),
                localname(row.warehouse) or _("All"),
                quantity(row.quantity),
            ),
            reverse("admin-buffer", args=[row.pk]),
        )
        for row in every_buffer(actor)
    ]
    columns = (Column(_("Channel")), Column("SKU"), Column(_("Warehouse")), Column(_("Kept back"), "num"))
    table = Table(
        columns,
        rows,
        reverse("admin-buffer-new"),
        _("New buffer"),
        empty_title=_("No buffers yet"),
        empty_text=_("A buffer keeps some stock back from one channel, for example for a shop that is slow to tell."),
    )
    return show_table(request, actor, "admin-buffers", table)


def _buffer(actor: Actor, buffer_id: int | None) -> tuple[dict[str, Any], Version]:
    """What the form of a buffer begins with, and its version. Raises NotFound."""
    if buffer_id is None:
        return {}, Version(NEW)
    with snapshot():
        row = next((row for row in every_buffer(actor) if row.pk == buffer_id), None)
        if row is None:
            raise NotFound(kind="buffer", reference=buffer_id)
        seen = version_of(f"channel:{row.channel_id}", names=(InventoryEvent.BUFFER_CHANGED,))
    stored = {"channel": row.channel.code, "quantity": plain(row.quantity)}
    stored |= {
        "warehouse": row.warehouse.code if row.warehouse else "",
        "sku": row.variant.sku if row.variant else "",
    }
    return stored, seen


@form_page(WAREHOUSE)
def buffer(request: HttpRequest, actor: Actor, buffer_id: int | None = None) -> HttpResponse:
    stored, seen = _buffer(actor, buffer_id)
    form = BufferForm(
        request.POST or None,
        **over(stored, seen),
        channels=[(row.code, localname(row)) for row in every_channel()],
        warehouses=[(row.code, localname(row)) for row in visible_warehouses(actor)],
    )
    if buffer_id is None:
        # Without a number there is nothing to keep back, and nothing yet to remove.
        form.fields["quantity"].required, form.fields["quantity"].help_text = True, ""
    else:
        for name in ("channel", "warehouse", "sku"):
            form.fields[name].disabled = True

    def act(data: dict[str, Any]) -> None:
        quantity_: Decimal | None = data["quantity"]
        draft = BufferDraft(
            channel=data["channel"],
            quantity=quantity_,
            sku=data["sku"].strip() or None,
            warehouse=data["warehouse"] or None,
        )
        save_buffer(draft, version=seen.number, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="admin/form.html",
        act=act,
        done=_("Saved."),
        to=reverse("admin-buffers"),
        context={"form_title": _("New buffer") if buffer_id is None else _("Channel buffer")},
    )
