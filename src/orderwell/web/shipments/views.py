"""What is to be shipped, and what was."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.fulfilment.queries import shipment_detail, shipment_list
from orderwell.domains.fulfilment.services.track import deliver, set_tracking
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import OrderFilters, order_list
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.listing import ROWS, cursor, listing, one_of
from orderwell.web.components.words import choices
from orderwell.web.orders.cash_forms import CARRIERS, TrackingForm
from orderwell.web.pages import form_page, page

STATES = ("shipped", "delivered")
READY = (Order.FulfilmentState.RESERVED.value, Order.FulfilmentState.PARTIAL.value)


@page(Permission.FULFILMENT_SHIPMENT_VIEW)
def to_ship(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Orders with reserved goods that nothing holds back, by warehouse: the warehouse's start page."""
    warehouses = visible_warehouses(actor)
    warehouse = one_of(request.GET.get("warehouse", ""), [item.code for item in warehouses])
    now = utc_now()
    filters = OrderFilters(
        state=Order.State.PLACED.value,
        fulfilment_state=READY,
        on_hold=False,
        warehouse=warehouse,
        text=request.GET.get("q", "")[:120],
    )
    found = order_list(actor, filters, cursor=cursor(request), limit=ROWS, now=now)
    context = {
        "listing": listing(request, found),
        "warehouses": warehouses,
        "filtered": bool(warehouse or filters.text),
        "now": now,
    }
    return render(request, "shipments/to_ship.html", context)


@page(Permission.FULFILMENT_SHIPMENT_VIEW)
def shipments(request: HttpRequest, actor: Actor) -> HttpResponse:
    warehouses = visible_warehouses(actor, active_only=False)
    chosen: dict[str, Any] = {
        "state": one_of(request.GET.get("state", ""), STATES),
        "warehouse": one_of(request.GET.get("warehouse", ""), [item.code for item in warehouses]),
        "text": request.GET.get("q", "")[:80],
    }
    found = shipment_list(actor, **chosen, cursor=cursor(request), limit=ROWS)
    context = {
        "listing": listing(request, found),
        "warehouses": warehouses,
        "states": choices("shipment", *STATES),
        "filtered": any(chosen.values()),
    }
    return render(request, "shipments/list.html", context)


@form_page(Permission.FULFILMENT_SHIPMENT_CREATE)
def mark_delivered(request: HttpRequest, actor: Actor, shipment_id: int) -> HttpResponse:
    shipment = shipment_detail(actor, shipment_id)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="shipments/deliver.html",
        act=lambda data: deliver(shipment_id=shipment_id, actor=actor, now=utc_now()),
        done=_("Shipment %(number)s has arrived.") % {"number": shipment.number},
        to=reverse("order-detail", args=[shipment.order_id]),
        context={"shipment": shipment},
    )


@form_page(Permission.FULFILMENT_SHIPMENT_CREATE)
def tracking(request: HttpRequest, actor: Actor, shipment_id: int) -> HttpResponse:
    shipment = shipment_detail(actor, shipment_id)
    initial = {
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "version": shipment.version,
    }

    def act(data: dict[str, Any]) -> None:
        set_tracking(shipment_id=shipment_id, **data, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        TrackingForm(request.POST or None, initial=initial),
        template="shipments/tracking.html",
        act=act,
        done=_("Saved."),
        to=reverse("order-detail", args=[shipment.order_id]),
        context={"shipment": shipment, "carriers": CARRIERS},
    )
