"""API keys: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import ApiKey
from orderwell.platform.accounts.queries import key_detail, key_list
from orderwell.platform.accounts.services.api_keys import create_key, revoke_key
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.platform.permissions.words import title_of
from orderwell.web.admin.forms import KeyForm
from orderwell.web.admin.people import limit_choices, limits_text
from orderwell.web.admin.sections import Column, Row, Table, Two, sections, show_table
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.forms import end_of_day
from orderwell.web.components.listing import ROWS, cursor, listing
from orderwell.web.pages import form_page, page
from orderwell.web.templatetags.orderwell import moment

KEYS = Permission.SYSTEM_API_KEY_MANAGE


@page(KEYS)
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = key_list(actor, cursor=cursor(request), limit=ROWS)
    known, now = limit_choices(actor), utc_now()
    rows = []
    for key in found.rows:
        over = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
        state = _("Revoked") if key.revoked_at else _("Expired") if over else _("Valid")
        rows.append(
            Row(
                (
                    key.name,
                    f"ow_{key.prefix}…",
                    listed(str(title_of(scope)) for scope in key.scopes[:3])
                    + (f" +{len(key.scopes) - 3}" if len(key.scopes) > 3 else ""),
                    limits_text(key, known),
                    moment(key.last_used_at) if key.last_used_at else _("Never"),
                    Two(state, moment(key.expires_at) if key.expires_at else ""),
                ),
                "" if key.revoked_at else reverse("admin-key-revoke", args=[key.pk]),
                quiet=over,
            )
        )
    columns = (
        Column(_("Name")),
        Column(_("Begins with"), "mono nowrap hide-narrow"),
        Column(_("May")),
        Column(_("Which rows"), "hide-narrow"),
        Column(_("Last used"), "hide-narrow nowrap"),
        Column(_("State"), "nowrap"),
    )
    table = Table(
        columns,
        rows,
        reverse("admin-key-new"),
        _("New API key"),
        new_is_page=True,
        empty_title=_("No API keys yet"),
        empty_text=_("A key lets a shop or another program work with orders."),
    )
    return show_table(request, actor, "admin-keys", table, listing=listing(request, found))


@never_cache
@form_page(KEYS)
def new_key(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = KeyForm(request.POST or None, limits=limit_choices(actor))
    made: list[tuple[ApiKey, str]] = []

    def act(data: dict[str, Any]) -> tuple[ApiKey, str]:
        key = create_key(
            name=data["name"],
            scopes=form.chosen(),
            limits=form.limits(),
            expires_at=end_of_day(data["expires_on"]),
            actor=actor,
            now=utc_now(),
        )
        made.append(key)
        return key

    answer = perform(
        request,
        actor,
        form,
        template="admin/key.html",
        act=act,
        # Of a form that was sent twice the browser shows the second answer, and only the first had the key in it.
        done=lambda key: (
            _("The key is valid from now on.")
            if key
            else _(
                "The key was made already, and is shown only once. If you have not copied it, revoke it and make another."
            )
        ),
        to=reverse("admin-keys"),
    )
    if not made or answer.status_code >= 400:
        return answer
    here = next(s for group in sections(actor) for s in group["sections"] if s.name == "admin-keys")
    context = {"groups": sections(actor), "here": here, "key": made[0][0], "secret": made[0][1]}
    return render(request, "admin/key_made.html", context)


@form_page(KEYS)
def revoke(request: HttpRequest, actor: Actor, key_id: int) -> HttpResponse:
    key = key_detail(actor, key_id)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="admin/form.html",
        act=lambda data: revoke_key(key_id=key_id, actor=actor, now=utc_now()),
        done=_("The key is revoked."),
        to=reverse("admin-keys"),
        context={
            "form_title": _("Revoke %(name)s") % {"name": key.name},
            "submit": _("Revoke"),
            "danger": True,
            "form_text": _("Programs that use this key are turned away at once. It cannot be taken back."),
        },
    )
