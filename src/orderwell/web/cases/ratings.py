"""Hiding a rating that must not be seen, and showing it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.cases.services.moderate import hide_rating, show_rating
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import HideForm
from orderwell.web.components.actions import perform
from orderwell.web.pages import action, form_page, go


@form_page(Permission.CASES_RATING_MODERATE)
def hide(request: HttpRequest, actor: Actor, rating_id: int) -> HttpResponse:
    return perform(
        request,
        actor,
        HideForm(request.POST or None),
        template="cases/hide.html",
        act=lambda data: hide_rating(rating_id=rating_id, reason=data["reason"], actor=actor, now=utc_now()),
        done=_("The rating is hidden."),
        to=reverse("rating-list"),
    )


@action(Permission.CASES_RATING_MODERATE)
def show(request: HttpRequest, actor: Actor, rating_id: int) -> HttpResponse:
    show_rating(rating_id=rating_id, actor=actor, now=utc_now())
    messages.success(request, _("The rating is shown again."))
    return go(request, reverse("rating-list"))
