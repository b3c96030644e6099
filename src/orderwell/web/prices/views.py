"""Price lists: one with its prices and whom it is for, making and copying, and the question what somebody would pay."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.catalog.choices import every_channel, visible_channels
from orderwell.domains.catalog.matching import match_variants
from orderwell.domains.customers.choices import every_group
from orderwell.domains.customers.queries import find_customers
from orderwell.domains.integrations.reading import inspect
from orderwell.domains.integrations.reading import read_rows as read_file
from orderwell.domains.orders.habits import channel_of_entry
from orderwell.domains.orders.price_reasons import reason, said, said_break
from orderwell.domains.prices.models import PriceChange, PriceList
from orderwell.domains.prices.queries import ListDetail, ask_price, entry_page, find_price_list, list_detail, state_of
from orderwell.domains.prices.resolving import price_day
from orderwell.domains.prices.services.copy_list import copy_price_list
from orderwell.domains.prices.services.save_list import archive_price_list, save_price_list
from orderwell.domains.prices.services.set_entries import set_entries
from orderwell.domains.prices.services.undo_change import undo_price_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.events.versions import NEW, version_of
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.web.components.actions import ActionForm, perform, perform_once
from orderwell.web.components.listing import ROWS, cursor, listing
from orderwell.web.components.refusals import address_of_form
from orderwell.web.components.timeline import timeline
from orderwell.web.components.toasts import tell, undo, undoes
from orderwell.web.orders.pasting import most_lines, read_pasted
from orderwell.web.pages import action, form_page, go, page
from orderwell.web.prices import grid
from orderwell.web.prices.forms import AskForm, CopyForm, ListForm, PasteForm, stored_terms
from orderwell.web.prices.words import WHY_NOT
from orderwell.web.templatetags.orderwell import localname

VIEW, CHANGE = Permission.PRICES_PRICE_LIST_VIEW, Permission.PRICES_PRICE_LIST_CHANGE
SPARE_ROWS = 5
# Of a file: enough to say how many rows are too many.
READ_AT_MOST = 100_000


def page_of(list_id: int) -> str:
    return reverse("price-list", args=[list_id])


@form_page(VIEW)
def price_list(request: HttpRequest, actor: Actor, list_id: int) -> HttpResponse:
    """A list; its prices come back here when they are typed over."""
    detail = list_detail(actor, list_id)
    if request.method == "POST":
        actor.require(CHANGE)
        return _save_grid(request, actor, detail)
    return _page(request, actor, detail, None)


def _save_grid(request: HttpRequest, actor: Actor, detail: ListDetail) -> HttpResponse:
    form = ActionForm(request.POST)
    rows = grid.read_rows(request.POST)
    drafts = grid.drafts_of(actor, rows)
    saved, pk = 0, detail.price_list.pk
    if form.is_valid() and drafts:
        saved, change = _set(request, actor, form, pk, drafts)
        if saved and change is not None:
            _tell_saved(request, saved, change)
    elif form.is_valid() and not any(row.errors for row in rows):
        messages.info(request, _("Nothing was different, so nothing was changed."))
    if form.errors or any(row.errors for row in rows):
        wrong = [row for row in rows if row.errors]
        return _page(request, actor, list_detail(actor, pk), wrong, form_errors=form.non_field_errors(), status=422)
    return go(request, address_of_form(request))


def _set(
    request: HttpRequest, actor: Actor, form: ActionForm, pk: int, drafts: list[tuple[grid.GridRow, Any]]
) -> tuple[int, PriceChange | None]:
    """Save, once; refusals go to their rows."""
    try:
        made = perform_once(
            request,
            actor,
            form,
            lambda data: set_entries([draft for _row, draft in drafts], list_id=pk, actor=actor, now=utc_now()),
        )
    except (NotFound, PermissionDenied):
        raise
    except DomainError as error:
        form.refuse(error)
        return 0, None
    if not isinstance(made, tuple):  # the same form for the second time
        return 0, None
    verdicts, change = made
    return grid.place_errors(drafts, verdicts), change


def _tell_saved(request: HttpRequest, saved: int, change: PriceChange) -> None:
    text = ngettext("%(count)s price was saved.", "%(count)s prices were saved.", saved) % {"count": saved}
    promise = undo("price-change", list_id=change.price_list_id, number=change.number)
    tell(request, text, undo=promise)


def _page(
    request: HttpRequest,
    actor: Actor,
    detail: ListDetail,
    wrong: list[grid.GridRow] | None,
    *,
    form_errors: Any = (),
    status: int = 200,
) -> HttpResponse:
    row, text = detail.price_list, request.GET.get("q", "")[:80]
    found = entry_page(actor, row.pk, text=text, cursor=cursor(request), limit=ROWS)
    rows = grid.rows_of(found.rows, row.currency)
    typed = {(item.sku, item.minimum): item for item in wrong or [] if item.stored}
    context = {
        "detail": detail,
        "row": row,
        "state": state_of(row, price_day(utc_now())),
        "listing": listing(request, found),
        "rows": [typed.get((item.sku, item.minimum), item) for item in rows],
        "new_rows": [item for item in wrong or [] if not item.stored]
        + [grid.GridRow() for _number in range(SPARE_ROWS)],
        "form": ActionForm(),
        "form_errors": form_errors,
        "wrong": len(wrong or []),
        "text": text,
        "may_change": actor.may(CHANGE),
        "timeline": timeline(stream(f"price-list:{row.pk}", limit=20)),
    }
    return render(request, "prices/detail.html", context, status=status)


@undoes("price-change")
def take_back(actor: Actor, now: datetime, *, list_id: int, number: int) -> str:
    undo_price_change(list_id=list_id, number=number, actor=actor, now=now)
    return _("Change %(change)s was undone.") % {"change": number}


@action(CHANGE)
def undo_change(request: HttpRequest, actor: Actor, list_id: int, number: int) -> HttpResponse:
    undo_price_change(list_id=list_id, number=number, actor=actor, now=utc_now())
    tell(request, _("Change %(change)s was undone.") % {"change": number})
    return go(request, page_of(list_id))


@form_page(CHANGE)
def new_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _terms(request, actor, None)


@form_page(CHANGE)
def change_list(request: HttpRequest, actor: Actor, list_id: int) -> HttpResponse:
    return _terms(request, actor, list_detail(actor, list_id))


def _terms(request: HttpRequest, actor: Actor, before: ListDetail | None) -> HttpResponse:
    names = {row.customer.number: row.customer.name for row in before.assignments if row.customer} if before else {}
    form = ListForm(
        request.POST or None,
        stored=stored_terms(before) if before else {},
        version=before.price_list.version if before else NEW,
        changed_by=_last_changed_by(before),
        initial={} if before else {"currency": "CNY"},
        channels=[(item.code, localname(item)) for item in every_channel()],
        groups=[(item.code, localname(item)) for item in every_group()],
        customers=names,
    )
    if before is not None:
        form.fields["code"].disabled = True
        form.fields["code"].help_text = ""
        form.fields["currency"].disabled = bool(before.entries)

    def there(saved: PriceList | None) -> PriceList:
        """Sent twice, the second answer is the first one's."""
        return saved or find_price_list(actor, form.cleaned_data["code"])

    return perform(
        request,
        actor,
        form,
        template="prices/form.html",
        act=lambda data: save_price_list(form.draft(), actor=actor, now=utc_now()),
        done=lambda saved: _("Price list %(name)s is saved.") % {"name": localname(there(saved))},
        to=lambda saved: page_of(there(saved).pk),
        context={"row": before.price_list if before else None, "hidden": before.hidden if before else 0},
    )


