"""Building blocks of request and response bodies. Exact numbers are JSON strings; unknown fields are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, get_args

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import WithJsonSchema

from orderwell.api.misfits import NUMBER, OUR_TIME
from orderwell.kernel.money import in_currency, written
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import FIRST_MOMENT, LAST_MOMENT
from orderwell.kernel.written import is_plain_number

MAX_ID = 2**63 - 1


class Shape(Schema):
    """What we answer."""


class Input(Schema):
    """What we are sent: unknown fields are refused rather than silently ignored."""

    model_config = ConfigDict(extra="forbid")


class InCurrency(Shape):
    """What names a `currency`: its amounts, and those of its parts, are written with all the digits of that currency, as
    the answer to a new order writes them."""

    # Not annotated: what is said to be returned would describe the shape in openapi.json, in the place of its fields.
    @model_serializer(mode="wrap")
    def _in_its_currency(self, whole: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        found = whole(self)
        if currency := found.get("currency"):
            _write_amounts(found, _amounts_of(type(self)), currency)
        return found


# Of a shape: fields that are amounts, and those whose parts have some.
Places = tuple[tuple[str, ...], tuple[tuple[str, Any], ...]]


@cache
def _amounts_of(shape: type[Shape]) -> Places:
    own, parts = [], []
    for name, field in shape.model_fields.items():
        if _MONEY in field.metadata or _is_money(field.annotation):
            own.append(name)
        for part in _shapes_in(field.annotation):
            found = _amounts_of(part)
            if any(found) and not issubclass(part, InCurrency):
                parts.append((name, found))
    return tuple(own), tuple(parts)


def _is_money(annotation: Any) -> bool:
    return _MONEY in getattr(annotation, "__metadata__", ()) or any(map(_is_money, get_args(annotation)))


def _shapes_in(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes_in(part)


def _write_amounts(found: dict[str, Any], places: Places, currency: str) -> None:
    own, parts = places
    for name in own:
        if found.get(name) is not None:
            found[name] = in_currency(found[name], currency)
    for name, below in parts:
        value = found.get(name)
        for part in value if isinstance(value, list) else [value] if value else []:
            _write_amounts(part, below, currency)


def _an_exact_number(value: Any) -> Any:
    if isinstance(value, bool | float) or (isinstance(value, str) and not is_plain_number(value)):
        raise ValueError(NUMBER)
    return value


def _within_our_time(value: datetime) -> datetime:
    if not FIRST_MOMENT <= value < LAST_MOMENT:
        raise ValueError(OUR_TIME)
    return value


_TEXT_OF_NUMBER = WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, mode="serialization")
Exact = Annotated[Decimal, PlainSerializer(plain, return_type=str), _TEXT_OF_NUMBER]
# Money, and prices that may have more digits: inside an `InCurrency` written with at least the digits of its currency.
_MONEY = object()
Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str), _TEXT_OF_NUMBER, _MONEY]
# {currency: amount}
Amounts = Annotated[
    dict[str, Decimal],
    PlainSerializer(lambda found: {code: written(amount, code) for code, amount in found.items()}),
    WithJsonSchema(
        {"type": "object", "additionalProperties": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}},
        mode="serialization",
    ),
]
_GIVEN = (BeforeValidator(_an_exact_number),)
AmountIn = Annotated[Decimal, *_GIVEN, Field(max_digits=16, decimal_places=4)]
PositiveAmount = Annotated[Decimal, *_GIVEN, Field(max_digits=16, decimal_places=4, gt=0)]
QuantityIn = Annotated[Decimal, *_GIVEN, Field(max_digits=13, decimal_places=4, gt=0)]
SignedQuantity = Annotated[Decimal, *_GIVEN, Field(max_digits=13, decimal_places=4)]
UnitPriceIn = Annotated[Decimal, *_GIVEN, Field(max_digits=17, decimal_places=6, ge=0)]
RateIn = Annotated[Decimal, *_GIVEN, Field(max_digits=7, decimal_places=6, ge=0)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_our_time)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Code = Annotated[str, Field(min_length=1, max_length=60)]
ShortText = Annotated[str, Field(max_length=120)]
Text = Annotated[str, Field(max_length=240)]
LongText = Annotated[str, Field(max_length=10_000)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Reason = Annotated[str, Field(min_length=1, max_length=240)]


def _json_only(value: Any) -> Any:
    """Numbers with a point arrive as Decimal; inside free-form JSON they are what JSON has: numbers."""
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else str(value)
    if isinstance(value, dict):
        return {key: _json_only(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_only(item) for item in value]
    return value


Custom = Annotated[dict[str, Any], AfterValidator(_json_only), Field(max_length=100)]


class ErrorShape(Shape):
    code: str
    pointer: str | None = Field(description="JSON pointer (RFC 6901) into the body")
    detail: str
    data: dict[str, Any]


class Problem(Shape):
    """RFC 9457. `code` is stable; `detail` is a sentence for people in the language of Accept-Language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ErrorShape]


def columns(shape: type[Shape], row: Any, **derived: Any) -> dict[str, Any]:
    """The columns of a row that `shape` shows, and what is derived from it."""
    return {name: getattr(row, name) for name in shape.model_fields if name not in derived} | derived
