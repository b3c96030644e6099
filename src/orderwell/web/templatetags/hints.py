"""The strip of hints on the pages of orders, customers and goods: one tag each, one line in their templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from orderwell.domains.automation.hints.finding import hints_of_customers, hints_of_orders, hints_of_variants
from orderwell.domains.automation.hints.hint import Hint
from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.substitutes import substitutes_of
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.overview import OrderOverview
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.hints.showing import show_hints

register = template.Library()


def _strip(context: template.Context, found: Iterable[list[Hint]]) -> dict[str, Any]:
    actor: Actor | None = context.get("actor")
    hints = [hint for hints in found for hint in hints]
    return {
        "hints": show_hints(hints, actor) if actor else [],
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("hints/strip.html", takes_context=True)
def order_hints(context: template.Context, order: Order) -> dict[str, Any]:
    """{% order_hints order %}: of an order that is read with its channel and customer, and on its own page with its lines."""
    actor: Actor | None = context.get("actor")
    found: OrderOverview | None = context.get("found")
    lines = [view.line for view in found.goods] if found is not None and found.order is order else None
    return _strip(context, hints_of_orders(actor, [order], lines=lines, now=utc_now()).values() if actor else ())


@register.inclusion_tag("hints/strip.html", takes_context=True)
def customer_hints(context: template.Context, customer: Customer) -> dict[str, Any]:
    actor: Actor | None = context.get("actor")
    return _strip(context, hints_of_customers(actor, [customer], now=utc_now()).values() if actor else ())


@register.inclusion_tag("hints/strip.html", takes_context=True)
def variant_hints(context: template.Context, variants: Iterable[Variant]) -> dict[str, Any]:
    """Of all variants of a product, or of the one whose stock is looked at."""
    actor: Actor | None = context.get("actor")
    ids = [variant.pk for variant in variants]
    return _strip(context, hints_of_variants(actor, ids, now=utc_now()).values() if actor else ())


@register.simple_tag
def one(item: Any) -> list[Any]:
    """A list of one thing."""
    return [item]


@register.inclusion_tag("products/substitutes.html", takes_context=True)
def substitutes_card(context: template.Context, variants: Iterable[Variant]) -> dict[str, Any]:
    """What stands in for the variants of a product; those without are shown to whoever may name some."""
    actor: Actor | None = context.get("actor")
    if actor is None or not actor.may(Permission.CATALOG_PRODUCT_VIEW):
        return {"rows": []}
    listed = list(variants)
    found = substitutes_of(actor, [variant.pk for variant in listed])
    may_change = actor.may(Permission.CATALOG_PRODUCT_CHANGE)
    rows = [{"variant": row, "substitutes": found.get(row.pk, [])} for row in listed if may_change or row.pk in found]
    return {"rows": rows, "may_change": may_change and bool(rows), "many": len(listed) > 1}
