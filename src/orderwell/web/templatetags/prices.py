"""Tags of price lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.prices.models import PriceAssignment, PriceChange, PriceList
from orderwell.domains.prices.queries import CustomerList, ProductPrice, lists_of_customer, prices_of_product
from orderwell.kernel.clock import utc_now
from orderwell.platform.formats import listed
from orderwell.web.components.timeline import field_title
from orderwell.web.prices import words

register = template.Library()


@register.simple_tag(takes_context=True)
def product_prices(context: template.Context, variants: Sequence[Any]) -> list[ProductPrice]:
    return prices_of_product(context["actor"], [variant.pk for variant in variants], now=utc_now())


@register.simple_tag(takes_context=True)
def customer_lists(context: template.Context, customer: Any) -> list[CustomerList]:
    return lists_of_customer(context["actor"], customer, now=utc_now())


@register.filter
def target_name(target: PriceAssignment) -> str:
    return words.target_name(target)


@register.simple_tag
def price_targets(targets: Iterable[PriceAssignment]) -> str:
    return words.who(targets)


@register.simple_tag
def tax_in_prices(row: PriceList) -> str:
    return str(words.tax_word(row.prices_include_tax))


@register.simple_tag
def price_days(row: PriceList) -> str:
    """From when until when, both days included."""
    first, last = row.valid_from, row.valid_until
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first.isoformat(), "last": last.isoformat()}
    if first:
        return _("from %(day)s") % {"day": first.isoformat()}
    return _("until %(day)s") % {"day": last.isoformat()} if last else _("always")


@register.simple_tag
def price_change(change: PriceChange) -> str:
    """What a change touched, in a few words."""
    if change.kind == PriceChange.Kind.ENTRIES:
        count = len(change.after)
        return ngettext("%(count)s price", "%(count)s prices", count) % {"count": count}
    return listed(field_title(name) for name in change.after)
