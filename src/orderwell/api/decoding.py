"""From bytes to values: what is wrong with a body is told with a code and a JSON pointer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar, get_args

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja.errors import ValidationErrorContext
from pydantic import BaseModel

from orderwell.api.ambiguous import may_hold_odd_numbers, may_repeat_names, repeated_names
from orderwell.api.errors import MalformedJson, MissingField, UnknownField, UnsupportedMediaType, WrongType
from orderwell.api.every_misfit import every_misfit
from orderwell.api.misfits import escaped, of_bytes, of_msgspec, of_pydantic
from orderwell.kernel.errors import Code, DomainError, ErrorDetail, InvalidValue, NotFound, Phrase, Refusal

T = TypeVar("T")
# What an address names by an id, where the parameter's own name would not say it.
IN_ADDRESSES = {
    "batch_id": _("import"),
    "count_id": _("stock count"),
    "file_id": _("file"),
    "key_id": _("API key"),
    "list_id": _("price list"),
    "note_id": _("credit note"),
    "other_id": _("customer"),
    "receipt_id": _("expected receipt"),
}
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
    value = decode_shape(body, decoder)
    if found := ambiguities(body, decoder.type):
        raise Refusal(found)
    return value


def decode_shape(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The same for a body whose parts are looked at one by one afterwards."""
    refuse_control_characters(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refusal(all_misfits(body, str(error), decoder.type)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(error) from None


def ambiguities(body: bytes | msgspec.Raw, kind: Any) -> list[ErrorDetail]:
    """What of a body that could be decoded might be read in two ways."""
    found = repeated_names(body) if may_repeat_names(body) else []
    if may_hold_odd_numbers(body, kind):
        try:
            found += every_misfit(_anything.decode(body), kind, misfit)
        except msgspec.ValidationError as error:  # a number that large must not hide another that is written oddly
            found.append(misfit(str(error), kind))
    return found


def malformed(error: msgspec.DecodeError | UnicodeDecodeError | RecursionError) -> MalformedJson:
    if isinstance(error, RecursionError):
        return MalformedJson(reason=Phrase("it is nested too deeply"))
    return MalformedJson(reason=of_bytes(error))


def decode_any(body: bytes) -> Any:
    return decode(body, _anything)


def refuse_control_characters(body: bytes) -> None:
    """No text of ours holds a NUL, and PostgreSQL can't store one."""
    if b"\\u0000" in body and re.search(rb"(?<!\\)(\\\\)*\\u0000", body):
        raise MalformedJson(reason=Phrase("text must not contain the character NUL (\\u0000)"))


_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"^Object (?P<how>contains unknown|missing required) field `(?P<field>.*)`$", re.DOTALL)


def all_misfits(body: bytes | msgspec.Raw, first: str, kind: Any) -> list[ErrorDetail]:
    """All that is wrong with the shape of a body of which msgspec told the `first` thing."""
    try:
        found = every_misfit(_anything.decode(body), kind, misfit)
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
        error = MissingField(field=Code(named["field"]), pointer=f"{pointer}/{escaped(named['field'])}")
    elif named:
        error = UnknownField(
            field=Code(named["field"][:80]),
            expected=fields_at(kind, path),
            pointer=f"{pointer}/{escaped(named['field'])}",
        )
    else:
        error = WrongType(reason=_wanted(of_msgspec(what, type_at(kind, path))), pointer=pointer)
    return error.detail()


def to_pointer(path: str) -> str:
    """`$.lines[0].quantity` as `/lines/0/quantity`. `[...]` stands for a key that msgspec does not tell."""
    return "".join(f"/{part}" for part in re.findall(r"[^.\[\]$]+|\.\.\.", path))


def type_at(kind: Any, path: str) -> Any:
    """The type of what stands at `path` inside the struct `kind`."""
    for part in re.findall(r"\.([^.\[\]$]+)", path):
        known = _fields(_struct_in(kind))
        kind = next((field.type for field in known if field.encode_name == part), None)
    return kind


def fields_at(kind: Any, path: str) -> str:
    """The names that are known at `path` inside the struct `kind`, for the sentence that says what would be right."""
    known = _fields(_struct_in(type_at(kind, path)))
    return Code(", ".join(field.encode_name for field in known)) or Phrase("another name")


def _wanted(right: Phrase) -> Phrase:
    return Phrase("expected {expected}", expected=right)


def _fields(kind: Any) -> tuple[Any, ...]:
    known = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return msgspec.structs.fields(kind) if known else ()


def _struct_in(kind: Any) -> Any:
    """The struct inside `Struct | None`, `tuple[Struct, ...]` and the like."""
    if kind is None or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return kind
    return next((found for part in getattr(kind, "__args__", ()) if (found := _struct_in(part)) is not None), None)


def given_to(contexts: Iterable[ValidationErrorContext[Any]]) -> list[dict[str, Any]]:
    """What django-ninja leaves out of each error: the value, and the fields that are known where one is not."""
    return [
        {"input": item["input"], "known": _known(context.model, item["loc"][:-1])}
        for context in contexts
        for item in context.pydantic_validation_error.errors(include_url=False)
    ]


def _known(model: Any, place: Iterable[Any]) -> list[str]:
    for part in place:
        if not isinstance(part, int):
            found = getattr(model, "model_fields", {}).get(part)
            model = _model_in(found.annotation) if found is not None else None
    return list(getattr(model, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def from_pydantic(errors: Iterable[Mapping[str, Any]], named: Mapping[str, Any]) -> DomainError:
    """What django-ninja found wrong with path, query or body; `named`: what stands in the path, by parameter."""
    details: list[ErrorDetail] = []
    for item in errors:
        where, *rest = item["loc"]
        if where == "path":
            name = str(rest[-1])
            kind = IN_ADDRESSES.get(name, name.removesuffix("_id").replace("_", " "))
            return NotFound(kind=kind, reference=Code(str(named.get(name, ""))[:80]))
        # Body parameters carry the name of the function's argument first, which is no part of the document.
        places = rest[1:] if where == "body" else rest
        pointer = "".join(f"/{escaped(part)}" for part in places) or None
        details.append(_pydantic_detail(item, str(places[-1]) if places else where, pointer))
    return Refusal(details)


def _pydantic_detail(item: Mapping[str, Any], field: str, pointer: str | None) -> ErrorDetail:
    kind, name = item["type"], Code(field[:80])
    if kind == "missing":
        return MissingField(field=name, pointer=pointer).detail()
    if kind == "extra_forbidden":
        known = Code(", ".join(item.get("known", ()))) or Phrase("another name")
        return UnknownField(field=name, expected=known, pointer=pointer).detail()
    right = of_pydantic(kind, item.get("ctx", {}))
    if kind.endswith(("_type", "_parsing")):
        return WrongType(reason=_wanted(right), pointer=pointer).detail()
    # Of a text nothing is repeated, it may be a password; a word that had to be one of a few is none.
    given = item.get("input")
    told = isinstance(given, int | Decimal) or kind in ("literal_error", "enum", "string_pattern_mismatch")
    return InvalidValue(value=Code(str(given)[:80]) if told else name, expected=right, pointer=pointer).detail()
