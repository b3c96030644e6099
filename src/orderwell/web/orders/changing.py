"""Changing a placed order: type, see the difference, confirm; undo while it is possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.orders.changing import changes_after, changes_of
from orderwell.domains.orders.difference import Difference
from orderwell.domains.orders.errors import DifferenceChanged
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.overview import OrderOverview, order_overview
from orderwell.domains.orders.services.change import amend_order, preview_change
from orderwell.domains.orders.services.undo import preview_undo, undo_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.platform.wording import sentences
from orderwell.web.components.actions import ActionForm, new_token, perform, perform_once
from orderwell.web.components.drafts import finish
from orderwell.web.components.toasts import tell, undoes
from orderwell.web.components.toasts import undo as toast_undo
from orderwell.web.orders.change_forms import (
    OrderChangeForm,
    Typed,
    before_of,
    change_from,
    errors_as_json,
    is_empty,
    line_conflicts,
    place_errors,
    read_rows,
    rows_of,
    stored_values,
)
from orderwell.web.orders.kept_changes import (
    CHANGE,
    OfferedChange,
    content_of_change,
    keep_refused,
    kind_of,
    offered_over,
    overtaken_by,
    resumed_over,
    to_newest,
)
from orderwell.web.orders.overtaken import cancelled, typed_as_order
from orderwell.web.pages import action, form_page, go


def page_of(order_id: int) -> str:
    return reverse("order-detail", args=[order_id])


@form_page(Permission.ORDERS_ORDER_CHANGE)
def change(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    if found.order.state not in (Order.State.PLACED, Order.State.COMPLETED) or found.order.history:
        return _too_late(request, actor, found)
    if request.method != "POST":
        return _opened(request, actor, found)
    form, typed = _read(request.POST, found, actor)
    wanted = change_from(form, typed, found) if form.is_valid() else None
    if wanted is None or typed.wrong:
        return change_page(request, actor, found, form, typed)
    if is_empty(wanted):
        finish(request, actor, kind_of(CHANGE, order_id))
        messages.info(request, _("Nothing was different, so nothing was changed."))
        return go(request, page_of(order_id))
    try:
        shown = _show_or_make(request, actor, found, form, wanted)
    except (NotFound, PermissionDenied):
        raise
    except StaleVersion:
        form.add_error(None, _("Somebody was faster by a moment. Look at the difference and send it again."))
    except DomainError as error:
        place_errors(form, typed, error)
    else:
        if shown is not None:
            return change_page(request, actor, found, form, typed, shown)
        finish(request, actor, kind_of(CHANGE, order_id))
        last = changes_of(actor, order_id)[0].number
        text = _("Order %(number)s was changed.") % {"number": found.order.number}
        tell(request, text, undo=toast_undo("order-changed", order_id=order_id, number=last))
        return go(request, page_of(order_id))
    return change_page(request, actor, found, form, typed)


def _opened(request: HttpRequest, actor: Actor, found: OrderOverview) -> HttpResponse:
    """The form as the order stands, with what this person typed over it before to go on with; or just that."""
    again = resumed_over(request, CHANGE, found.order, actor)
    if again is None:
        form, typed = _form(None, found, actor), Typed(rows_of(found), [])
        return change_page(request, actor, found, form, typed, drafts=offered_over(CHANGE, found.order, actor))
    form, typed = _read(again.data, found, actor)
    said = [overtaken_by(found.order)] if again.overtaken else []
    return change_page(request, actor, found, form, typed, carried=True, draft=again.draft, said=said)


def _too_late(request: HttpRequest, actor: Actor, found: OrderOverview) -> HttpResponse:
    order = found.order
    if order.state == Order.State.CANCELLED:
        again = None if request.method == "POST" else resumed_over(request, CHANGE, order, actor)
        data = again.data if again else request.POST
        if data:
            form, key = _form(data, found, actor), again.draft["key"] if again else ""
            answer = cancelled(request, actor, order, form, *typed_as_order(found, data), key=key)
            if not again and actor.may(Permission.ORDERS_ORDER_PLACE):  # it is an unfinished new order now
                finish(request, actor, kind_of(CHANGE, order.pk))
            return answer
        if newest := to_newest(CHANGE, order, actor):
            return newest
    messages.error(request, _("Order %(number)s can't be changed any more.") % {"number": order.number})
    return go(request, page_of(order.pk))


def _show_or_make(
    request: HttpRequest, actor: Actor, found: OrderOverview, form: OrderChangeForm, wanted: Any
) -> Difference | None:
    """Make the change that was seen and agreed to; the difference, where it was not seen yet or is another now."""
    order, seen = found.order, request.POST.get("seen", "")[:64]
    shared: dict[str, Any] = {"order_id": order.pk, "change": wanted, "version": order.version, "actor": actor}
    if not seen:
        return preview_change(**shared, now=utc_now())
    try:
        perform_once(request, actor, form, lambda data: amend_order(**shared, agreed=seen, now=utc_now()))
    except DifferenceChanged as error:
        form.refuse(error)
        return preview_change(**shared, now=utc_now())
    return None


@undoes("order-changed")
def take_change_back(actor: Actor, now: datetime, *, order_id: int, number: int) -> str:
    undo_change(order_id=order_id, number=number, actor=actor, now=now)
    return _("Change %(change)s was undone.") % {"change": number}


@action(Permission.ORDERS_ORDER_CHANGE)
def preview(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    """The difference of what is typed so far, as a part of the page."""
    found = order_overview(actor, order_id, with_stock=False)
    form, typed = _read(request.POST, found, actor)
    context: dict[str, Any] = {"order": found.order, "live": True}
    if form.is_valid():
        wanted = change_from(form, typed, found)
        if not typed.wrong and not is_empty(wanted):
            try:
                context["difference"] = preview_change(
                    order_id=order_id, change=wanted, version=found.order.version, actor=actor, now=utc_now()
                )
            except (NotFound, PermissionDenied):
                raise
            except DomainError as error:
                place_errors(form, typed, error)
    context["errors"] = errors_as_json(form, typed)
    context["general"] = form.non_field_errors() if form.is_bound else []
    context["wrong"] = typed.wrong or bool(form.errors)
    return render(request, "orders/change_difference.html", context)


def _read(data: QueryDict, found: OrderOverview, actor: Actor) -> tuple[OrderChangeForm, Typed]:
    given = data.get("version", "")
    version = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else found.order.version
    later = changes_after(found.order, version) if version < found.order.version else []
    who = later[-1].actor_label if later else ""
    form = _form(data, found, actor, who)
    return form, read_rows(found, data, before_of(later), who)


def _form(data: Any, found: OrderOverview, actor: Actor, who: str = "") -> OrderChangeForm:
    return OrderChangeForm(
        data,
        stored=stored_values(found),
        version=found.order.version,
        changed_by=who,
        may_price=actor.may(Permission.ORDERS_PRICE_OVERRIDE),
        personal=actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW) or not found.order.ship_to,
    )


def change_page(
    request: HttpRequest,
    actor: Actor,
    found: OrderOverview,
    form: OrderChangeForm,
    typed: Typed,
    difference: Difference | None = None,
    *,
    carried: bool = False,
    draft: dict[str, Any] | None = None,
    drafts: Sequence[OfferedChange] = (),
    said: Sequence[str] = (),
) -> HttpResponse:
    """`carried`: what stands in the form was typed elsewhere, so its difference is asked for at once."""
    if request.method == "POST":
        content = content_of_change(form.sent if carried else request.POST)
        draft = keep_refused(request, CHANGE, found.order, actor, content)
    wrong = bool(form.is_bound and form.errors) or typed.wrong
    if form.is_bound and (wrong or difference is not None):
        # What is corrected or confirmed is a new request; the old token would give the old answer.
        form.renew()
    context = {
        "order": found.order,
        "found": found,
        "form": form,
        "rows": typed.rows,
        "added": typed.added,
        "said": [*said, *form.said, *dict.fromkeys(typed.said)],
        "conflicts": [*(form.merged.conflicts if form.merged else ()), *line_conflicts(typed)],
        "difference": difference,
        # Sent before its difference had come: it looks as it did, so it says that it is not done yet.
        "unsaved": difference is not None,
        "carried": carried,
        "draft": draft or {"key": new_token(), "version": 0},
        "drafts": drafts,
        "begun": form.is_bound,
        "may_price": actor.may(Permission.ORDERS_PRICE_OVERRIDE),
        "address_open": any(name.startswith("ship_") for name in form.errors) if form.is_bound else False,
    }
    status = 422 if wrong and request.method == "POST" else 200
    return render(request, "orders/change.html", context, status=status)


@form_page(Permission.ORDERS_ORDER_CHANGE)
def undo(request: HttpRequest, actor: Actor, order_id: int, number: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    amendment = next((row for row in changes_of(actor, order_id) if row.number == number), None)
    if amendment is None:
        raise NotFound(kind="change", reference=str(number))
    difference, problem = None, []
    if request.method != "POST":
        try:
            difference = preview_undo(order_id=order_id, number=number, actor=actor, now=utc_now())
        except (NotFound, PermissionDenied):
            raise
        except DomainError as error:
            problem = sentences(error)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="orders/undo.html",
        act=lambda data: undo_change(order_id=order_id, number=number, actor=actor, now=utc_now()),
        done=_("Change %(change)s of order %(number)s was undone.") % {"change": number, "number": found.order.number},
        to=page_of(order_id),
        context={
            "order": found.order,
            "amendment": amendment,
            "difference": difference,
            "problem": problem,
        },
    )
