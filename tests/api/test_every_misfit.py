"""All that is wrong with the shape of a body, at once."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from orderwell.api.decoding import decode
from orderwell.api.every_misfit import MOST
from orderwell.api.orders.drafts import OrderDraft
from orderwell.kernel.errors import Refusal


class Line(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    quantity: Decimal
    note: str | None = None


class Body(msgspec.Struct, forbid_unknown_fields=True):
    channel: Annotated[str, msgspec.Meta(max_length=5)]
    lines: tuple[Line, ...]
    at: datetime | msgspec.UnsetType = msgspec.UNSET
    ship_to: Line | None = None
    tags: list[int] = []


def wrong(body: Any, kind: Any = Body) -> dict[str, tuple[str, str]]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Refusal) as refusal:
        decode(sent, msgspec.json.Decoder(kind))
    return {str(error.pointer): (error.code, error.text()) for error in refusal.value.details}


def test_every_missing_field_is_named() -> None:
    assert {pointer: code for pointer, (code, _) in wrong({}).items()} == dict.fromkeys(
        ("/channel", "/lines"), "missing_field"
    )
    assert set(wrong({}, OrderDraft)) == {"/channel", "/lines"}


def test_everything_is_told_at_its_place() -> None:
    found = wrong(
        {
            "channel": 5,
            "colour": "red",
            "at": "noon",
            "lines": [{"sku": 1.5, "quantity": ""}, {"quantity": None, "no/te": 1}, 3],
            "ship_to": [],
            "tags": [1, "two"],
        }
    )
    assert {pointer: code for pointer, (code, _) in found.items()} == {
        "/channel": "wrong_type",
        "/colour": "unknown_field",
        "/at": "wrong_type",
        "/lines/0/sku": "wrong_type",
        "/lines/0/quantity": "wrong_type",
        "/lines/1/sku": "missing_field",
        "/lines/1/quantity": "wrong_type",
        "/lines/1/no~1te": "unknown_field",
        "/lines/2": "wrong_type",
        "/ship_to": "wrong_type",
        "/tags/1": "wrong_type",
    }
    assert "a number" in found["/lines/0/quantity"][1]
    assert "a number" in found["/lines/1/quantity"][1]
    assert found["/lines/0/sku"][1] == "Wrong kind of value: expected a text."
    assert found["/colour"][1] == "There is no field colour here; expected channel, lines, at, ship_to, tags."


def test_bounds_are_said_as_they_are() -> None:
    assert "at most 5 characters" in wrong({"channel": "too long", "lines": []})["/channel"][1]


def test_a_body_that_is_nothing_of_the_kind_is_refused_as_a_whole() -> None:
    assert wrong([])[""][0] == "wrong_type"


def test_a_body_that_ends_badly_is_refused_for_what_was_seen_of_it() -> None:
    assert set(wrong(b'{"channel": 5, "lines": ')) == {"/channel"}


def test_not_more_than_a_hundred_are_told() -> None:
    assert len(wrong({"channel": "web", "lines": [1] * 1000})) == MOST
