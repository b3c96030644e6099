"""One's own notes on an order, changed and taken away in place, and files looked at without leaving the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.orders.models import OrderNote
from orderwell.domains.orders.overview import attachment_of, order_overview
from orderwell.domains.orders.services.note import MAX_NOTE, change_note, remove_note, restore_note, unchange_note
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.serving import SAFE_TO_SHOW, served
from orderwell.web.components.toasts import tell, undo, undoes
from orderwell.web.middleware import POLICY
from orderwell.web.pages import action, dialog, form_page, go, page

# The page itself may show our own files inside.
FRAMING = f"{POLICY}; frame-src 'self'"
# In the page: as above, but for the one page it may be in. A reader of PDF doesn't run in a sandbox.
SEALED_INSIDE = "default-src 'none'; sandbox; frame-ancestors 'self'"
READER_INSIDE = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class NoteChangeForm(MergingForm):
    body = forms.CharField(
        label=gettext_lazy("Note"), max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 6, "autofocus": True})
    )


def _page_of(order_id: int) -> str:
    return reverse("order-detail", args=[order_id])


def _note_of(actor: Actor, order_id: int, note_id: int) -> OrderNote:
    for note in order_overview(actor, order_id).notes:
        if note.pk == note_id:
            return note
    raise NotFound(kind="note", reference=str(note_id))


@form_page(Permission.ORDERS_ORDER_VIEW)
def change(request: HttpRequest, actor: Actor, order_id: int, note_id: int) -> HttpResponse:
    note = _note_of(actor, order_id, note_id)

    def act(data: dict[str, Any]) -> OrderNote:
        return change_note(note_id=note_id, **data, version=note.version, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        NoteChangeForm(
            request.POST or None, stored={"body": note.body}, version=note.version, changed_by=note.author_label
        ),
        template="orders/note.html",
        act=act,
        done=_("The note is saved."),
        to=_page_of(order_id),
        context={"order": note.order, "note": note},
        undo=lambda made: (
            undo("order-note-changed", note_id=note_id, version=made.version) if made.version != note.version else None
        ),
    )


@action(Permission.ORDERS_ORDER_VIEW)
def take_away(request: HttpRequest, actor: Actor, order_id: int, note_id: int) -> HttpResponse:
    note = _note_of(actor, order_id, note_id)
    gone = remove_note(note_id=note_id, version=note.version, actor=actor, now=utc_now())
    tell(request, _("The note is gone."), undo=undo("order-note-removed", note_id=note_id, version=gone.version))
    return go(request, _page_of(order_id))


@undoes("order-note-changed")
def as_before(actor: Actor, now: datetime, *, note_id: int, version: int) -> str:
    unchange_note(note_id=note_id, version=version, actor=actor, now=now)
    return _("The note says again what it said before.")


@undoes("order-note-removed")
def back_again(actor: Actor, now: datetime, *, note_id: int, version: int) -> str:
    restore_note(note_id=note_id, version=version, actor=actor, now=now)
    return _("The note is back.")


@page(Permission.ORDERS_ORDER_VIEW)
def attachment(request: HttpRequest, actor: Actor, order_id: int, attachment_id: int) -> HttpResponse:
    """The file itself; with `inside` for the page that shows it."""
    found = attachment_of(actor, order_id, attachment_id)
    response = served(found)
    if "inside" in request.GET and found.content_type in SAFE_TO_SHOW:
        pdf = found.content_type == "application/pdf"
        response["Content-Security-Policy"] = READER_INSIDE if pdf else SEALED_INSIDE
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@page(Permission.ORDERS_ORDER_VIEW)
def show(request: HttpRequest, actor: Actor, order_id: int, attachment_id: int) -> HttpResponse:
    """An image, a PDF or a text over the page of its order."""
    found = attachment_of(actor, order_id, attachment_id)
    context = {
        "order": order_overview(actor, order_id).order,
        "file": found,
        "is_image": found.content_type.startswith("image/"),
        "safe": found.content_type in SAFE_TO_SHOW,
    }
    response = dialog(request, "orders/file.html", context)
    response["Content-Security-Policy"] = FRAMING
    return response
