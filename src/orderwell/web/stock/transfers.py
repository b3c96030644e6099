"""Goods on the way from one warehouse to another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.drafts import ArrivalDraft, TransferDraft, TransferLineDraft
from orderwell.domains.inventory.models import Transfer
from orderwell.domains.inventory.queries import stock, transfers
from orderwell.domains.inventory.services.transfer_stock import (
    cancel_transfer,
    create_transfer,
    dispatch_transfer,
    receive_transfer,
)
from orderwell.kernel.clock import day_bounds, utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.timeline import timeline
from orderwell.web.orders.forms import Countable
from orderwell.web.pages import form_page, page
from orderwell.web.stock.forms import ArrivalForm, TransferForm
from orderwell.web.templatetags.orderwell import localname, quantity

ZERO = Decimal(0)


def _one(actor: Actor, transfer_id: int) -> Transfer:
    found = transfers(actor).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound(kind="transfer", reference=transfer_id)
    return found


@page(Permission.INVENTORY_STOCK_VIEW)
def transfer_page(request: HttpRequest, actor: Actor, transfer_id: int) -> HttpResponse:
    context = {
        "transfer": _one(actor, transfer_id),
        "timeline": timeline(stream(f"transfer:{transfer_id}")),
    }
    return render(request, "stock/transfer.html", context)


@form_page(Permission.INVENTORY_STOCK_TRANSFER)
def new_transfer(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = TransferForm(request.POST or None, warehouses=visible_warehouses(actor), actor=actor)
    zone = ZoneInfo(settings.TIME_ZONE)

    def act(data: dict[str, Any]) -> None:
        day = data["expected_on"]
        draft = TransferDraft(
            origin=data["origin"],
            destination=data["destination"],
            lines=tuple(TransferLineDraft(sku=line.sku, quantity=line.quantity) for line in data["lines"]),
            expected_at=day_bounds(day, zone)[1] - timedelta(seconds=1) if day else None,
            note=data["note"],
        )
        create_transfer(draft, actor=actor, now=utc_now())
        form.told = _not_there(actor, draft)

    return perform(
        request,
        actor,
        form,
        template="stock/transfer_new.html",
        act=act,
        done=_("The transfer is planned."),
        to=reverse("transfer-list"),
    )


def _not_there(actor: Actor, draft: TransferDraft) -> list[str]:
    """What the warehouse doesn't have free of what is planned: it may come until the goods leave."""
    wanted = {line.sku: line.quantity for line in draft.lines}
    rows = stock(actor).filter(warehouse__code=draft.origin, variant__sku__in=list(wanted))
    free = {row.variant.sku: row.on_hand - row.reserved for row in rows}
    place = next((localname(row) for row in visible_warehouses(actor) if row.code == draft.origin), draft.origin)
    text = _(
        "%(sku)s: %(wanted)s are planned, %(free)s are free in %(warehouse)s now. The rest must come before they leave."
    )
    return [
        text
        % {"sku": sku, "wanted": quantity(count), "free": quantity(max(free.get(sku, ZERO), ZERO)), "warehouse": place}
        for sku, count in wanted.items()
        if free.get(sku, ZERO) < count
    ]


def _step(request: HttpRequest, actor: Actor, transfer_id: int, step: str, act: Callable[..., object]) -> HttpResponse:
    found = _one(actor, transfer_id)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="stock/transfer_step.html",
        act=lambda data: act(transfer_id=transfer_id, actor=actor, now=utc_now()),
        done=_("Saved."),
        to=reverse("transfer-detail", args=[transfer_id]),
        context={"transfer": found, "step": step, "danger": step == "cancel"},
    )


@form_page(Permission.INVENTORY_STOCK_TRANSFER)
def dispatch(request: HttpRequest, actor: Actor, transfer_id: int) -> HttpResponse:
    return _step(request, actor, transfer_id, "dispatch", dispatch_transfer)


@form_page(Permission.INVENTORY_STOCK_TRANSFER)
def cancel(request: HttpRequest, actor: Actor, transfer_id: int) -> HttpResponse:
    return _step(request, actor, transfer_id, "cancel", cancel_transfer)


@form_page(Permission.INVENTORY_STOCK_TRANSFER)
def receive(request: HttpRequest, actor: Actor, transfer_id: int) -> HttpResponse:
    found = _one(actor, transfer_id)
    on_the_way = {line.pk: line.quantity - line.quantity_received - line.quantity_lost for line in found.lines.all()}
    lines = [
        Countable(line.pk, localname(line.variant), line.variant.sku, on_the_way[line.pk], on_the_way[line.pk])
        for line in found.lines.all()
        if on_the_way[line.pk]
    ]
    form = ArrivalForm(request.POST or None, lines=lines)

    def act(data: dict[str, Any]) -> None:
        counted = form.counted()
        arrivals = []
        for line in lines:
            received = counted.get(line.pk, line.most * 0)
            lost = line.most - received if data["rest_is_lost"] else line.most * 0
            if received or lost:
                arrivals.append(ArrivalDraft(line=line.pk, received=received, lost=lost))
        receive_transfer(transfer_id=transfer_id, arrivals=arrivals, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="stock/transfer_receive.html",
        act=act,
        done=_("The arrival is recorded."),
        to=reverse("transfer-detail", args=[transfer_id]),
        context={"transfer": found},
    )
