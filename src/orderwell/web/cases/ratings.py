"""What customers said after delivery, and hiding what must not be seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.cases.ratings import rating_list, rating_summary
from orderwell.domains.cases.services.moderate import hide_rating, show_rating
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import HideForm
from orderwell.web.components.actions import perform
from orderwell.web.components.listing import cursor, listing
from orderwell.web.lists.common import between
from orderwell.web.pages import action, form_page, go, page


@page(Permission.CASES_RATING_VIEW)
def rating_list_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    score, customer, product = (_number(request.GET.get(name, "")) for name in ("score", "customer", "product"))
    days = between({name: request.GET.get(name, "") for name in ("from", "to")})
    rows = rating_list(actor, score=score, customer_id=customer, product_id=product, cursor=cursor(request), **days)
    context = {
        "listing": listing(request, rows),
        "summary": rating_summary(actor, customer_id=customer, product_id=product, **days),
        "scores": [(str(score), "★" * score) for score in (5, 4, 3, 2, 1)],
        "filtered": bool(score or customer or product or days),
    }
    return render(request, "cases/ratings.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


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
