"""Events as sentences: what happened, what changed from what to what, who did it, when and from where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orderwell.domains.automation.hints.registry import rule_title
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.orders.holds import KINDS
from orderwell.kernel.errors import fill
from orderwell.kernel.quantities import plain
from orderwell.platform.events.models import Event
from orderwell.platform.events.queries import sentences
from orderwell.platform.formats import listed, money_text, named, price_text
from orderwell.platform.views.sources import source_of, sources
from orderwell.platform.wording import shown, with_amounts
from orderwell.web.components.doers import who
from orderwell.web.components.option_words import option_change
from orderwell.web.components.places import group_name, place_name
from orderwell.web.components.words import WORDS, word

# What a field is called in the list of changes; line fields come as "SKU.quantity".
FIELDS = {
    "note": _("Note"),
    "priority": _("Priority"),
    "requested_at": _("Requested date"),
    "promised_at": _("Promised date"),
    "ship_to": _("Delivery address"),
    "discount": _("Order discount"),
    "custom": _("Own fields"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "line_discount": _("Line discount"),
    "added": _("New line"),
    "removed": _("Line taken off"),
    "shipping": _("Shipping"),
    "total_amount": _("Total"),
    "name": _("Name"),
    "carrier": _("Carrier"),
    "tracking_number": _("Tracking number"),
    "credit_limit": _("Credit limit"),
    "payment_terms_days": _("Payment terms"),
    "active": _("Active"),
    "language": _("Language"),
    "tags": _("Tags"),
    "contacts": _("Contacts"),
    "addresses": _("Addresses"),
    "group": _("Group"),
    "owner": _("In charge"),
    "team": _("Team"),
    "kind": _("Kind"),
    "number": _("Number"),
    "tax_number": _("Tax number"),
    "external_id": _("Number in another system"),
    "preferences": _("Preferences"),
    "state": _("State"),
    "assignee": _("In charge"),
    "due_at": _("Due"),
    "subject": _("Subject"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "currency": _("Currency"),
    "valid_from": _("First day"),
    "valid_until": _("Last day"),
    "prices_include_tax": _("Tax in the prices"),
    "supplier": _("Supplier"),
    "origin": pgettext_lazy("transfer", "From"),
    "destination": pgettext_lazy("transfer", "To"),
    "expected_at": _("Expected on"),
    "applies_to": pgettext_lazy("price list", "For"),
}
# Fields of changes that hold money.
AMOUNTS = {"unit_price", "discount", "line_discount", "shipping", "total_amount", "credit_limit"}
# Fields of changes of a record whose values are codes: what they are called, by the first part of the event's name.
CODES: dict[tuple[str, str], Callable[[str], str]] = {
    ("customers", "kind"): lambda code: str(word("customer", code)),
    ("customers", "group"): lambda code: group_name(code),
    ("customers", "language"): lambda code: str(dict(settings.LANGUAGES).get(code, code)),
    ("inventory", "state"): lambda code: str(word("expected", code)),
    ("inventory", "origin"): lambda code: place_name(code),
    ("inventory", "destination"): lambda code: place_name(code),
}
# Data of events that names a warehouse by its code.
PLACES = {"warehouse", "origin", "destination"}
# What the line of shipping has for a SKU.
SHIPPING_SKU = "SHIPPING"
# A sentence that ends with a reason nobody gave.
_NOT_SAID = re.compile(r"\s*[:：]\s*—$")
_NAME = re.compile(r"\{(\w+)")
# Exact numbers come with all the digits of their column.
_EXACT = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    text: str
    detail: str
    changes: list[Change]
    who: str
    source: str
    address: str
    when: datetime
    name: str
    is_key: bool


@lru_cache(maxsize=1)
def _templates() -> dict[str, str]:
    return sentences()


@lru_cache(maxsize=2048)
def _names_in(said: str) -> frozenset[str]:
    """What a sentence says of an event; the rest of its data need not be put into words."""
    return frozenset(_NAME.findall(said))


def sentence_of(event: Event) -> str:
    """The event in the reader's language; one that nobody gave a sentence shows its name."""
    template = _templates().get(event.name)
    if template is None:
        return event.name
    said, data = with_amounts(gettext(template), event.data)
    spoken = {key: _value(key, data[key]) for key in _names_in(said) if key in data}
    if "action" in data and data.get("list") in sources():
        spoken["action"] = source_of(data["list"]).spoken_action(str(data["action"]))
    if event.name.startswith("configuration.setting."):
        spoken |= option_change(str(data.get("key")), data.get("before"), data.get("after"))
    if event.name.startswith("printing.") and data.get("kind"):
        spoken["kind"] = gettext(data["kind"])
    text = fill(said, spoken)
    return _NOT_SAID.sub("", text)


