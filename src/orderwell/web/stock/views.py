"""Stock by warehouse, one stock item, movements, corrections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.queries import find_variants
from orderwell.domains.inventory.availability import atp
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft
from orderwell.domains.inventory.queries import (
    MovementFilters,
    movement_list,
    stock,
    stock_detail,
)
from orderwell.domains.orders.queries import orders_of_lines, owed_to_backorders
from orderwell.domains.orders.services.displace import correct_stock
from orderwell.kernel.clock import utc_now
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform
from orderwell.web.components.listing import ROWS, cursor, listing
from orderwell.web.components.numbers import add_numbers
from orderwell.web.pages import form_page, page
from orderwell.web.stock.forms import AdjustForm
from orderwell.web.templatetags.orderwell import localname


@page(Permission.INVENTORY_STOCK_VIEW)
def stock_item(request: HttpRequest, actor: Actor, stock_item_id: int) -> HttpResponse:
    detail = stock_detail(actor, stock_item_id)
    lines = [reservation.line_id for reservation in detail.reservations]
    found = movement_list(actor, MovementFilters(stock_item_id=stock_item_id), cursor(request), ROWS)
    add_numbers(actor, found.rows, "cause")
    context = {
        "detail": detail,
        "item": detail.item,
        "orders": orders_of_lines(actor, lines) if actor.may(Permission.ORDERS_ORDER_VIEW) else {},
        "listing": listing(request, found),
        **_promise(request, actor, detail.item.variant_id),
    }
    return render(request, "stock/item.html", context)


def _promise(request: HttpRequest, actor: Actor, variant_id: int) -> dict[str, Any]:
    """From when on how much can be promised, for one channel or without its buffer, and what that is reckoned from."""
    channels = visible_channels(actor, active_only=True)
    channel = next((one for one in channels if one.code == request.GET.get("channel", "")), None)
    owed = owed_to_backorders(variant_id) if actor.may(Permission.ORDERS_ORDER_VIEW) else []
    promise = atp(actor, variant_id, channel=channel, owed=owed, now=utc_now())
    return {"channels": channels, "channel": channel, "promise": promise}


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def adjust(request: HttpRequest, actor: Actor) -> HttpResponse:
    sku = request.GET.get("sku", "")[:60]
    initial = {"warehouse": request.GET.get("warehouse", ""), "lines": f"{sku}\t" if sku else ""}
    if request.GET.get("reason") == "opening":
        initial["reason"] = "opening"
    form = AdjustForm(request.POST or None, warehouses=visible_warehouses(actor), actor=actor, initial=initial)

    def act(data: dict[str, Any]) -> None:
        lines = tuple(AdjustmentLineDraft(sku=line.sku, **{data["how"]: line.quantity}) for line in data["lines"])
        seen = data["displace"]
        draft = AdjustmentDraft(
            warehouse=data["warehouse"], reason=data["reason"], note=data["note"], lines=lines, displace=bool(seen)
        )
        correct_stock(draft, actor=actor, now=utc_now(), agreed=seen, shown_at=data["opened"])

    return perform(
        request,
        actor,
        form,
        template="stock/adjust.html",
        act=act,
        done=_("Stock is corrected."),
        to=reverse("stock-list"),
    )


MOST_HITS = 8


@page(Permission.INVENTORY_STOCK_VIEW)
def goods(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Products for the type-ahead of lines of goods: by barcode, SKU, name, pinyin; with what lies where."""
    hits = find_variants(actor, request.GET.get("q", "")[:80], limit=MOST_HITS)
    rows = stock(actor).filter(variant__in=[hit.id for hit in hits], warehouse__active=True)
    there: dict[int, list[str]] = {}
    for row in rows.order_by("warehouse__priority"):
        there.setdefault(row.variant_id, []).append(f"{localname(row.warehouse)} {plain(row.on_hand)}")
    found = [
        {"sku": hit.sku, "name": localname(hit), "there": " · ".join(there.get(hit.id, []))}
        for hit in hits
        if not hit.is_bundle
    ]
    return JsonResponse({"hits": found}, headers={"Cache-Control": "private, no-store"})
