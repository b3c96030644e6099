"""What the decoders find wrong with a value, in our own sentences: theirs are English and speak of their own types.

A sentence is made of what would be right, as a phrase: "at most 40 characters". Names of fields stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import Any, Literal, get_args, get_origin

import msgspec
from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import Code, Phrase

# Texts that our own checks of a shape raise.
NUMBER = _("a number, or a number written as text with nothing but digits and a point, such as 12.50")
OUR_TIME = _("a moment between 1970 and 2200")
OWN = (NUMBER, OUR_TIME)

TEXT, WHOLE, TRUTH = _("a text"), _("a whole number"), _("true or false")
MOMENT = _("a moment with its time zone, such as 2026-03-01T09:30:00+08:00")
DAY, ROWS, FIELDS, NULL = _("a day, such as 2026-03-01"), _("a list"), _("an object with fields"), _("null")
FILE = _("a file, as multipart/form-data")
CHARACTERS_FEWEST, CHARACTERS_MOST = _("at least {count} characters"), _("at most {count} characters")
ENTRIES_FEWEST, ENTRIES_MOST = _("at least {count} entries"), _("at most {count} entries")
ABOVE, AT_LEAST = _("a number greater than {limit}"), _("a number of at least {limit}")
BELOW, AT_MOST = _("a number less than {limit}"), _("a number of at most {limit}")
ONE_OF = _("one of {names}")
# The only form that a shape asks of a text.
CURRENCY = _("the three capital letters of a currency, such as CNY")
SMALLER = _("a number that is not that large")
ANYTHING = _("a value as openapi.json describes it")

# Of pydantic's kinds of error those that can occur in our shapes; ANYTHING stands for the rest.
SAID: dict[str, str] = {
    **dict.fromkeys(("string_type", "string_unicode"), TEXT),
    "string_too_short": CHARACTERS_FEWEST,
    "string_too_long": CHARACTERS_MOST,
    "string_pattern_mismatch": CURRENCY,
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), WHOLE),
    "int_parsing_size": SMALLER,
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"), NUMBER),
    "decimal_max_digits": _("a number of at most {count} digits"),
    "decimal_max_places": _("a number of at most {count} digits after the point"),
    "decimal_whole_digits": _("a number of at most {count} digits before the point"),
    "greater_than": ABOVE,
    "greater_than_equal": AT_LEAST,
    "less_than": BELOW,
    "less_than_equal": AT_MOST,
    **dict.fromkeys(("bool_type", "bool_parsing"), TRUTH),
    "list_type": ROWS,
    "too_short": ENTRIES_FEWEST,
    "too_long": ENTRIES_MOST,
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), FIELDS),
    **dict.fromkeys(("literal_error", "enum"), ONE_OF),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_object_invalid"), MOMENT),
    **dict.fromkeys(("datetime_from_date_parsing", "timezone_aware"), MOMENT),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), DAY),
    **dict.fromkeys(("is_instance_of", "bytes_type"), FILE),
    "none_required": NULL,
}
# What pydantic calls the one figure of a kind of error.
_COUNTS = ("min_length", "max_length", "max_digits", "decimal_places", "whole_digits")
_LIMITS = ("gt", "ge", "lt", "le")


def escaped(field: object) -> str:
    """A name as a part of a JSON pointer: https://www.rfc-editor.org/rfc/rfc6901#section-3"""
    return str(field)[:80].replace("~", "~0").replace("/", "~1")


def of_pydantic(kind: str, context: Mapping[str, Any]) -> Phrase:
    """What would be right where pydantic found an error of this kind."""
    if kind in ("value_error", "assertion_error"):
        text = str(context.get("error", ""))
        return Phrase(text if text in OWN else FILE if "UploadedFile" in text else ANYTHING)
    data: dict[str, Any] = {}
    for name, value in context.items():
        if name in _COUNTS:
            data["count"] = value
        elif name in _LIMITS:
            data["limit"] = value
        elif name == "expected":
            data["names"] = names_in(str(value))
    return Phrase(SAID.get(kind, ANYTHING), **data)


def names_in(listed: str) -> Code:
    """pydantic's "'now', 'later' or 'over'" as one writes it in any language."""
    quoted = re.findall(r"'([^']*)'", listed)
    return Code(" / ".join(name for name in (quoted or re.split(r", | or ", listed)) if name))


_KINDS: dict[str, str] = {
    "str": TEXT,
    "int": WHOLE,
    "float": NUMBER,
    "decimal": NUMBER,
    "bool": TRUTH,
    "datetime": MOMENT,
    "date": DAY,
    "array": ROWS,
    "object": FIELDS,
    "null": NULL,
}
_EXPECTED = re.compile(r"^Expected `(?P<kinds>[^`]+)`(?:, got `[^`]*`| with a timezone component)?$")
_LENGTH = re.compile(r"^Expected `(?P<kind>\w+)` of length (?P<sign>[<>])= (?P<count>\d+)$")
_BOUND = re.compile(r"^Expected `\w+` (?P<sign>[<>]=?) (?P<limit>\S+)$")
_BOUNDS = {"<": BELOW, "<=": AT_MOST, ">": ABOVE, ">=": AT_LEAST}
_STARTS = {
    "Invalid RFC3339 encoded datetime": MOMENT,
    "Invalid RFC3339 encoded date": DAY,
    "Timestamp is out of range": OUR_TIME,
    "Invalid epoch timestamp": MOMENT,
    "Invalid decimal string": NUMBER,
    "Integer value out of range": SMALLER,
    "Number out of range": SMALLER,
}


def of_msgspec(message: str, kind: Any = None) -> Phrase:
    """What would be right where msgspec says `message` of a value that ought to be of the type `kind`."""
    if found := _EXPECTED.match(message):
        kinds = [Phrase(_KINDS.get(part.strip(), ANYTHING)) for part in found["kinds"].split("|")]
        return reduce(lambda one, other: Phrase("{one} or {other}", one=one, other=other), kinds)
    if found := _LENGTH.match(message):
        most = found["sign"] == "<"
        of_text = (CHARACTERS_MOST if most else CHARACTERS_FEWEST, int(found["count"]))
        template, count = of_text if found["kind"] == "str" else (ENTRIES_MOST if most else ENTRIES_FEWEST, of_text[1])
        return Phrase(template, count=count)
    if found := _BOUND.match(message):
        return Phrase(_BOUNDS[found["sign"]], limit=Decimal(found["limit"]))
    if message.startswith("Invalid enum value") and (names := _names_of(kind)):
        return Phrase(ONE_OF, names=names)
    return Phrase(next((said for start, said in _STARTS.items() if message.startswith(start)), ANYTHING))


def _names_of(kind: Any) -> Code | None:
    """The values of a Literal or an enumeration, also inside `... | None`."""
    if get_origin(kind) is Literal:
        return Code(" / ".join(str(value) for value in get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Code(" / ".join(str(value.value) for value in kind))
    return next((found for part in get_args(kind) if (found := _names_of(part))), None)


_BYTE = re.compile(r"\(byte (\d+)\)|in position (\d+)")


def of_bytes(error: msgspec.DecodeError | UnicodeDecodeError) -> Phrase:
    """Why bytes are no JSON."""
    found = _BYTE.search(str(error))
    place = int(found[1] or found[2]) + 1 if found else 0
    if isinstance(error, UnicodeDecodeError):
        return Phrase("byte {place} is no UTF-8", place=place)
    if found:
        return Phrase("byte {place} does not fit", place=place)
    return Phrase("it ends too early")
