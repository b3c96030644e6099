"""The description of the API: complete, valid, in step with the file, and served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import schemathesis

from orderwell.api.openapi import document, operations
from orderwell.api.shapes import Input, Shape
from orderwell.platform.permissions import EVERYTHING
from tests.api.callers import Caller


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    for reference in set(references(whole)):
        found = whole
        for part in reference.removeprefix("#/").split("/"):
            assert part in found, reference
            found = found[part]


def test_every_shape_says_what_is_in_it() -> None:
    shapes = document()["components"]["schemas"]
    assert not [name for name, shape in shapes.items() if not set(shape) - {"title", "description"}]
    assert {"currency", "total_amount"} <= set(shapes["OrderSummary"]["properties"])


# What needs a key and no permission of its own: a batch and an export need those of what is in them, the rest is one's own.
OF_THE_CALLER = tuple(f"/api/v1/{name}" for name in ("batch", "exports", "lists"))


def test_every_operation_is_named_once_says_its_permission_and_its_refusals() -> None:
    found = list(operations(document()))
    names = [operation["operationId"] for _, _, operation in found]
    assert len(names) == len(set(names))
    for path, method, operation in found:
        assert operation["x-permission"] in EVERYTHING or path.startswith(OF_THE_CALLER), path
        assert operation["description"], path
        assert {"400", "401", "403", "404", "422", "500", "503"} <= set(operation["responses"]), path
        if method != "get":
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert "Idempotency-Key" in names, path
            assert {"413", "415"} <= set(operation["responses"]), path
            needed = [item["name"] for item in operation["parameters"] if item.get("required")]
            # Small tables take it and don't ask for it.
            assert ("If-Match" in needed) == ("428" in operation["responses"]), path


def test_document_is_valid_openapi() -> None:
    assert schemathesis.openapi.from_dict(document()).validate() is not False


def test_description_is_served_to_anybody(anonymous: Caller) -> None:
    answer = anonymous.get("/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["openapi"].startswith("3.1")
    assert anonymous.post("/openapi.json", {}).json()["code"] == "method_not_allowed"


def test_no_two_shapes_share_a_name() -> None:
    """The description knows shapes by name alone: of two with one name, one would describe the other's answers."""
    found: dict[str, set[str]] = {}
    waiting: list[type] = [Shape, Input]
    while waiting:
        kind = waiting.pop()
        found.setdefault(kind.__name__, set()).add(kind.__module__)
        waiting += [child for child in kind.__subclasses__() if child.__module__.startswith("orderwell.")]
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
