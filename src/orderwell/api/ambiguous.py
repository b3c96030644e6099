"""What JSON lets pass and two readers would read differently: a name twice in one object, digits with underscores.

Every body comes here, also that of an order, so what is clean is told apart by counting; only the rest is looked at closely.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.api.errors import RepeatedField
from orderwell.api.misfits import escaped
from orderwell.kernel.errors import Code, ErrorDetail

MOST = 100
# Python takes "1_000" for a thousand; others take it for one, or for nothing.
UNDERSCORED = re.compile(rb'"[-+ 0-9.]*[0-9]_[-+0-9_.eE]*\s*"')
_anything = msgspec.json.Decoder(float_hook=Decimal)
_encode = msgspec.json.Encoder().encode


def may_hold_numbers_with_underscores(body: bytes | msgspec.Raw) -> bool:
    return UNDERSCORED.search(body) is not None


def may_repeat_names(body: bytes | msgspec.Raw) -> bool:
    """There is a colon after each name, and decoding keeps one of two: less colons are left then."""
    sent = bytes(body)
    try:
        return sent.count(b":") > _encode(_anything.decode(sent)).count(b":")
    except (OverflowError, RecursionError):
        return True


def repeated_names(body: bytes | msgspec.Raw) -> list[ErrorDetail]:
    """Each name that stands twice in one object, with where it is; the first hundred."""
    try:
        read = json.loads(bytes(body), object_pairs_hook=_Object)
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
