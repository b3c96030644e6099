"""The inbox of cases, and a new case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.cases.queries import CaseFilters, case_list, inbox_counts
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.cases.states import CASE
from orderwell.kernel.clock import day_bounds, utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import KINDS, CaseForm
from orderwell.web.components.actions import perform
from orderwell.web.components.listing import capped, cursor, listing, one_of
from orderwell.web.components.words import choices
from orderwell.web.pages import form_page, page

BOXES = ("mine", "unassigned", "all")


@page(Permission.CASES_CASE_VIEW)
def case_list_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    box = one_of(request.GET.get("box", ""), BOXES) or "all"
    state = one_of(request.GET.get("state", ""), (*sorted(CASE.states), "any"))
    filters = CaseFilters(
        box="" if box == "all" else box,
        kind=one_of(request.GET.get("kind", ""), KINDS),
        # Closed ones are seen by those who ask for them.
        state="" if state == "any" else state or "any_open",
        text=request.GET.get("q", "")[:80],
    )
    titles = {"mine": _("Mine"), "unassigned": _("Nobody's"), "all": _("All")}
    counts = {name: capped(count) for name, count in inbox_counts(actor).items()}
    return render(
        request,
        "cases/list.html",
        {
            "listing": listing(request, case_list(actor, filters, cursor=cursor(request))),
            "tabs": [
                {"key": name, "title": titles[name], "count": counts[name], "active": box == name} for name in BOXES
            ],
            "box": box,
            "kinds": choices("case_kind"),
            "states": [*choices("case"), ("any", _("Closed ones as well"))],
            "filtered": bool(filters.kind or state or filters.text),
            "now": utc_now(),
        },
    )


@form_page(Permission.CASES_CASE_CHANGE)
def new_case(request: HttpRequest, actor: Actor) -> HttpResponse:
    """About the order or the customer named in the address, or neither."""
    order_id, customer_id = (_key(request.GET.get(name, "")) for name in ("order", "customer"))
    to = reverse("case-list")
    if order_id and actor.may(Permission.ORDERS_ORDER_VIEW):
        to = reverse("order-detail", args=[order_id])
    elif customer_id and actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        to = reverse("customer-detail", args=[customer_id])

    def act(data: dict[str, Any]) -> None:
        due_on = data.pop("due_on")
        draft = CaseDraft(**data, order_id=order_id, customer_id=customer_id, due_at=end_of_day(due_on))
        open_case(draft=draft, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        CaseForm(request.POST or None, initial={"direction": "in"}),
        template="cases/new.html",
        act=act,
        done=_("The case is open."),
        to=to,
    )


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text[:18]) > 0 and len(text) <= 18 else None


def end_of_day(day: Any) -> Any:
    """The last second of a business day, or nothing."""
    return day_bounds(day, ZoneInfo(settings.TIME_ZONE))[1] - timedelta(seconds=1) if day else None
