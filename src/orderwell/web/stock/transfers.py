"""Goods on the way from one warehouse to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.inventory.choices import every_warehouse, visible_warehouses
from orderwell.domains.inventory.drafts import ArrivalDraft, TransferDraft, TransferLineDraft
from orderwell.domains.inventory.models import Transfer, Warehouse
from orderwell.domains.inventory.queries import stock, transfers
from orderwell.domains.inventory.services.transfer_stock import (
    cancel_transfer,
    change_transfer,
    create_transfer,
    dispatch_transfer,
    receive_transfer,
)
from orderwell.kernel.clock import business_day, utc_now
from orderwell.kernel.errors import NotFound
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform
from orderwell.web.components.forms import end_of_day
from orderwell.web.components.timeline import timeline
from orderwell.web.orders.forms import Countable
from orderwell.web.pages import form_page, page
from orderwell.web.stock.forms import ArrivalForm, ReplanForm, StepForm, TransferForm
from orderwell.web.templatetags.orderwell import localname, quantity

ZERO = Decimal(0)


def _one(actor: Actor, transfer_id: int) -> Transfer:
    found = transfers(actor).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound(kind="transfer", reference=transfer_id)
    return found


@page(Permission.INVENTORY_STOCK_VIEW)
def transfer_page(request: HttpRequest, actor: Actor, transfer_id: int) -> HttpResponse:
    transfer, mine = _one(actor, transfer_id), actor.warehouse_ids
    may = actor.may(Permission.INVENTORY_STOCK_TRANSFER)
    here = mine is None or transfer.origin_id in mine
    there = mine is None or transfer.destination_id in mine
    lines = list(transfer.lines.all())
    wanted = {line.variant.sku: line.quantity for line in lines} if transfer.state == "draft" and here else {}
    free = _free(actor, transfer.origin.code, wanted)
    context = {
        "transfer": transfer,
        "lines": [(line, free.get(line.variant.sku), _lacks(line.variant.sku, wanted, free)) for line in lines],
        "tells_free": bool(wanted),
        "lacking": sum(_lacks(sku, wanted, free) for sku in wanted),
        "may_send": may and here and transfer.state == "draft",
        "may_receive": may and there and transfer.state == "dispatched",
        "timeline": timeline(stream(f"transfer:{transfer_id}")),
    }
    return render(request, "stock/transfer.html", context)


def _free(actor: Actor, origin: str, wanted: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What of these SKUs may leave the warehouse now."""
    if not wanted:
        return {}
    rows = stock(actor).filter(warehouse__code=origin, variant__sku__in=list(wanted))
    found = {row.variant.sku: max(row.on_hand - row.reserved, ZERO) for row in rows}
    return {sku: found.get(sku, ZERO) for sku in wanted}


def _lacks(sku: str, wanted: Mapping[str, Decimal], free: Mapping[str, Decimal]) -> bool:
    return sku in wanted and free[sku] < wanted[sku]


@form_page(Permission.INVENTORY_STOCK_TRANSFER)
def new_transfer(request: HttpRequest, actor: Actor) -> HttpResponse:
    origins, destinations = _ends(actor)
    form = TransferForm(request.POST or None, origins=origins, destinations=destinations, actor=actor)

    def act(data: dict[str, Any]) -> None:
        draft = _draft(data)
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


@form_page(Permission.INVENTORY_STOCK_TRANSFER)
def change(request: HttpRequest, actor: Actor, transfer_id: int) -> HttpResponse:
    """What a transfer that has not left says."""
    found = _one(actor, transfer_id)
    origins, destinations = _ends(actor, found)
    stored = {
        "origin": found.origin.code,
        "destination": found.destination.code,
        "expected_on": _day(found.expected_at),
        "lines": "\n".join(f"{line.variant.sku}\t{plain(line.quantity)}" for line in found.lines.all()),
        "note": found.note,
    }
    form = ReplanForm(
        request.POST or None,
        origins=origins,
        destinations=destinations,
        actor=actor,
        stored=stored,
        version=found.version,
    )

    def act(data: dict[str, Any]) -> None:
        draft = _draft(data, found)
        change_transfer(transfer_id=transfer_id, draft=draft, version=found.version, actor=actor, now=utc_now())
        form.told = _not_there(actor, draft)

    return perform(
        request,
        actor,
        form,
        template="stock/transfer_change.html",
        act=act,
        done=_("The transfer is changed."),
        to=reverse("transfer-detail", args=[transfer_id]),
        context={"transfer": found},
    )


def _ends(actor: Actor, transfer: Transfer | None = None) -> tuple[list[Warehouse], list[Warehouse]]:
    """Where goods can leave from and go to: from the actor's own warehouses to any. What is chosen already stays."""
    kept = {transfer.origin_id, transfer.destination_id} if transfer else set()
    known = [row for row in every_warehouse() if row.active or row.pk in kept]
    own = {row.pk for row in visible_warehouses(actor, active_only=False)}
    return [row for row in known if row.pk in own], known


def _draft(data: dict[str, Any], stored: Transfer | None = None) -> TransferDraft:
    day = data["expected_on"]
    moment = end_of_day(day)
    if stored and day == _day(stored.expected_at):
        # The moment of a day that stays the same stays too: it may have come over the API with an hour.
        moment = stored.expected_at
    return TransferDraft(
        origin=data["origin"],
        destination=data["destination"],
        lines=tuple(TransferLineDraft(sku=line.sku, quantity=line.quantity) for line in data["lines"]),
        expected_at=moment,
        note=data["note"],
    )


def _day(moment: datetime | None) -> date | None:
    return business_day(moment, ZoneInfo(settings.TIME_ZONE)) if moment else None


def _not_there(actor: Actor, draft: TransferDraft) -> list[str]:
    """What the warehouse doesn't have free of what is planned: it may come until the goods leave."""
    wanted = {line.sku: line.quantity for line in draft.lines}
    free = _free(actor, draft.origin, wanted)
    place = next((localname(row) for row in visible_warehouses(actor) if row.code == draft.origin), draft.origin)
    text = _(
        "%(sku)s: %(wanted)s are planned, %(free)s are free in %(warehouse)s now. The rest must come before they leave."
    )
    return [
        text % {"sku": sku, "wanted": quantity(count), "free": quantity(free[sku]), "warehouse": place}
        for sku, count in wanted.items()
        if _lacks(sku, wanted, free)
    ]


def _step(request: HttpRequest, actor: Actor, transfer_id: int, step: str, act: Callable[..., object]) -> HttpResponse:
    found = _one(actor, transfer_id)

    def take(data: dict[str, Any]) -> None:
        # What has left, or was given up, is told better by the step itself.
        seen = data["version"] if found.state == "draft" else None
        act(transfer_id=transfer_id, version=seen, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        StepForm(request.POST or None, current=found.version),
        template="stock/transfer_step.html",
        act=take,
        done=_("The goods are on their way.") if step == "dispatch" else _("The transfer is given up."),
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
        if on_the_way[line.pk] and found.state == "dispatched"
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
