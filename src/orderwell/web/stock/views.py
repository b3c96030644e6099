"""Stock by warehouse, one stock item, movements, corrections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft
from orderwell.domains.inventory.models import StockMovement
from orderwell.domains.inventory.queries import (
    STATES,
    MovementFilters,
    StockFilters,
    movement_list,
    stock_detail,
    stock_list,
)
from orderwell.domains.inventory.services.adjust_stock import adjust_stock
from orderwell.domains.orders.queries import orders_of_lines
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform
from orderwell.web.components.listing import ROWS, cursor, listing, one_of
from orderwell.web.components.words import choices
from orderwell.web.pages import form_page, page
from orderwell.web.stock.forms import AdjustForm


@page(Permission.INVENTORY_STOCK_VIEW)
def stock_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    warehouses = visible_warehouses(actor, active_only=False)
    filters = StockFilters(
        text=request.GET.get("q", "")[:120],
        warehouse=one_of(request.GET.get("warehouse", ""), [item.code for item in warehouses]),
        state=one_of(request.GET.get("state", ""), STATES),
    )
    found = stock_list(actor, filters, cursor(request), ROWS)
    context = {
        "listing": listing(request, found),
        "warehouses": warehouses,
        "states": [
            ("low", _("Low: 10 or less free")),
            ("negative", _("Less than nothing free")),
            ("available", _("Something free")),
            ("reserved", _("Something reserved")),
        ],
        "filtered": bool(filters.text or filters.warehouse or filters.state),
    }
    return render(request, "stock/list.html", context)


@page(Permission.INVENTORY_STOCK_VIEW)
def stock_item(request: HttpRequest, actor: Actor, stock_item_id: int) -> HttpResponse:
    detail = stock_detail(actor, stock_item_id)
    lines = [reservation.line_id for reservation in detail.reservations]
    found = movement_list(actor, MovementFilters(stock_item_id=stock_item_id), cursor(request), ROWS)
    context = {
        "detail": detail,
        "item": detail.item,
        "orders": orders_of_lines(actor, lines) if actor.may(Permission.ORDERS_ORDER_VIEW) else {},
        "listing": listing(request, found),
    }
    return render(request, "stock/item.html", context)


@page(Permission.INVENTORY_STOCK_VIEW)
def movements(request: HttpRequest, actor: Actor) -> HttpResponse:
    warehouses = visible_warehouses(actor, active_only=False)
    filters = MovementFilters(
        warehouse=one_of(request.GET.get("warehouse", ""), [item.code for item in warehouses]),
        kind=one_of(request.GET.get("kind", ""), StockMovement.Kind.values),
    )
    found = movement_list(actor, filters, cursor(request), ROWS)
    context = {
        "listing": listing(request, found),
        "warehouses": warehouses,
        "kinds": choices("movement"),
        "filtered": bool(filters.warehouse or filters.kind),
    }
    return render(request, "stock/movements.html", context)


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def adjust(request: HttpRequest, actor: Actor) -> HttpResponse:
    sku = request.GET.get("sku", "")[:60]
    initial = {"warehouse": request.GET.get("warehouse", ""), "lines": f"{sku}\t" if sku else ""}
    form = AdjustForm(request.POST or None, warehouses=visible_warehouses(actor), initial=initial)

    def act(data: dict[str, Any]) -> None:
        lines = tuple(AdjustmentLineDraft(sku=line.sku, **{data["how"]: line.quantity}) for line in data["lines"])
        draft = AdjustmentDraft(warehouse=data["warehouse"], reason=data["reason"], note=data["note"], lines=lines)
        adjust_stock(draft, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="stock/adjust.html",
        act=act,
        done=_("Stock is corrected."),
        to=reverse("stock-list"),
    )
