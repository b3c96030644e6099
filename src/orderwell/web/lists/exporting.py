"""Exports of what a list shows: asked for in a dialog, fetched from an address of their own."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.exporting import content_type
from orderwell.platform.views.queries import export_of
from orderwell.platform.views.services.exports import AT_ONCE, ask_for_export, file_of
from orderwell.web.lists.forms import ExportForm
from orderwell.web.lists.keeping import looking_at
from orderwell.web.lists.registry import specs
from orderwell.web.pages import dialog, form_page, go, page


@form_page()
def export(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Few rows: the file itself. Many: a worker makes it, and the tray leads to it, on whatever page one is by then."""
    looking = looking_at(request, actor, name)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = ask_for_export(
            list_name=name,
            file_format=data["format"],
            columns=looking.keys,
            filters=looking.filters,
            sort=looking.sort,
            options={"bom": data["bom"]},
            language=get_language() or "en",
            token=data["token"],
            title=_("Export: %(list)s") % {"list": looking.spec.title},
            result=reverse("list-export-file", args=[0]).replace("/0/", "/{id}/"),
            actor=actor,
            now=utc_now(),
        )
        address = reverse("list-export-file" if made.state == "done" else "list-export", args=[made.pk])
        return go(request, address)
    context = {"form": form, "spec": looking.spec, "looking": looking, "at_once": AT_ONCE}
    return dialog(request, "lists/export.html", context, status=422 if form.errors else 200)


@page()
def export_page(request: HttpRequest, actor: Actor, export_id: int) -> HttpResponse:
    """How far a large export has come, and the way back to the list."""
    _some_list(actor)
    found = export_of(actor, export_id)
    spec = specs().get(found.list_name)
    return render(request, "lists/export_page.html", {"export": found, "spec": spec})


@page()
def export_file(request: HttpRequest, actor: Actor, export_id: int) -> HttpResponse:
    _some_list(actor)
    found = export_of(actor, export_id)
    response = FileResponse(file_of(found).open("rb"), as_attachment=True, filename=found.file_name)
    response["Content-Type"] = content_type(found.format)
    # A streaming response is not an HttpResponse by its type, but every page takes both.
    return cast(HttpResponse, response)


def _some_list(actor: Actor) -> None:
    """Who may see no list has nothing here."""
    if not any(actor.may(spec.permission) for spec in specs().values()):
        actor.require(next(iter(specs().values())).permission)
