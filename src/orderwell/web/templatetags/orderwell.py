"""How things look: icons, money, quantities, times, states, fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, Select
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from orderwell.domains.catalog.naming import read_name
from orderwell.domains.orders.holds import KINDS
from orderwell.domains.orders.overview import LineView
from orderwell.domains.orders.price_reasons import said
from orderwell.platform.formats import colon, comma, in_a_row, listed, named, percent_text, price_text, quantity_text
from orderwell.platform.formats import money_text as money_text
from orderwell.platform.printing.kinds import kinds_of
from orderwell.web.components.assets import asset as asset_url
from orderwell.web.components.causes import CAUSES, cause_text
from orderwell.web.components.charts import drawn, rows_of
from orderwell.web.components.field_markup import field_markup
from orderwell.web.components.markup import markup, place, safe, to
from orderwell.web.components.schedules import SCHEDULES
from orderwell.web.components.times import moments
from orderwell.web.components.toasts import undo_of
from orderwell.web.components.words import look_of, word
from orderwell.web.help.fields import describe

register = template.Library()
for _name, _shown in (("undo_of", undo_of), ("chart_rows", rows_of), ("chart_data", drawn), ("listed", listed)):
    register.filter(_name, _shown)
for _between in (colon, comma, in_a_row):
    register.simple_tag(_between)


@register.simple_tag
def asset(name: str) -> str:
    return asset_url(name)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """An icon of the sprite. Beside text it says nothing to screen readers; alone it needs a `label`."""
    return _icon(name, asset_url("vendor/icons.svg"), classes, str(label))


@lru_cache(maxsize=2048)
def _icon(name: str, sprite: str, classes: str, label: str) -> SafeString:
    href = f"{sprite}#{name.replace('/', '-')}"
    if label:
        return markup(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return markup('<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.filter
def money(amount: Decimal | None, currency: str = "CNY") -> str:
    return "" if amount is None else money_text(amount, currency or "CNY")


@register.filter
def money_whole(amount: Decimal | None, currency: str = "CNY") -> str:
    return "" if amount is None else money_text(amount, currency or "CNY", whole=True)


@register.filter(name="price")
def price_filter(amount: Decimal | None, currency: str = "CNY") -> str:
    return price(amount, currency)


def price(amount: Decimal | None, currency: str, *, symbol: bool = True) -> str:
    return "" if amount is None else price_text(amount, currency, symbol=symbol)


@register.filter
def quantity(value: Decimal | int | None) -> str:
    return "" if value is None else quantity_text(value)


@register.filter
def percent(value: Decimal | None) -> str:
    return "" if value is None else percent_text(value)


@register.filter
def thousands(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def reads_chinese() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("zh")


@register.filter
def localname(item: Any) -> str:
    """The name in the reader's language of anything that has `name_zh` and `name_en`."""
    if item is None:
        return ""
    chinese = reads_chinese()
    names = (getattr(item, "name_zh", ""), getattr(item, "name_en", ""))
    if isinstance(item, dict):
        names = (item.get("name_zh", ""), item.get("name_en", ""))
    return (names[0] or names[1]) if chinese else (names[1] or names[0])


@register.filter
def localnames(items: Iterable[Any]) -> str:
    return listed(localname(item) for item in items)


@register.filter
def localoptions(variant: Any) -> str:
    """What a variant is among its product's, in the reader's language: "color: red, size: M". PostgreSQL keeps no order."""
    both = (variant.option_values_zh, variant.option_values)
    found = (both[0] or both[1]) if reads_chinese() else (both[1] or both[0])
    return listed(named(name, value) for name, value in sorted(found.items()))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment as short as it can be without ambiguity, in full on hover."""
    return "" if value is None else moments()(value)


@register.filter
def day(value: datetime | date | None) -> SafeString | str:
    """The business day something belongs to."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    text = value.isoformat()
    return SafeString(f'<time datetime="{text}">{text}</time>')


@register.filter
def long_day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


