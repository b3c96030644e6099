"""What is to be shipped, and what was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.billing.queries import credit_notes_of
from orderwell.domains.fulfilment.queries import return_detail, shipment_detail
from orderwell.domains.fulfilment.services.track import deliver, set_tracking
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.billing.crediting import total_unbilled
from orderwell.web.billing.undoing import MISTAKE, UndoForm
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.toasts import undoes
from orderwell.web.orders.cash_forms import CARRIERS, TrackingForm
from orderwell.web.orders.steps import undoable
from orderwell.web.pages import back_to, form_page, page

STATES = ("shipped", "delivered")


@page(Permission.FULFILMENT_RETURN_VIEW)
def return_page(request: HttpRequest, actor: Actor, return_id: int) -> HttpResponse:
    """What came back, line by line, and where it went."""
    found = return_detail(actor, return_id)
    context = {
        "found": found,
        "lines": list(found.lines.all()),
        "awaits_credit": bool(awaiting_credit([found])),
        "credit_notes": (notes := credit_notes_of(actor, f"return:{return_id}")),
        "undoable": undoable(found, notes),
        "unbilled": total_unbilled(found),
    }
    return render(request, "shipments/return.html", context)


@undoes("return-recorded")
def take_return_back(actor: Actor, now: datetime, *, return_id: int) -> str:
    undo_return(return_id=return_id, reason=str(MISTAKE), actor=actor, now=now)
    return _("The return is undone.")


@form_page(Permission.FULFILMENT_RETURN_CREATE)
def undo(request: HttpRequest, actor: Actor, return_id: int) -> HttpResponse:
    """Take a return back that was booked by mistake."""
    found = return_detail(actor, return_id)
    given = request.POST.get("next") or request.GET.get("next")

    def act(data: dict[str, Any]) -> None:
        undo_return(return_id=return_id, reason=data["reason"], actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        UndoForm(request.POST or None, initial={"next": request.GET.get("next", "")}),
        template="shipments/undo_return.html",
        act=act,
        done=_("The return is undone."),
        to=back_to(request) if given else reverse("return-detail", args=[return_id]),
        context={"found": found, "lines": list(found.lines.all())},
    )


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
    stored = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}

    def act(data: dict[str, Any]) -> None:
        set_tracking(shipment_id=shipment_id, **data, version=shipment.version, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        TrackingForm(request.POST or None, stored=stored, version=shipment.version),
        template="shipments/tracking.html",
        act=act,
        done=_("Saved."),
        to=reverse("order-detail", args=[shipment.order_id]),
        context={"shipment": shipment, "carriers": CARRIERS},
    )
