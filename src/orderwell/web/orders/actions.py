"""What can be done with an order: a form each, one service call each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.automation.services.call_off import cancel_and_credit, charges_that_go_along, units_to_cancel
from orderwell.domains.billing.overview import money_of
from orderwell.domains.orders.outcomes import Placed, Refused
from orderwell.domains.orders.overview import OrderOverview, order_overview
from orderwell.domains.orders.services.hold import place_hold, release_hold
from orderwell.domains.orders.services.note import add_attachment, add_note
from orderwell.domains.orders.services.quote import confirm_quote
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Refusal
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.web.cases.mentioning import with_told
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.attaching import attach_file
from orderwell.web.components.toasts import undo
from orderwell.web.orders.forms import CancelForm, Countable, HoldForm, NoteForm, ReasonForm
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import line_name, money_text

ZERO = Decimal(0)


def page_of(order_id: int) -> str:
    return reverse("order-detail", args=[order_id])


@form_page(Permission.ORDERS_HOLD_PLACE)
def hold(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    order = order_overview(actor, order_id).order
    return perform(
        request,
        actor,
        HoldForm(request.POST or None),
        template="orders/hold.html",
        act=lambda data: place_hold(order_id=order_id, **data, actor=actor, now=utc_now()),
        done=_("Order %(number)s is on hold.") % {"number": order.number},
        to=page_of(order_id),
        context={"order": order},
        undo=lambda made: undo("hold-placed", hold_id=made.pk),
    )


@form_page(Permission.ORDERS_HOLD_RELEASE)
def release(request: HttpRequest, actor: Actor, order_id: int, hold_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    held = next((item for item in found.holds if item.pk == hold_id), None)
    return perform(
        request,
        actor,
        ReasonForm(request.POST or None),
        template="orders/release.html",
        act=lambda data: release_hold(hold_id=hold_id, **data, actor=actor, now=utc_now()),
        done=_("The hold on order %(number)s was released.") % {"number": found.order.number},
        to=page_of(order_id),
        context={"order": found.order, "hold": held},
        undo=lambda made: undo("hold-released", order_id=order_id, kind=made.kind, reason=made.reason),
    )


@form_page(Permission.ORDERS_ORDER_VIEW)
def note(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    order = order_overview(actor, order_id).order
    return perform(
        request,
        actor,
        NoteForm(request.POST or None),
        template="orders/note.html",
        act=lambda data: add_note(order_id=order_id, **data, actor=actor, now=utc_now()),
        done=with_told(_("Note added."), request.POST.get("body", ""), stream=f"order:{order_id}", actor=actor),
        to=page_of(order_id),
        context={"order": order},
    )


@form_page(Permission.ORDERS_ORDER_CHANGE)
def attach(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    order = order_overview(actor, order_id).order
    keep = partial(add_attachment, order_id=order_id)
    return attach_file(request, actor, keep, beside=order.number, to=page_of(order_id))


@form_page(Permission.ORDERS_ORDER_CANCEL)
def cancel(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    open_lines = [view for view in found.lines if view.cancellable]
    mine = units_to_cancel([view.line for view in open_lines], actor=actor)
    along = (
        charges_that_go_along([view.line for view in found.lines], actor=actor)
        if any(mine[view.line.pk] for view in found.goods if view.cancellable)
        else {}
    )
    lines = [
        Countable(
            view.line.pk,
            line_name(view.line),
            view.line.sku,
            most,
            # A charge that goes along with the last goods is asked about on its own.
            ZERO if view.line.pk in along else most,
            _kept(view.cancellable - most),
        )
        for view in open_lines
        if (most := mine[view.line.pk])
    ]
    # Of an invoiced charge alone nobody need be told: it goes with the last of the goods.
    withheld = any(mine[view.line.pk] < view.cancellable for view in found.goods if view.cancellable)
    form = CancelForm(request.POST or None, lines=lines, charges=_told(found, along))
    return perform(
        request,
        actor,
        form,
        template="orders/cancel.html",
        act=lambda data: cancel_and_credit(
            order_id=order_id,
            lines=form.counted(),
            reason=data["reason"],
            charges=bool(data.get("charges")),
            actor=actor,
            now=utc_now(),
        ),
        done=_("Cancelled."),
        to=page_of(order_id),
        context={
            "order": found.order,
            "may_credit": actor.may(Permission.BILLING_CREDIT_NOTE_CREATE),
            "invoices": money_of(actor, order_id).invoices if withheld else [],
            "withheld": withheld,
            "danger": True,
        },
    )


def _told(found: OrderOverview, charges: Mapping[int, Decimal]) -> str:
    """The charges that fall away with the last goods, each with its amount."""
    order = found.order
    return listed(
        f"{line_name(view.line)} {money_text(view.line.gross_amount, order.currency)}"
        for view in found.lines
        if view.line.pk in charges
    )


def _kept(units: Decimal) -> str:
    """Beside a line of which not everything can be cancelled by this person."""
    return _("%(count)s more are invoiced") % {"count": plain(units)} if units else ""


@form_page(Permission.ORDERS_ORDER_PLACE)
def confirm(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    order = order_overview(actor, order_id).order

    def act(data: dict[str, Any]) -> None:
        outcome = confirm_quote(order_id=order_id, actor=actor, now=utc_now())
        if isinstance(outcome, Refused):
            raise Refusal(outcome.errors)
        if isinstance(outcome, Placed):
            messages.success(request, _("Order %(number)s was placed.") % {"number": outcome.number})

    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="orders/confirm.html",
        act=act,
        done=_("The quote is confirmed."),
        to=page_of(order_id),
        context={"order": order},
    )
