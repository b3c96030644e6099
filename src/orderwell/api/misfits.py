"""Everything that is wrong with the shape of a body. msgspec stops at the first thing; here the rest is looked for.

Only bodies that were refused come here, so it may take its time.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from django.utils.translation import gettext_noop as _

from orderwell.api.errors import MissingField, UnknownField, WrongType
from orderwell.kernel.errors import ErrorDetail, Phrase

MOST = 100
_GIVEN = 40
# As it was sent: by itself msgspec would write a number with a point as text.
_encode = msgspec.json.Encoder(decimal_format="number").encode
_EXPECTED = _("expected {expected}, not {given}")
# What is right, by the type of a field.
_RIGHT: dict[type, str] = {
    Decimal: _('a number such as 2 or "2.5"'),
    int: _("a whole number"),
    str: _("text"),
    bool: _("true or false"),
    datetime: _('a moment such as "2026-03-01T10:00:00Z"'),
    date: _('a day such as "2026-03-01"'),
}
_OBJECT, _LIST, _EITHER = _("an object"), _("a list"), _("{one} or {two}")


def misfits(value: Any, kind: Any, pointer: str = "") -> list[ErrorDetail]:
    """What of `value`, decoded from JSON, doesn't fit the type `kind`, each with its JSON pointer; the first hundred."""
    return [error for error, _place in zip(_walk(value, kind, pointer), range(MOST), strict=False)]


def _walk(value: Any, kind: Any, pointer: str) -> Iterator[ErrorDetail]:
    inner = _bare(kind)
    if isinstance(value, dict) and (struct := next((part for part in inner if _is_struct(part)), None)):
        yield from _fields(value, struct, pointer)
    elif isinstance(value, list) and (items := next((part for part in inner if _item_of(part) is not None), None)):
        for index, item in enumerate(value):
            yield from _walk(item, _item_of(items), f"{pointer}/{index}")
    else:
        yield from _leaf(value, kind, inner, pointer)


def _fields(value: dict[str, Any], struct: type[msgspec.Struct], pointer: str) -> Iterator[ErrorDetail]:
    fields = msgspec.structs.fields(struct)
    for field in fields:
        place = f"{pointer}/{field.encode_name}"
        if field.encode_name in value:
            yield from _walk(value[field.encode_name], field.type, place)
        elif field.required:
            yield MissingField(field=field.encode_name, pointer=place).detail()
    if struct.__struct_config__.forbid_unknown_fields:
        known = ", ".join(field.encode_name for field in fields)
        for name in value.keys() - {field.encode_name for field in fields}:
            place = f"{pointer}/{name[:80].replace('~', '~0').replace('/', '~1')}"
            yield UnknownField(field=name[:80], expected=known, pointer=place).detail()


def _leaf(value: Any, kind: Any, inner: tuple[Any, ...], pointer: str) -> Iterator[ErrorDetail]:
    try:
        msgspec.json.decode(_encode(value), type=kind)
    except msgspec.ValidationError as error:
        right = _right(inner)
        if right is None:
            yield WrongType(reason=str(error)[:200], pointer=pointer).detail()
        else:
            given = _encode(value).decode()
            given = given if len(given) <= _GIVEN else f"{given[:_GIVEN]}..."
            yield WrongType(reason=Phrase(_EXPECTED, expected=right, given=given), pointer=pointer).detail()


def _right(inner: tuple[Any, ...]) -> Phrase | None:
    """What would be right, where the type alone says it."""
    found = []
    for part in inner:
        if part in _RIGHT:
            found.append(Phrase(_RIGHT[part]))
        elif _is_struct(part) or get_origin(part) is dict:
            found.append(Phrase(_OBJECT))
        elif _item_of(part) is not None:
            found.append(Phrase(_LIST))
        elif part not in (type(None), msgspec.UnsetType):
            return None
    if not found:
        return None
    right = found[0]
    for other in found[1:]:
        right = Phrase(_EITHER, one=right, two=other)
    return right


def _bare(kind: Any) -> tuple[Any, ...]:
    """The alternatives of a type. Bounds stay out: what is of the right type and out of bounds, msgspec says itself."""
    if get_origin(kind) is Annotated:
        return (
            (kind,) if any(isinstance(part, msgspec.Meta) for part in get_args(kind)[1:]) else _bare(get_args(kind)[0])
        )
    if isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        return tuple(part for alternative in get_args(kind) for part in _bare(alternative))
    return (kind,)


def _item_of(kind: Any) -> Any:
    """What a list or a tuple of any length holds; None for other types."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list or (origin is tuple and parts[1:] == (Ellipsis,)):
        return parts[0]
    return None


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
