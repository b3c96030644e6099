"""Parts of other pages: tasks, and the customer's link of an order."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.cases.queries import find_document
from orderwell.domains.cases.services.link import current_link, order_link, revoke_links, token_of
from orderwell.domains.cases.services.tasks import add_task, finish_task
from orderwell.domains.orders.overview import order_overview
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import TaskForm
from orderwell.web.cases.mentioning import with_told
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.forms import end_of_day
from orderwell.web.pages import action, back_to, dialog, form_page, go

PAGES = {"order": "order-detail", "customer": "customer-detail", "case": "case-detail"}


@form_page(Permission.CASES_TASK_CHANGE)
def add(request: HttpRequest, actor: Actor, kind: str, key: int) -> HttpResponse:
    if kind not in PAGES:
        raise NotFound(kind="document", reference=kind[:20])
    stream = f"{kind}:{key}"
    title = find_document(actor, stream)

    def act(data: dict[str, Any]) -> None:
        add_task(
            stream=stream,
            text=data["text"],
            assignee=data["assignee"],
            due_at=end_of_day(data["due_on"]),
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        TaskForm(request.POST or None),
        template="cases/task.html",
        act=act,
        done=with_told(_("Task added."), request.POST.get("text", ""), stream=stream, actor=actor),
        to=reverse(PAGES[kind], args=[key]),
        context={"document": title},
    )


@action()
def done(request: HttpRequest, actor: Actor, task_id: int) -> HttpResponse:
    """Tick off, or with `open` open again; back to the page it was pressed on."""
    finish_task(task_id=task_id, done="open" not in request.POST, actor=actor, now=utc_now())
    return go(request, back_to(request))


@form_page(Permission.CASES_LINK_CREATE)
def link(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    """The link to hand to the customer, with its QR code; made when there is none."""
    order = order_overview(actor, order_id).order
    now = utc_now()
    if request.method == "POST":
        order_link(order_id=order_id, actor=actor, now=now)
    found = current_link(order_id=order_id, actor=actor, now=now)
    context: dict[str, Any] = {"order": order, "form": ActionForm(), "link": found}
    if found is not None:
        address = request.build_absolute_uri(reverse("track-link", args=[token_of(found)]))
        code = segno.make(address, error="m")
        context |= {"address": address, "code": code.svg_data_uri(scale=4, border=2, dark="#000", light="#fff")}
    return dialog(request, "cases/link.html", context)


@action(Permission.CASES_LINK_CREATE)
def revoke(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    revoke_links(order_id=order_id, actor=actor, now=utc_now())
    messages.success(request, _("The link does not work any more."))
    return go(request, reverse("order-detail", args=[order_id]))
