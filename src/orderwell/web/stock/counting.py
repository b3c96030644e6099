"""Stock counts: open, write down what is there, look at the differences, post."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.catalog.choices import category_choices
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.counts import SHOWS, count_detail, count_lines, count_list, count_sums
from orderwell.domains.inventory.drafts import CountDraft, CountEntry
from orderwell.domains.inventory.models import StockCount
from orderwell.domains.inventory.services.count_stock import cancel_count, enter_counts, open_count
from orderwell.domains.orders.services.displace import settle_count
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.listing import ROWS, cursor, listing, one_of
from orderwell.web.components.refusals import address_of_form
from orderwell.web.components.timeline import timeline
from orderwell.web.components.words import choices
from orderwell.web.pages import form_page, page
from orderwell.web.stock.count_forms import CountLineForm, EntryForm, NewCountForm
from orderwell.web.stock.displacing import DisplacingForm
from orderwell.web.stock.lines import known_code, matched_codes
from orderwell.web.templatetags.orderwell import localname

ADJUST = Permission.INVENTORY_STOCK_ADJUST
STATES = ("open", "posted", "cancelled")
SHOW_WORDS = {
    "": gettext_lazy("All lines"),
    "open": gettext_lazy("Not counted yet"),
    "counted": gettext_lazy("Counted"),
    "different": gettext_lazy("Different"),
    "disturbed": gettext_lazy("Count again"),
}


@page(Permission.INVENTORY_STOCK_VIEW)
def counts_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    state = one_of(request.GET.get("state", ""), STATES)
    found = count_list(actor, state=state, cursor=cursor(request), limit=ROWS)
    context = {"listing": listing(request, found), "states": choices("count", *STATES), "filtered": bool(state)}
    return render(request, "stock/counts.html", context)


@form_page(ADJUST)
def new_count(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = NewCountForm(
        request.POST or None,
        warehouses=[(row.code, localname(row)) for row in visible_warehouses(actor)],
        categories=[(row.code, path) for row, path in category_choices()],
    )

    def act(data: dict[str, Any]) -> StockCount:
        skus = tuple(matched_codes(actor, data["skus"].splitlines()))
        draft = CountDraft(
            warehouse=data["warehouse"],
            category=data["category"],
            skus=skus,
            blind=data["blind"],
            note=data["note"],
        )
        return open_count(draft, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="stock/count_new.html",
        act=act,
        done=_("The count is open."),
        to=lambda made: reverse("count-list") if made is None else reverse("count-detail", args=[made.pk]),
    )


@form_page(Permission.INVENTORY_STOCK_VIEW)
def count_page(request: HttpRequest, actor: Actor, count_id: int) -> HttpResponse:
    """What is counted so far, and the line to type or scan the next thing into."""
    count = count_detail(actor, count_id)
    form = EntryForm(request.POST or None, initial={"add": True})
    if request.method == "POST":
        if not actor.may(ADJUST):
            raise PermissionDenied(actor=actor.label, permission=str(ADJUST))
        if form.is_valid() and _enter(request, actor, count_id, form):
            return HttpResponseRedirect(address_of_form(request))
    hidden = count.blind and count.state == "open"
    allowed = [name for name in SHOWS if not (hidden and name == "different")]
    show = one_of(request.GET.get("show", ""), allowed)
    sums = count_sums(actor, count)
    numbers = {"": sums.lines, "open": sums.lines - sums.counted, "counted": sums.counted}
    numbers |= {"different": sums.different, "disturbed": sums.disturbed}
    context = {
        "count": count,
        "form": form,
        "sums": sums,
        "hidden": hidden,
        "show": show,
        "tabs": [(name, SHOW_WORDS[name], numbers[name]) for name in allowed],
        "listing": listing(request, count_lines(actor, count, show=show, cursor=cursor(request), limit=ROWS)),
        "timeline": timeline(stream(f"count:{count_id}")),
    }
    return render(request, "stock/count.html", context, status=422 if form.errors else 200)


def _enter(request: HttpRequest, actor: Actor, count_id: int, form: EntryForm) -> bool:
    """Write one thing down; a form that was sent twice counts once."""
    data = form.cleaned_data
    entry = CountEntry(code=known_code(actor, data["code"].strip()), quantity=data["quantity"], add=data["add"])
    shown_at = data["opened"]
    try:
        form.once(
            request,
            actor,
            lambda: enter_counts(count_id=count_id, entries=[entry], shown_at=shown_at, actor=actor, now=utc_now()),
        )
    except NotFound:
        raise
    except DomainError as error:
        form.refuse(error)
        return False
    said = {"code": entry.code, "quantity": data["quantity"]}
    messages.success(request, _("%(code)s: %(quantity)s written down.") % said)
    return True


@form_page(ADJUST)
def count_line(request: HttpRequest, actor: Actor, count_id: int, line_id: int) -> HttpResponse:
    count = count_detail(actor, count_id)
    line = count.lines.select_related("stock_item__variant").filter(pk=line_id).first()
    if line is None:
        raise NotFound(kind="stock count", reference=f"{count_id}/{line_id}")
    sku = line.stock_item.variant.sku

    def act(data: dict[str, Any]) -> None:
        entry = CountEntry(code=sku, quantity=data["quantity"])
        enter_counts(count_id=count_id, entries=[entry], shown_at=data["opened"], actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        CountLineForm(request.POST or None),
        template="stock/count_line.html",
        act=act,
        done=_("Written down."),
        to=reverse("count-detail", args=[count_id]),
        context={"count": count, "line": line},
    )


@form_page(ADJUST)
def post(request: HttpRequest, actor: Actor, count_id: int) -> HttpResponse:
    count = count_detail(actor, count_id)

    def act(data: dict[str, Any]) -> None:
        seen = data["displace"]
        settle_count(count_id=count_id, displace=bool(seen), agreed=seen, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        DisplacingForm(request.POST or None),
        template="stock/count_post.html",
        act=act,
        done=_("Stock is corrected to what was counted."),
        to=reverse("count-detail", args=[count_id]),
        context={"count": count, "sums": count_sums(actor, count)},
    )


@form_page(ADJUST)
def cancel(request: HttpRequest, actor: Actor, count_id: int) -> HttpResponse:
    count = count_detail(actor, count_id)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="stock/count_cancel.html",
        act=lambda data: cancel_count(count_id=count_id, actor=actor, now=utc_now()),
        done=_("The count is given up."),
        to=reverse("count-list"),
        context={"count": count, "danger": True},
    )