def _last_changed_by(before: ListDetail | None) -> str:
    return version_of(f"price-list:{before.price_list.pk}").changed_by if before else ""


@form_page(CHANGE)
def copy_list(request: HttpRequest, actor: Actor, list_id: int) -> HttpResponse:
    return _copy(request, actor, list_detail(actor, list_id))


@form_page(CHANGE)
def copy_list_prices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """From the products' own list prices."""
    return _copy(request, actor, None)


def _copy(request: HttpRequest, actor: Actor, source: ListDetail | None) -> HttpResponse:
    row = source.price_list if source else None
    form = CopyForm(request.POST or None, source=row)
    made: list[int] = []

    def act(data: dict[str, Any]) -> object:
        made.append(copy_price_list(form.draft(), actor=actor, now=utc_now()).pk)
        return made[0]

    response = perform(
        *(request, actor, form),
        template="prices/copy.html",
        act=act,
        done=_("The list is made. Say now whom it is for."),
        to=reverse("price-lists"),
        context={"row": row},
    )
    return go(request, reverse("price-list-change", args=[made[0]])) if made else response


@form_page(CHANGE)
def archive(request: HttpRequest, actor: Actor, list_id: int) -> HttpResponse:
    """Out of use, or into use again."""
    row = list_detail(actor, list_id).price_list
    archived = row.active
    return perform(
        *(request, actor, ActionForm(request.POST or None)),
        template="prices/archive.html",
        act=lambda data: archive_price_list(list_id=list_id, archived=archived, actor=actor, now=utc_now()).pk,
        done=_("The list is archived.") if archived else _("The list is in use again."),
        to=page_of(list_id),
        context={"row": row},
        undo=lambda pk: undo("price-list-archived", list_id=pk, archived=not archived),
    )


