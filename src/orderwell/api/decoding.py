"""From bytes to values: what is wrong with a body is told with a code and a JSON pointer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest

from orderwell.api.errors import MalformedJson, MissingField, UnknownField, UnsupportedMediaType, WrongType
from orderwell.api.misfits import misfits
from orderwell.kernel.errors import DomainError, ErrorDetail, InvalidValue, NotFound, Refusal

T = TypeVar("T")
# Numbers with a point become Decimal: a float would have lost digits before anybody could refuse them.
_anything = msgspec.json.Decoder(float_hook=Decimal)


def require_json(content_type: str) -> None:
    """Refuse a body that says it is something else than JSON in UTF-8."""
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"') if parameters.strip() else "utf-8"
    if kind.strip().lower() != "application/json" or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(given=content_type[:80] or "-", expected="application/json; charset=utf-8")


def body_of(request: HttpRequest) -> bytes:
    require_json(request.META.get("CONTENT_TYPE", ""))
    return request.body


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode strictly. Raises MalformedJson for what is no JSON, Refusal with pointers for what is the wrong JSON."""
    refuse_control_characters(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refusal(all_misfits(body, str(error), decoder.type)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedJson(reason=str(error)[:200]) from None
    except RecursionError:
        raise MalformedJson(reason="it is nested too deeply") from None


def decode_any(body: bytes) -> Any:
    return decode(body, _anything)


def refuse_control_characters(body: bytes) -> None:
    """No text of ours holds a NUL, and PostgreSQL can't store one."""
    if b"\\u0000" in body and re.search(rb"(?<!\\)(\\\\)*\\u0000", body):
        raise MalformedJson(reason="text must not contain the character NUL (\\u0000)")


_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"^Object (?P<how>contains unknown|missing required) field `(?P<field>.*)`$", re.DOTALL)


def all_misfits(body: bytes | msgspec.Raw, first: str, kind: Any) -> list[ErrorDetail]:
    """All that is wrong with the shape of a body of which msgspec told the `first` thing."""
    try:
        found = misfits(_anything.decode(body), kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = []  # msgspec stopped before it came to what is no JSON
    return found or [misfit(first, kind)]


def misfit(message: str, kind: Any = None) -> ErrorDetail:
    """A message of msgspec as our own error with a JSON pointer."""
    match = _PLACE.match(message)
    what, path = (match["what"], match["path"] or "$") if match else (message, "$")
    pointer = to_pointer(path)
    named = _NAMED.match(what)
    error: DomainError
    if named and named["how"] == "missing required":
        error = MissingField(field=named["field"], pointer=f"{pointer}/{escaped(named['field'])}")
    elif named:
        error = UnknownField(
            field=named["field"][:80], expected=fields_at(kind, path), pointer=f"{pointer}/{escaped(named['field'])}"
        )
    else:
        error = WrongType(reason=what[:200], pointer=pointer)
    return error.detail()


def escaped(field: object) -> str:
    return str(field)[:80].replace("~", "~0").replace("/", "~1")


def to_pointer(path: str) -> str:
    """`$.lines[0].quantity` as `/lines/0/quantity`. `[...]` stands for a key that msgspec does not tell."""
    return "".join(f"/{part}" for part in re.findall(r"[^.\[\]$]+|\.\.\.", path))


def fields_at(kind: Any, path: str) -> str:
    """The names that are known at `path` inside the struct `kind`, for the sentence that says what would be right."""
    for part in re.findall(r"\.([^.\[\]$]+)", path):
        kind = _struct_in(next((field.type for field in _fields(kind) if field.encode_name == part), None))
    return ", ".join(field.encode_name for field in _fields(kind)) or "another name"


def _fields(kind: Any) -> tuple[Any, ...]:
    known = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return msgspec.structs.fields(kind) if known else ()


def _struct_in(kind: Any) -> Any:
    """The struct inside `Struct | None`, `tuple[Struct, ...]` and the like."""
    if kind is None or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return kind
    return next((found for part in getattr(kind, "__args__", ()) if (found := _struct_in(part)) is not None), None)


def from_pydantic(errors: Iterable[Mapping[str, Any]], named: Mapping[str, Any]) -> DomainError:
    """What django-ninja found wrong with path, query or body; `named`: what stands in the path, by parameter."""
    details: list[ErrorDetail] = []
    for item in errors:
        where, *rest = item["loc"]
        if where == "path":
            name = str(rest[-1])
            return NotFound(kind=name.removesuffix("_id").replace("_", " "), reference=str(named.get(name, ""))[:80])
        # Body parameters carry the name of the function's argument first, which is no part of the document.
        places = rest[1:] if where == "body" else rest
        pointer = "".join(f"/{escaped(part)}" for part in places) or None
        details.append(_pydantic_detail(item, str(places[-1]) if places else where, pointer))
    return Refusal(details)


def _pydantic_detail(item: Mapping[str, Any], field: str, pointer: str | None) -> ErrorDetail:
    kind, message = item["type"], item["msg"]
    if kind == "missing":
        return MissingField(field=field, pointer=pointer).detail()
    if kind == "extra_forbidden":
        return UnknownField(field=field[:80], expected="one of the documented names", pointer=pointer).detail()
    if kind.endswith(("_type", "_parsing")):
        return WrongType(reason=message[:200], pointer=pointer).detail()
    return InvalidValue(value=field[:80], expected=message[:1].lower() + message[1:200], pointer=pointer).detail()
