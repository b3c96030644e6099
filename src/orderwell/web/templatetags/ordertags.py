"""How differences look: old and new, what it makes, and fields by name."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import ngettext

from orderwell.domains.orders.difference import FieldDifference, LineDifference, Step
from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.price_reasons import said
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import colon
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.places import place_name
from orderwell.web.components.timeline import field_title, value_text
from orderwell.web.orders.change_rows import ChangeRows
from orderwell.web.orders.line_rows import LineRows
from orderwell.web.templatetags.countries import country
from orderwell.web.templatetags.orderwell import money_text

register = template.Library()
register.filter("plain", plain)  # a number as a field of a form holds it


@register.filter
def bound_field(form: forms.Form, name: str) -> forms.BoundField:
    return form.bound_of(name) if isinstance(form, MergingForm) else form[name]


def _signed(amount: Decimal, currency: str) -> str:
    text = money_text(amount, currency)
    return text if amount < 0 else f"+{text}"


@register.simple_tag
def step(found: Step, currency: str) -> SafeString | str:
    """An amount before and after, with what it makes; one that stays is shown once."""
    if not found.delta:
        return money_text(found.new, currency)
    return format_html(
        '<span class="change-old">{}</span> → <strong>{}</strong> <span class="sub">{}</span>',
        money_text(found.old, currency),
        money_text(found.new, currency),
        _signed(found.delta, currency),
    )


@register.filter
def place(code: str) -> str:
    return place_name(code)


@register.simple_tag
def delta(found: Step, currency: str) -> str:
    return _signed(found.delta, currency) if found.delta else ""


@register.simple_tag
def changed_field(found: FieldDifference) -> SafeString:
    said = _place if found.name == "ship_to" else value_text
    return format_html(
        '{}{}<span class="change-old">{}</span> → <strong>{}</strong>',
        field_title(found.name),
        colon(),
        said(found.old),
        said(found.new),
    )


def _place(text: str) -> str:
    """What is kept of an address, which begins with the letters of its country."""
    code, _space, rest = text.partition(" ")
    return value_text(f"{country(code)} {rest}".strip())


@register.filter
def clock(value: datetime) -> str:
    """The time of day; the day stands above."""
    return localtime(value).strftime("%H:%M")


@register.simple_tag(takes_context=True)
def line_rows(context: template.Context) -> SafeString:
    """The rows of `lines`, with what the page knows of the order."""
    rows = LineRows(
        context["order"],
        may_open=context["may"]["CATALOG_PRODUCT_VIEW"],
        promised=context["any_promised"],
        returned=context["any_returned"],
        expected=context["expected"],
        now=context["now"],
    )
    return rows.html(context["lines"])


@register.simple_tag
def change_summary(change: Amendment, currency: str) -> str:
    """A change in one line: how many lines, which fields, what it made in money."""
    found = change.difference
    parts = []
    if lines := found.get("lines", []):
        parts.append(ngettext("%(count)s line", "%(count)s lines", len(lines)) % {"count": len(lines)})
    parts += [field_title(field["name"]) for field in found.get("fields", [])]
    total = found.get("total", {})
    made = Decimal(total.get("new", "0")) - Decimal(total.get("old", "0"))
    if made:
        parts.append(_signed(made, currency))
    return " · ".join(parts)


@register.simple_tag
def line_amount(line: LineDifference, order: Order) -> Step:
    """What a line comes to, with tax or without, as the prices of its order are."""
    return line.amount if order.prices_include_tax else line.net


@register.simple_tag
def why_new_price(line: LineDifference, currency: str) -> str:
    """Why a line of a difference has its new price."""
    return said({"price": line.price}, currency)


@register.simple_tag(takes_context=True)
def change_rows(context: template.Context) -> SafeString:
    """The `rows` of the form that changes an order."""
    return ChangeRows(context["order"], may_price=context["may_price"]).html(context["rows"])
