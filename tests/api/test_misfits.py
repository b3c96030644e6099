"""What is wrong with a value is said in the language of the caller, whichever decoder found it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args

import msgspec
import pytest
from django.utils import translation
from pydantic_core import core_schema

from orderwell.api.decoding import from_pydantic, misfit
from orderwell.api.misfits import ANYTHING, OWN, SAID, of_bytes, of_msgspec, of_pydantic
from orderwell.kernel.errors import Refusal
from orderwell.platform.wording import sentence, shown
from tests.api.callers import Caller
from tests.api.shop import Shop, draft
from tests.api.test_every_route import described

KINDS = get_args(core_schema.ErrorType)
# What pydantic tells about an error, by the names that it gives it.
CONTEXT: dict[str, Any] = {
    **dict.fromkeys(("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "actual_length"), 7),
    **dict.fromkeys(("max_digits", "decimal_places", "whole_digits"), 7),
    "pattern": "^[A-Z]{3}$",
    "expected": "'now', 'later' or 'over'",
    "error": "input is too short",
    "field_type": "List",
}
# Names that stay what they are: what programs write.
CODES = re.compile(
    r"JSON|HTTP|NUL|UTF-8|Content-Length|multipart/form-data|openapi\.json|true|false|null|CNY|[\d:T+-]+|API|SKU"
)
# A schema of pydantic as the kinds of error that a value can meet there.
MEETS: dict[str, tuple[str, ...]] = {
    "str": ("string_type", "string_unicode"),
    "int": ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
    "float": ("float_type", "float_parsing", "finite_number"),
    "decimal": ("decimal_type", "decimal_parsing", "finite_number"),
    "bool": ("bool_type", "bool_parsing"),
    "datetime": ("datetime_type", "datetime_parsing", "datetime_object_invalid", "datetime_from_date_parsing"),
    "date": ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "list": ("list_type",),
    "dict": ("dict_type",),
    "model": ("model_type", "model_attributes_type"),
    "model-fields": ("missing", "extra_forbidden", "model_attributes_type"),
    "literal": ("literal_error",),
    "enum": ("enum",),
    "is-instance": ("is_instance_of",),
    "none": ("none_required",),
}
BOUNDS: dict[str, dict[str, str]] = {
    "str": {"min_length": "string_too_short", "max_length": "string_too_long", "pattern": "string_pattern_mismatch"},
    "list": {"min_length": "too_short", "max_length": "too_long"},
    "dict": {"min_length": "too_short", "max_length": "too_long"},
    "datetime": {"tz_constraint": "timezone_aware"},
    "number": {
        "gt": "greater_than",
        "ge": "greater_than_equal",
        "lt": "less_than",
        "le": "less_than_equal",
        "max_digits": "decimal_max_digits",
        "decimal_places": "decimal_max_places",
    },
}
# These say nothing themselves.
THROUGH = {
    "default",
    "nullable",
    "definitions",
    "definition-ref",
    "any",
    "model-field",
    "function-after",
    "function-wrap",
}
THROUGH |= {"function-before", "function-plain", "union", "lax-or-strict", "chain", "json-or-python", "custom-error"}
# ... and what kind of function a check is, which pydantic calls a type too.
THROUGH |= {"no-info", "with-info"}


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("type"), str):
            yield part
        for name, value in part.items():
            if name not in ("serialization", "metadata", "default"):
                yield from schemas(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from schemas(value)


def ours() -> list[dict[str, Any]]:
    """Every schema in whatever the routes take in."""
    from orderwell.api.app import api

    found = []
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in operation.models:
                    found += list(schemas(model.__pydantic_core_schema__))
    return found


def sentence_in_chinese(kind: str) -> str:
    item = {"type": kind, "loc": ("body", "body", "lines", 0, "order"), "ctx": CONTEXT, "msg": "Input should be wrong"}
    refusal = from_pydantic([{**item, "input": 7, "known": ["sku", "order"]}], {})
    with translation.override("zh-hans"):
        return sentence(refusal.details[0])


def chinese_only(said: str, *names: str) -> None:
    """No word of another language but what programs write."""
    assert re.search(r"[一-鿿]", said), said
    for name in names:
        said = said.replace(name, "")
    assert not re.search(r"[A-Za-z]{2,}", CODES.sub("", said)), said
    assert "{" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_error_is_told_in_the_words_of_the_library(kind: str) -> None:
    said = sentence_in_chinese(kind)
    chinese_only(said, "order", "sku", "now / later / over")
    assert "Input" not in said


def test_every_kind_that_our_shapes_can_meet_has_words_of_its_own() -> None:
    met = {"missing", "extra_forbidden"}
    for schema in ours():
        kind = schema["type"]
        assert kind in MEETS or kind in THROUGH, f"what is {kind}?"
        met.update(MEETS.get(kind, ()))
        bounds = BOUNDS.get(kind, BOUNDS["number"] if kind in ("int", "float", "decimal") else {})
        met.update(error for name, error in bounds.items() if name in schema)
    assert len(met) > 25, "the walk found the schemas"
    assert met - {"missing", "extra_forbidden"} <= set(SAID), "says nothing but that it is wrong"


def test_what_our_own_checks_say_is_said_and_nothing_of_others() -> None:
    for text in OWN:
        assert of_pydantic("value_error", {"error": text}) == text
    assert of_pydantic("value_error", {"error": "Traceback"}) == ANYTHING


class Line(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    rounding: Literal["up", "down"] | None = None


class Document(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[Line]
    text: str = ""


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        (b"{}", "/lines", "缺少字段 lines。"),
        (b'{"lines": 1}', "/lines", "列表"),
        (b'{"lines": [1]}', "/lines/0", "对象"),
        (b'{"lines": [{"count": "x"}]}', "/lines/0/count", "整数"),
        (b'{"lines": [{"count": 1, "rounding": "x"}]}', "/lines/0/rounding", "up / down"),
        (b'{"lines": [], "text": 1}', "/text", "文本"),
        (b'{"lines": [], "order": 1}', "/order", "order"),
    ],
)
def test_structs_are_spoken_of_in_chinese(body: bytes, pointer: str, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(body, type=Document)
    detail = misfit(str(caught.value), Document)
    assert detail.pointer == pointer
    with translation.override("zh-hans"):
        found = sentence(detail)
    assert said in found
    chinese_only(found, "lines", "order", "text", "count", "rounding", "up / down")


MESSAGES = [
    *(
        f"Expected `{kind}`, got `str`"
        for kind in ("str", "int", "float", "decimal", "bool", "datetime", "date", "array")
    ),
    *(
        "Expected `object`, got `int`",
        "Expected `int | null`, got `str`",
        "Expected `datetime` with a timezone component",
    ),
    *(
        "Expected `str` of length <= 40",
        "Expected `array` of length >= 1",
        "Expected `int` >= 1",
        "Expected `float` < 2.5",
    ),
    *(
        "Invalid enum value 'x'",
        "Invalid RFC3339 encoded datetime",
        "Invalid UUID",
    ),
    *("Invalid RFC3339 encoded date", "Invalid decimal string", "Integer value out of range", "Number out of range"),
    *("Timestamp is out of range", "Invalid base64 encoded string", "Something that msgspec says tomorrow"),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_no_message_of_msgspec_is_told_in_its_words(message: str) -> None:
    with translation.override("zh-hans"):
        chinese_only(str(shown(of_msgspec(message))))
    assert not of_msgspec(message).startswith(("Expected", "Invalid"))


@pytest.mark.parametrize("body", [b"{", b"[1,]", b'{"a": 1} x', b'"\xff"', b'{"a": "\\x"}', b""])
def test_what_is_no_json_is_told_in_chinese(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as caught:
        msgspec.json.decode(body)
    with translation.override("zh-hans"):
        chinese_only(str(shown(of_bytes(caught.value))))


def test_requests_are_answered_in_chinese(owner: Caller, shop: Shop) -> None:
    asked = {"Accept-Language": "zh"}
    answers = [
        owner.get("/orders?limit=0", headers=asked),
        owner.get("/orders?state=nope", headers=asked),
        owner.get("/orders?since=yesterday", headers=asked),
        owner.get("/orders?late=perhaps", headers=asked),
        owner.get("/orders?nope=1", headers=asked),
        owner.get("/price-lists?currency=yuan", headers=asked),
        owner.post("/cases", {"kind": "nope"}, headers=asked),
        owner.post("/cases", {"body": "x" * 10_001}, headers=asked),
        owner.post("/cases", {"body": 1, "order": 2}, headers=asked),
        owner.post("/orders", b"{", headers=asked),
        owner.post("/orders", draft(lines="CUP"), headers=asked),
        owner.post("/orders/bulk", {"orders": []}, headers=asked),
        owner.post("/orders/bulk", {"orders": [{"lines": 1}]}, headers=asked),
    ]
    for answer in answers:
        found = answer.json()
        for error in [*found.get("errors", ()), *found.get("results", [{}])[0].get("errors", ())]:
            words = re.findall(r"[a-z_]{2,}", str(error["data"]) + str(error["pointer"]))
            chinese_only(
                error["detail"], *sorted(words, key=len, reverse=True), "CNY", "USD", "EUR", "HKD", "JPY", "GBP"
            )


def test_a_field_is_called_what_it_is_called_in_the_document(owner: Caller) -> None:
    """There is a Chinese word for "body"; nobody could send it."""
    error = owner.post("/cases", {}, headers={"Accept-Language": "zh"}).json()["errors"][0]
    assert (error["pointer"], error["detail"]) == ("/body", "缺少字段 body。")
    error = owner.post("/cases", {"body": "x", "bodi": 1}).json()["errors"][0]
    assert error["code"] == "unknown_field" and "body" in error["data"]["expected"]


@pytest.mark.parametrize(
    "route", sorted(path for method, path in described() if method == "GET" and path.endswith("_id}"))
)
def test_an_address_names_what_is_not_there_in_chinese(owner: Caller, route: str) -> None:
    path = re.sub(r"\{\w+\}", "999", route.rpartition("{")[0]) + "nope"
    answer = owner.get(path, headers={"Accept-Language": "zh"})
    assert answer.status_code == 404
    chinese_only(answer.json()["detail"], "nope")


def test_a_text_of_wrong_length_is_not_repeated() -> None:
    """It may be a password, and answers to repeated requests are kept."""
    item = {
        "type": "string_too_short",
        "loc": ("body", "body", "password"),
        "ctx": {"min_length": 8},
        "input": "secret",
    }
    refusal = from_pydantic([item], {})
    assert isinstance(refusal, Refusal)
    assert "secret" not in repr(refusal.details[0].data) + refusal.details[0].text()


def test_the_only_form_that_a_shape_asks_of_a_text_is_that_of_a_currency() -> None:
    assert {schema["pattern"] for schema in ours() if "pattern" in schema} == {"^[A-Z]{3}$"}