@register.filter
def since(value: datetime | None) -> str:
    """How long ago, in one unit."""
    if value is None:
        return ""
    seconds = int((timezone.now() - value).total_seconds())
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("%(count)s min") % {"count": seconds // 60}
    if seconds < 172_800:
        return _("%(count)s h") % {"count": seconds // 3600}
    return _("%(count)s d") % {"count": seconds // 86_400}


@register.simple_tag
def badge(kind: str, value: str) -> SafeString:
    """A state as a word with a colour; the colour never says anything that the word doesn't."""
    return _badge(kind, str(value), get_language())


@lru_cache(maxsize=2048)
def _badge(kind: str, value: str, _language: str | None) -> SafeString:
    return markup('<span class="badge badge-state {}">{}</span>', look_of(kind, value), word(kind, value))


@register.simple_tag
def options(choices: Iterable[tuple[str, Any]], chosen: str) -> SafeString:
    """The `<option>`s of a filter."""
    marks = {True: " selected", False: ""}
    return SafeString(
        "".join(
            [f'<option value="{safe(key)}"{marks[key == chosen]}>{safe(title)}</option>\n' for key, title in choices]
        )
    )


@register.simple_tag(name="word")
def word_tag(kind: str, value: str) -> str:
    return str(word(kind, value))


# Where the first of what a field offers is made.
MADE_AT = {
    "channel": "admin-channels",
    "tax_category": "admin-taxes",
    **dict.fromkeys(("warehouse", "origin", "destination"), "admin-warehouses"),
}


@register.simple_tag
def field(bound: BoundField, classes: str = "", hide_label: bool = False) -> SafeString:
    widget = bound.field.widget
    extra: dict[str, Any] = {}
    if bound.errors:
        extra["class"] = f"{widget.attrs.get('class', '')} is-invalid"
    described = describe(bound, extra)
    control = bound.as_widget(attrs={**widget.attrs, **extra})
    if bound.is_hidden:
        return control
    missing = ""
    if bound.field.required and isinstance(widget, Select) and not any(key for key, _name in widget.choices):
        missing = MADE_AT.get(bound.name, "")
    return field_markup(
        bound,
        control,
        described,
        is_check=isinstance(widget, CheckboxInput),
        classes=classes,
        hide_label=hide_label,
        missing_url=place(missing) if missing else "",
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The present query string with `changes`; an empty value takes a parameter away. The page cursor never stays."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for name in ("after", "before"):
        params.pop(name, None)
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return "?" + params.urlencode() if params else "?"


@register.simple_tag
def params(**values: Any) -> str:
    """A query string of its own."""
    return "?" + urlencode({key: value for key, value in values.items() if value not in (None, "")})


@register.filter
def make_initial(person: Any) -> str:
    """One character that stands for a person."""
    return str(person).strip()[:1].upper() or "?"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "") if mapping is not None else ""


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def absolute(amount: Decimal) -> Decimal:
    return abs(amount)


@register.simple_tag
def hold_title(kind: str) -> str:
    known = KINDS.get(kind)
    return _(known.title) if known else kind


@register.simple_tag
def why_priced(explanation: dict[str, Any], currency: str) -> str:
    """Why a line has this price, in words."""
    return said(explanation, currency)


RULES = {
    "one_warehouse": gettext_noop("This warehouse had all of the order"),
    "split": gettext_noop("No single warehouse had all of it, so it comes from several"),
    "partial": gettext_noop("Less than ordered was in stock; the rest is backordered"),
}


@register.simple_tag
def why_sourced(view: LineView) -> str:
    """Why the goods come from where they come from, with what was free at the time."""
    found = []
    for choice in view.sourcing:
        rule = RULES.get(choice.get("rule", ""))
        free = listed(f"{warehouse} {amount}" for warehouse, amount in choice.get("free", {}).items())
        said = [_(rule) if rule else "", _("free then: %(free)s") % {"free": free} if free else ""]
        found.append(". ".join(filter(None, said)))
    return " / ".join(dict.fromkeys(filter(None, found)))


@register.filter
def free_stock(stock_item: Any) -> Decimal:
    """What is neither reserved nor gone."""
    free: Decimal = stock_item.on_hand - stock_item.reserved
    return free


@register.simple_tag
def price_range(variants: Any) -> str:
    """From the lowest to the highest list price, in the currency most variants have."""
    rows = [row for variant in variants for row in variant.prices.all()]
    if not rows:
        return "—"
    currencies = [row.currency for row in rows]
    currency = max(dict.fromkeys(currencies), key=currencies.count)
    prices = [row.unit_price for row in rows if row.currency == currency]
    low, high = min(prices), max(prices)
    return price(low, currency) if low == high else f"{price(low, currency)} – {price(high, currency)}"


@register.filter
def still_expected(row: Any) -> Decimal:
    rest: Decimal = row.quantity - row.quantity_received - getattr(row, "quantity_lost", Decimal(0))
    return rest


@register.simple_tag
def cause_link(cause: str, number: str = "") -> SafeString | str:
    """A document as `cause_text` names it, with a link where it has a page."""
    kind, _colon, key = cause.partition(":")
    text = cause_text(cause, number)
    if kind in CAUSES and key.isdecimal():
        return markup('<a href="{}">{}</a>', to(CAUSES[kind], int(key)), text)
    return text


@register.filter
def line_name(line: Any) -> str:
    """What a line is called on the screen: a product in the reader's language, and shipping too."""
    if getattr(line, "kind", "") == "shipping":
        return str(word("line", "shipping"))
    return read_name(line.name, line.variant, chinese=reads_chinese())


@register.filter
def name_on_document(line: Any) -> str:
    """What a line is called on what the customer gets: the name that was kept with it."""
    return str(word("line", "shipping")) if line.kind == "shipping" else str(line.name)


@register.filter
def schedule_name(name: str) -> str:
    """What the work that runs by itself is called."""
    return str(SCHEDULES.get(name, name))


@register.filter
def other_name(line: Any) -> str:
    """The name on the documents, where the reader sees another one."""
    return "" if getattr(line, "kind", "") == "shipping" or line_name(line) == line.name else str(line.name)


@register.filter
def last_word(path: str) -> str:
    """The last part of a dotted path, for people."""
    return (path or "").rsplit(".", 1)[-1].replace("_", " ")


@register.filter
def language_name(code: str) -> str:
    """A language in its own words."""
    return dict(settings.LANGUAGES).get(code, code)


def _printable(context: template.Context, source: str, pk: int) -> dict[str, Any]:
    actor = context.get("actor")
    return {"kinds": [kind for kind in kinds_of(source) if actor and actor.may(kind.permission)], "pk": pk}


@register.inclusion_tag("printing/menu.html", takes_context=True)
def print_menu(context: template.Context, source: str, pk: int) -> dict[str, Any]:
    """Entries of a menu: what can be printed of an "order", a "shipment" ..."""
    return _printable(context, source, pk)


@register.inclusion_tag("printing/button.html", takes_context=True)
def print_button(context: template.Context, source: str, pk: int) -> dict[str, Any]:
    """The same as a button."""
    return _printable(context, source, pk)


@register.inclusion_tag("printing/small.html", takes_context=True)
def print_small(context: template.Context, source: str, pk: int) -> dict[str, Any]:
    """The same beside a document in a table."""
    return _printable(context, source, pk)
