"""What JSON lets pass and two readers would read differently: a name twice in one object, "+5" or "1_000" as a number.

Every body comes here, also that of an order, so what is clean is told apart by counting; only the rest is looked at closely.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, get_args

import msgspec

from orderwell.api.errors import RepeatedField
from orderwell.api.misfits import escaped
from orderwell.kernel.errors import Code, ErrorDetail
from orderwell.kernel.written import PLAIN

MOST = 100
_anything = msgspec.json.Decoder(float_hook=Decimal)
_encode = msgspec.json.Encoder().encode


def may_hold_odd_numbers(body: bytes | msgspec.Raw, kind: Any) -> bool:
    """Whether a number of the type `kind` is sent as a text that is not only digits and a point."""
    odd = _odd_number_in(kind)
    # A letter of a name may be written as \\u0071.
    return odd is not None and (odd.search(body) is not None or b"\\u00" in bytes(body))


@cache
def _odd_number_in(kind: Any) -> re.Pattern[bytes] | None:
    names = b"|".join(sorted(re.escape(name.encode()) for name in _names_of_numbers(kind)))
    return re.compile(rb'"(?:%b)"\s*:\s*"(?!%b")' % (names, PLAIN.encode())) if names else None


def _names_of_numbers(kind: Any) -> set[str]:
    """The fields of a type, and of the types of its fields, that are exact numbers."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        own = {field.encode_name for field in fields if field.type is Decimal or Decimal in get_args(field.type)}
        return own.union(*(_names_of_numbers(field.type) for field in fields))
    return set().union(*map(_names_of_numbers, get_args(kind)))


def may_repeat_names(body: bytes | msgspec.Raw) -> bool:
    """There is a colon after each name, and decoding keeps one of two: less colons are left then."""
    sent = bytes(body)
    try:
        return sent.count(b":") > _encode(_anything.decode(sent)).count(b":")
    except (OverflowError, RecursionError, msgspec.ValidationError):  # the last: an integer of over 4,300 digits
        return True


def repeated_names(body: bytes | msgspec.Raw) -> list[ErrorDetail]:
    """Each name that stands twice in one object, with where it is; the first hundred."""
    try:
        # Numbers stay text: nobody asks for them here, and of more than 4,300 digits Python makes none.
        read = json.loads(bytes(body), object_pairs_hook=_Object, parse_int=str, parse_float=str)
    except RecursionError:
        return []  # nothing of ours is nested as deep as that: the types refuse it
    return [detail for detail, _place in zip(_repeated(read, ""), range(MOST), strict=False)]


class _Object(list[tuple[str, Any]]):
    """The names and values of an object as they were sent."""


def _repeated(value: Any, pointer: str) -> Iterator[ErrorDetail]:
    if isinstance(value, _Object):
        seen: set[str] = set()
        for name, inner in value:
            place = f"{pointer}/{escaped(name)}"
            if name in seen:
                yield RepeatedField(field=Code(name[:80]), pointer=place).detail()
            seen.add(name)
            yield from _repeated(inner, place)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _repeated(inner, f"{pointer}/{index}")
