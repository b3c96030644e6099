"""The handheld: one page that the device keeps, the data it takes along, and the address where its actions arrive."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from orderwell.domains.inventory.errors import StockChanged
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.idempotency.services import KeyReused
from orderwell.platform.leftovers.queries import leftover_list, leftovers
from orderwell.platform.leftovers.services import settle
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentences
from orderwell.web.components.actions import perform
from orderwell.web.components.listing import ROWS, cursor, listing, one_of
from orderwell.web.handheld.acting import take
from orderwell.web.handheld.forms import SettleForm
from orderwell.web.handheld.leftover_rows import shown
from orderwell.web.handheld.texts import texts
from orderwell.web.handheld.work import address_of, count_work, look_up, warehouses_of, work
from orderwell.web.pages import action, form_page, page, signed_in

VIEW = Permission.INVENTORY_STOCK_VIEW
FRESH = {"Cache-Control": "no-store"}


@page(VIEW)
def handheld(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Without a word about who looks at it: the device keeps this page, and shows whose work it is itself."""
    return render(request, "handheld/handheld.html", {"texts": texts(), "zone": settings.TIME_ZONE})


@page(VIEW)
def work_of_warehouse(request: HttpRequest, actor: Actor) -> HttpResponse:
    code = request.GET.get("warehouse", "")
    known = warehouses_of(actor)
    if code not in {row["code"] for row in known}:
        code = known[0]["code"] if known else ""
    if not code:
        set_up = reverse("admin-warehouses") if actor.may(Permission.INVENTORY_WAREHOUSE_CHANGE) else ""
        who = {"user": actor.id, "name": actor.label}
        return JsonResponse({**who, "warehouses": [], "tasks": [], "set_up": set_up}, headers=FRESH)
    # The name to sign in with, for when the session is lost; the zone whose clock the office shows this person.
    found = work(actor, code, now=utc_now()) | {
        "username": signed_in(request).username,
        "zone": get_current_timezone_name(),
    }
    return JsonResponse(found, headers=FRESH)


@page(VIEW)
def count_of_warehouse(request: HttpRequest, actor: Actor, count_id: int) -> HttpResponse:
    return JsonResponse(count_work(actor, count_id), headers=FRESH)


@page(Permission.ORDERS_ORDER_VIEW)
def order_to_pack(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    return JsonResponse(address_of(actor, order_id), headers=FRESH)


@page(VIEW)
def find(request: HttpRequest, actor: Actor) -> HttpResponse:
    return JsonResponse(look_up(actor, request.GET.get("code", "")[:120]), headers=FRESH)


@action(VIEW)
def act(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One action of the device's queue. Its answer is final: done, done before, or refused with what to do."""
    try:
        age = timedelta(milliseconds=int(request.headers.get("X-Age", "0")))
    except (ValueError, OverflowError):
        age = timedelta(0)
    try:
        answer = take(request.body, age=age, actor=actor, now=utc_now())
    except StockChanged:
        return JsonResponse({"state": "busy"}, status=503, headers=FRESH)
    except DomainError as error:
        status = 409 if isinstance(error, KeyReused) else 422
        return JsonResponse({"state": "refused", "sentences": sentences(error)}, status=status, headers=FRESH)
    response = HttpResponse(answer.body, content_type="application/json", headers=FRESH)
    response["X-Repeated"] = "yes" if answer.repeated else "no"
    return response


@page(VIEW)
def leftover_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What handhelds were refused, and what was not on the shelf: for whoever looks after the warehouse."""
    state = one_of(request.GET.get("state", ""), ("settled",))
    found = leftover_list(actor, is_open=state != "settled", cursor=cursor(request), limit=ROWS)
    context = {"listing": listing(request, found), "rows": [shown(row) for row in found.rows], "state": state}
    return render(request, "handheld/leftovers.html", context)


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def leftover_settle(request: HttpRequest, actor: Actor, leftover_id: int) -> HttpResponse:
    row = leftovers(actor).filter(pk=leftover_id).first()
    return perform(
        request,
        actor,
        SettleForm(request.POST or None),
        template="handheld/settle.html",
        act=lambda data: settle(leftover_id=leftover_id, note=data["note"], actor=actor, now=utc_now()),
        done=_("Sorted out."),
        to=reverse("leftover-list"),
        context={"row": shown(row) if row else None},
    )
