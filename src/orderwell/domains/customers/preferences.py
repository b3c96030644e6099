"""What a customer wants each time: every preference that can be kept, with its type, its word and where it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import DomainError, InvalidValue
from orderwell.kernel.refusals import text_problems

DAYS = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Preference:
    """`kind` is text, days, time, choice, yes_no or code. Titles, hints and choices are English texts to translate.

    `used` says what the software does with it; everything is shown to whoever enters an order.
    """

    name: str
    kind: str
    title: str
    hint: str = ""
    choices: Mapping[str, str] | None = None


# The order is the one of forms and pages.
PREFERENCES: tuple[Preference, ...] = (
    Preference("delivery_days", "days", _("Delivery days")),
    Preference("delivery_from", "time", _("Deliver from"), _("Such as 09:00.")),
    Preference("delivery_until", "time", _("Deliver until"), _("Such as 17:30.")),
    Preference("carrier", "text", _("Preferred carrier"), _("Stands in the field when a shipment is made.")),
    Preference(
        "warehouse", "code", _("Preferred warehouse"), _("Tried first when goods are reserved, if it has them all.")
    ),
    Preference(
        "partial_delivery",
        "yes_no",
        _("Partial deliveries allowed"),
        _(
            "If not, an order waits for all of its goods before it is listed to be shipped, and a dialog says when only a part would leave."
        ),
    ),
    Preference("substitutes", "yes_no", _("Substitutes allowed")),
    Preference("call_first", "yes_no", _("Call before delivery")),
    Preference("packing_note", "text", _("Packing note")),
    Preference(
        "invoice_by",
        "choice",
        _("Invoice by"),
        choices={"email": _("E-mail"), "paper": _("Paper, with the goods"), "post": _("Post"), "portal": _("Portal")},
    ),
)
BY_NAME = {item.name: item for item in PREFERENCES}


def preference_problems(values: Mapping[str, Any]) -> Iterator[DomainError]:
    """What is wrong with the declared ones; names that nobody declared belong to somebody else and pass."""
    for name, value in values.items():
        known = BY_NAME.get(name)
        if known is None or value in (None, ""):
            continue
        yield from _problems(known, value, f"/preferences/{name}")
    start, end = values.get("delivery_from"), values.get("delivery_until")
    if isinstance(start, str) and isinstance(end, str) and _is_time(start) and _is_time(end) and start >= end:
        yield InvalidValue(pointer="/preferences/delivery_until", value=end, expected=f"> {start}")


def _is_time(value: str) -> bool:
    return bool(_TIME.fullmatch(value))


def _problems(known: Preference, value: Any, pointer: str) -> Iterator[DomainError]:
    if known.kind == "yes_no":
        if not isinstance(value, bool):
            yield InvalidValue(pointer=pointer, value=str(value)[:40], expected="true, false")
    elif known.kind == "days":
        if not isinstance(value, list) or not all(day in DAYS for day in value):
            yield InvalidValue(pointer=pointer, value=str(value)[:40], expected=", ".join(DAYS))
    elif not isinstance(value, str):
        yield InvalidValue(pointer=pointer, value=str(value)[:40], expected="a text")
    elif known.kind == "time":
        if not _is_time(value):
            yield InvalidValue(pointer=pointer, value=value[:40], expected="09:00")
    elif known.kind == "choice":
        if value not in (known.choices or {}):
            yield InvalidValue(pointer=pointer, value=value[:40], expected=", ".join(known.choices or {}))
    else:
        yield from text_problems(value, pointer, MOST_TEXT, lines=True)


def declared(values: Mapping[str, Any]) -> list[tuple[Preference, Any]]:
    """Those that were set, in the order of the form."""
    return [(item, values[item.name]) for item in PREFERENCES if values.get(item.name) not in (None, "", [])]