def timeline(events: Iterable[Event]) -> list[Entry]:
    return [
        Entry(
            text=sentence_of(event),
            detail=str(
                event.data.get("body") or event.data.get("note") or _reason(event) or _goods(event) or _meant(event)
            ),
            changes=list(_changes(event)),
            who=who(event.actor_label),
            source=str(word("source", event.source)),
            address=event.address,
            when=event.occurred_at,
            name=event.name,
            is_key=event.subject == event.stream,
        )
        for event in events
    ]


def _reason(event: Event) -> str:
    """Why, where the sentence doesn't say it already."""
    said = "{reason}" in _templates().get(event.name, "")
    return "" if said else str(event.data.get("reason") or "")


def _meant(event: Event) -> str:
    """The invoice that a payer named."""
    number = event.data.get("invoice") if event.name == BillingEvent.PAID else None
    return gettext("For invoice %(number)s") % {"number": number} if number else ""


def _goods(event: Event) -> str:
    """How much of what was planned, left, came or got lost on the way."""
    if not event.name.startswith("inventory.transfer.") or event.data.get("changes"):
        return ""
    came, lost = event.data.get("received", event.data.get("lines")), event.data.get("lost")
    parts = [_counted(came)] if came else []
    if lost:
        parts.append(gettext("lost on the way: %(goods)s") % {"goods": _counted(lost)})
    return pgettext("list", "; ").join(parts)


def _counted(goods: Any) -> str:
    if not isinstance(goods, dict):
        return ""
    return pgettext("list", ", ").join(f"{sku} × {value_text(count)}" for sku, count in goods.items())


def _changes(event: Event) -> Iterator[Change]:
    found, currency = event.data.get("changes"), str(event.data.get("currency") or "")
    area = event.name.partition(".")[0]
    if not isinstance(found, dict):
        return
    for name, change in found.items():
        pair: tuple[Any, Any] | None = None
        if isinstance(change, dict) and {"old", "new"} & change.keys():
            pair = change.get("old"), change.get("new")
        elif isinstance(change, list) and len(change) == 2:
            pair = change[0], change[1]
        elif isinstance(change, dict) and {"before", "after"} & change.keys():
            pair = change.get("before"), change.get("after")
        if pair is not None:
            yield Change(field_title(name), *(_changed(area, name, value, currency) for value in pair))


def _changed(area: str, name: str, value: Any, currency: str) -> str:
    """An amount as amounts are written everywhere, where its currency is known; a code as what it is called."""
    if area == "inventory" and name in {"due_at", "expected_at"}:
        return _day_text(value)
    called = CODES.get((area, name))
    if called is not None and value and isinstance(value, str):
        return called(value)
    is_amount = currency and name.rpartition(".")[2] in AMOUNTS and isinstance(value, str)
    if is_amount and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return (
            price_text(Decimal(value), currency)
            if name.endswith("unit_price")
            else money_text(Decimal(value), currency)
        )
    return value_text(value)


def _day_text(value: Any) -> str:
    """A day that goods come on; its last moment is only how it is kept."""
    text = value_text(value)
    return text.removesuffix(" 23:59")


def field_title(name: str) -> str:
    sku, _dot, last = name.rpartition(".")
    known = FIELDS.get(last)
    title = str(known) if known else last.replace("_", " ")
    return f"{sku} · {title}" if sku else title


def value_text(value: Any) -> str:
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return listed(named(key, value_text(item)) for key, item in value.items())
    if isinstance(value, list):
        return listed(value_text(item) for item in value)
    text = str(value)
    if _EXACT.fullmatch(text):
        return plain(Decimal(text))
    if len(text) >= 19 and text[4:5] == "-" and (moment := parse_datetime(text)) is not None and moment.tzinfo:
        return localtime(moment).strftime("%Y-%m-%d %H:%M")
    return text


def _amount(text: str) -> str:
    """At least two digits after the point, and no more zeros than that."""
    whole, _point, part = text.partition(".")
    return f"{int(whole):,}.{part.rstrip('0').ljust(2, '0')}"


def _value(key: str, value: Any) -> Any:
    if key == "kind" and isinstance(value, str) and value in KINDS:
        return gettext(KINDS[value].title)
    if key == "hint" and isinstance(value, str):
        return gettext(rule_title(value))
    if key == "sku" and value == SHIPPING_SKU:
        return gettext("Shipping")
    if key == "list" and value in sources():
        return source_of(value).spoken_title()
    if key in PLACES and isinstance(value, str):
        return place_name(value)
    if key in WORDS and isinstance(value, str):
        return str(word(key, value))
    if isinstance(value, str):
        if _EXACT.fullmatch(value) and "quantity" not in key:
            return _amount(value)
        return value_text(value)  # never translated: it may be anything that somebody typed
    return shown(value)