@undoes("price-list-archived")
def take_archiving_back(actor: Actor, now: datetime, *, list_id: int, archived: bool) -> str:
    archive_price_list(list_id=list_id, archived=archived, actor=actor, now=now)
    return _("The list is archived.") if archived else _("The list is in use again.")


@form_page(CHANGE)
def paste(request: HttpRequest, actor: Actor, list_id: int) -> HttpResponse:
    """Rows from a sheet or a file: what is right is saved, what isn't comes back with its reason."""
    detail = list_detail(actor, list_id)
    form = PasteForm(request.POST or None, request.FILES or None)
    rows: list[grid.GridRow] = []
    saved = 0
    if request.method == "POST" and form.is_valid():
        try:
            lines, said = most_lines(read_pasted(_text_of(form), prices=True))
            if said:
                messages.warning(request, said)
            rows = grid.pasted_rows(lines)
        except DomainError as error:
            form.refuse(error)
        drafts = grid.drafts_of(actor, rows)
        if drafts and not form.errors:
            saved, change = _set(request, actor, form, list_id, drafts)
            if saved and change is not None:
                _tell_saved(request, saved, change)
        wrong = [row for row in rows if row.errors]
        if not form.errors and not wrong:
            return go(request, page_of(list_id))
        form = PasteForm(initial={"rows": "\n".join(f"{row.sku}\t{row.minimum}\t{row.price}" for row in wrong)})
        rows = wrong
    context = {"form": form, "row": detail.price_list, "wrong": rows, "saved": saved}
    return render(request, "prices/paste.html", context, status=422 if rows or form.errors else 200)


def _text_of(form: PasteForm) -> str:
    """What was pasted, or the rows of the file as a sheet would copy them."""
    upload = form.cleaned_data.get("file")
    if not upload:
        return str(form.cleaned_data["rows"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices"
        path.write_bytes(upload.read())
        info = inspect(path, upload.name)
        lines = ["\t".join(info.header)]
        for row in read_file(path, upload.name, info):
            lines.append("\t".join(cell.replace("\t", " ") for cell in row.cells))
            if len(lines) > READ_AT_MOST:
                break
    return "\n".join(lines)


@action(CHANGE)
def read(request: HttpRequest, actor: Actor, list_id: int) -> HttpResponse:
    """Text pasted into the grid, as rows of it."""
    lines, said = most_lines(read_pasted(request.POST.get("text", ""), prices=True))
    rows = grid.pasted_rows(lines)
    unclear = next((line.problem for line in lines if line.problem), "")
    found = match_variants(actor, {row.sku for row in rows})
    return JsonResponse(
        {
            "rows": [
                {"sku": hit[0].sku if len(hit) == 1 else row.sku, "name": localname(hit[0]) if len(hit) == 1 else ""}
                | {"minimum": row.minimum, "price": row.price}
                for row in rows
                if (hit := found.get(row.sku, [])) is not None
            ],
            "said": " ".join(filter(None, (said, unclear))),
        }
    )


@page(CHANGE)
def customers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Customers for the type-ahead of the form."""
    found = find_customers(actor, request.GET.get("q", "")[:80], limit=15)
    return JsonResponse({"hits": [{"number": hit.number, "name": hit.name} for hit in found]})


@page(VIEW)
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What would this customer pay, and why."""
    channels = visible_channels(actor, active_only=True)
    given = request.GET if "sku" in request.GET else None
    today = price_day(utc_now())
    initial = {"day": today, "customer": request.GET.get("customer", "")[:40], "channel": channel_of_entry(actor)}
    form = AskForm(given, channels=channels, initial=initial)
    context: dict[str, Any] = {"form": form, "asked": None}
    if given is not None and form.is_valid():
        data = form.cleaned_data
        hits = match_variants(actor, {data["sku"]}).get(data["sku"].strip(), [])
        values = {name: data[name] for name in ("quantity", "day", "channel", "customer")}
        try:
            asked = ask_price(actor, sku=hits[0].sku if len(hits) == 1 else data["sku"], **values)
        except NotFound as error:
            form.refuse(error)
        else:
            why = {"price": reason(asked.offer, asked.listed, units=asked.quantity, given=False)}
            context |= {
                "asked": asked,
                "reason": said(why, asked.currency) if asked.price is not None else "",
                "further": said_break(asked.further, asked.currency) if asked.further else "",
                "considered": [(item, WHY_NOT[item.why_not]) for item in asked.considered],
            }
    return render(request, "prices/ask.html", context, status=422 if form.errors else 200)
