"""A new case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import CaseForm
from orderwell.web.components.actions import perform
from orderwell.web.components.forms import end_of_day
from orderwell.web.pages import form_page


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
