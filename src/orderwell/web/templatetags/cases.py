"""Conversations, tasks and ratings on the pages of orders, customers and products."""

from __future__ import annotations

from typing import Any

from django import template

from orderwell.domains.cases.models import Case
from orderwell.domains.cases.queries import Panel, customer_panel, order_panel
from orderwell.domains.cases.ratings import RatingSummary, rating_summary
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import word

register = template.Library()


@register.simple_tag(takes_context=True)
def panel_of(context: template.Context, kind: str, key: int) -> Panel:
    """What the page of an order or a customer shows of cases and tasks."""
    actor: Actor | None = context.get("actor")
    if actor is None:
        return Panel(f"{kind}:{key}", [], [])
    return order_panel(actor, key) if kind == "order" else customer_panel(actor, key)


@register.inclusion_tag("cases/rating_badge.html", takes_context=True)
def rating_badge(
    context: template.Context, *, customer: int | None = None, product: int | None = None
) -> dict[str, Any]:
    """Stars with their mean and count, of a customer or a product: {% rating_badge product=product.pk %}."""
    actor: Actor | None = context.get("actor")
    summary = RatingSummary({})
    if actor is not None and actor.may(Permission.CASES_RATING_VIEW):
        summary = rating_summary(actor, customer_id=customer, product_id=product)
    return {"summary": summary, "customer": customer, "product": product}


@register.filter
def case_title(case: Case) -> str:
    """What a case is called where it has no subject of its own."""
    return case.subject or str(word("case_kind", case.kind))


@register.filter
def stars(score: int) -> str:
    return "★" * score + "☆" * (5 - score)


@register.simple_tag
def is_past(moment: Any) -> bool:
    return bool(moment and moment < utc_now())
