"""Columns of one's own, and saved views."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.views.models import SavedView
from orderwell.platform.views.queries import may_change_view, own_choice, saved_view, saved_views
from orderwell.platform.views.services.keep import choose_columns, choose_default, remove_view, save_view
from orderwell.web.components.actions import perform
from orderwell.web.lists.cells import columns_of
from orderwell.web.lists.forms import ViewForm
from orderwell.web.lists.registry import spec_for
from orderwell.web.lists.source import chosen
from orderwell.web.lists.state import Looking, Unseen, look, unseen_of, view_query
from orderwell.web.lists.views import back_to
from orderwell.web.pages import action, dialog, form_page, go


def looking_at(request: HttpRequest, actor: Actor, name: str) -> Looking:
    """The look at the list from which a dialog was opened; the dialog's address carries it."""
    spec = spec_for(actor, name)
    return look(spec, actor, request.GET, own_choice(actor, name), saved_views(actor, name))


@form_page()
def columns(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Which columns, in which order. Without a saved view they are kept for the user; with one they go into the address,
    and from there into the view when it is saved."""
    looking = looking_at(request, actor, name)
    spec = looking.spec
    if request.method == "POST":
        keys = [column.key for column in chosen(spec, actor, request.POST.getlist("column"))]
        if "reset" in request.POST:
            keys = []
        if looking.view is not None:
            return go(request, back_to(spec, looking, columns=",".join(keys or spec.default)))
        choose_columns(list_name=name, columns=keys, actor=actor)
        return go(request, back_to(spec, looking, columns=""))
    rest = [column for column in columns_of(spec, actor).values() if column not in looking.columns]
    context = {"spec": spec, "chosen": looking.columns, "rest": rest}
    return dialog(request, "lists/columns.html", context)


@form_page()
def new_view(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    return _view_form(request, actor, looking_at(request, actor, name), None)


@form_page()
def change_view(request: HttpRequest, actor: Actor, name: str, view_id: int) -> HttpResponse:
    looking = looking_at(request, actor, name)
    return _view_form(request, actor, looking, saved_view(actor, view_id, name))


def _view_form(request: HttpRequest, actor: Actor, looking: Looking, view: SavedView | None) -> HttpResponse:
    """Who may not change a view that is shared still chooses whether the list opens with it."""
    spec, may_change = looking.spec, view is None or may_change_view(actor, view)
    initial: dict[str, Any] = {}
    if view is not None:
        default = own_choice(actor, spec.name).default_view == view.pk
        initial = {"name": view.name, "shared": view.shared, "default": default, "version": view.version}
    form = ViewForm(request.POST or None, initial=initial)
    form.current = view.version if view else None
    form.fields["name"].disabled = not may_change
    form.fields["shared"].disabled = not actor.may(Permission.LISTS_VIEW_SHARE)
    saved: list[SavedView] = []

    def act(data: dict[str, Any]) -> None:
        saved.append(_save(actor, looking, view, data) if view is None or may_change else view)
        if data["default"] or initial.get("default"):
            choose_default(list_name=spec.name, view_id=saved[0].pk if data["default"] else None, actor=actor)

    answer = perform(
        request,
        actor,
        form,
        template="lists/view.html",
        act=act,
        done=_("The view is saved.") if may_change else _("It is kept how the list opens."),
        to=reverse(spec.url_name),
        context={"spec": spec, "view": view, "looking": looking, "may_change": may_change},
    )
    return go(request, reverse(spec.url_name) + view_query(saved[0])) if saved else answer


def _save(actor: Actor, looking: Looking, view: SavedView | None, data: dict[str, Any]) -> SavedView:
    """What one sees, and of a view that is there what one can't see of it: that is not oneself's to change."""
    spec = looking.spec
    hidden = unseen_of(spec, actor, view) if view is not None else Unseen({}, [])
    return save_view(
        list_name=spec.name,
        name=data["name"],
        columns=[*looking.keys, *hidden.columns],
        filters={**hidden.filters, **looking.filters},
        sort=looking.sort if looking.sort != spec.default_sort else "",
        shared=data["shared"],
        view_id=view.pk if view else None,
        version=data["version"] if view else None,
        actor=actor,
        now=utc_now(),
    )


@action()
def remove(request: HttpRequest, actor: Actor, name: str, view_id: int) -> HttpResponse:
    spec = spec_for(actor, name)
    try:
        remove_view(view_id=view_id, list_name=name, actor=actor, now=utc_now())
    except NotFound:  # in another tab, or by a colleague who shares it
        messages.info(request, _("This view is gone already."))
    else:
        messages.success(request, _("The view is removed; its rows stay."))
    return go(request, f"{reverse(spec.url_name)}?view=all")


@action()
def default_view(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Open the list with all of it again."""
    spec = spec_for(actor, name)
    choose_default(list_name=name, view_id=None, actor=actor)
    return go(request, f"{reverse(spec.url_name)}?view=all")
