"""Everything that is wrong with the shape of a body: msgspec stops at the first thing, here the rest is looked for.

Only bodies that were refused come here, so it may take its time.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Union, get_args, get_origin

import msgspec

from orderwell.api.misfits import escaped
from orderwell.kernel.errors import ErrorDetail
from orderwell.kernel.written import is_plain_number

MOST = 100
# A message of msgspec about a value of some type as our own error.
Misfit = Callable[[str, Any], ErrorDetail]
# As it was sent: by itself msgspec would write a number with a point as text.
_encode = msgspec.json.Encoder(decimal_format="number").encode


def every_misfit(value: Any, kind: Any, misfit: Misfit) -> list[ErrorDetail]:
    """What of `value`, decoded from JSON, doesn't fit the type `kind`, each with its JSON pointer; the first hundred."""
    return [error for error, _place in zip(_walk(value, kind, misfit), range(MOST), strict=False)]


def _walk(value: Any, kind: Any, misfit: Misfit) -> Iterator[ErrorDetail]:
    either = _alternatives(kind)
    struct = next((part for part in either if isinstance(part, type) and issubclass(part, msgspec.Struct)), None)
    items = next((part for part in either if _item_of(part) is not None), None)
    if isinstance(value, dict) and struct is not None:
        yield from _fields(value, struct, misfit)
    elif isinstance(value, list) and items is not None:
        for index, item in enumerate(value):
            yield from _at(f"/{index}", _walk(item, _item_of(items), misfit))
    elif isinstance(value, str) and Decimal in either and str not in either and not is_plain_number(value):
        yield misfit("Invalid decimal string", kind)
    else:
        try:
            msgspec.json.decode(_encode(value), type=kind)
        except msgspec.ValidationError as error:
            yield misfit(str(error), kind)


def _fields(value: dict[str, Any], struct: type[msgspec.Struct], misfit: Misfit) -> Iterator[ErrorDetail]:
    """In the words of msgspec, so that they become errors in one place."""
    fields = msgspec.structs.fields(struct)
    names = {field.encode_name for field in fields}
    for field in fields:
        if field.encode_name in value:
            yield from _at(f"/{escaped(field.encode_name)}", _walk(value[field.encode_name], field.type, misfit))
        elif field.required:
            yield misfit(f"Object missing required field `{field.encode_name}`", struct)
    if struct.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in names:
                yield misfit(f"Object contains unknown field `{name}`", struct)


def _at(place: str, errors: Iterator[ErrorDetail]) -> Iterator[ErrorDetail]:
    return (error.at(place) for error in errors)


def _alternatives(kind: Any) -> tuple[Any, ...]:
    if isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        return get_args(kind)
    return (kind,)


def _item_of(kind: Any) -> Any:
    """What a list or a tuple of any length holds; None for other types."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list or (origin is tuple and parts[1:] == (Ellipsis,)):
        return parts[0]
    return None
