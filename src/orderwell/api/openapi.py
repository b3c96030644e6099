"""The description of the API for programs: what django-ninja derives, completed by what all routes share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from pydantic.json_schema import models_json_schema

from orderwell.api.bodies import Draft
from orderwell.api.orders import placing
from orderwell.api.orders.drafts import OrderDraft
from orderwell.api.orders.shapes import DuplicateOrder, PlacedOrder
from orderwell.api.problems import CONTENT_TYPE, STATUS
from orderwell.api.requests import REPLAYED
from orderwell.api.shapes import Problem
from orderwell.kernel.errors import all_codes
from orderwell.kernel.written import PLAIN
from orderwell.platform.permissions import Permission

PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
REF = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The whole description, in a stable order."""
    from orderwell.api.app import api  # every route, and with them every domain

    plain: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
    plain["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    plain["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key: ow_..."}
    }
    plain["paths"].setdefault(f"{PREFIX}orders", {})["post"] = json.loads(json.dumps(placing.OPERATION))
    plain["components"]["schemas"] |= _drafts() | _outcomes() | {"Problem": _problem()}
    plain["components"]["headers"] = _headers()
    for path, method, operation in operations(plain):
        _complete(path, method, operation)
    plain["paths"] = dict(sorted(plain["paths"].items()))
    plain["components"]["schemas"] = dict(sorted(plain["components"]["schemas"].items()))
    plain.pop("servers", None)
    _say_how_numbers_are_written(plain)
    return plain


def _say_how_numbers_are_written(part: Any) -> None:
    """A number that is sent as a text has one form; what the decoders know of it is only that it is a text."""
    if isinstance(part, list):
        for each in part:
            _say_how_numbers_are_written(each)
    elif isinstance(part, dict):
        either = part.get("anyOf")
        if isinstance(either, list) and any(each.get("type") == "number" for each in either):
            for each in either:
                if each.get("type") == "string":
                    each["pattern"] = f"^{PLAIN}$"
        elif part.get("format") == "decimal":
            part["pattern"] = f"^{PLAIN}$"
        for each in part.values():
            _say_how_numbers_are_written(each)


def as_text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


@cache
def _served() -> bytes:
    return as_text().encode()


def serve(request: HttpRequest) -> HttpResponse:
    """GET /openapi.json, for anybody: it says nothing about this installation."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return HttpResponse(_served(), content_type="application/json")


def operations(plain: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in plain["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _drafts() -> dict[str, Any]:
    """Schemas of what msgspec decodes, from the structs themselves."""
    _, found = msgspec.json.schema_components([OrderDraft, *Draft.known.values()], ref_template=REF)
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


def _outcomes() -> dict[str, Any]:
    models = [(model, "serialization") for model in (DuplicateOrder, PlacedOrder)]
    _, found = models_json_schema(models, ref_template=REF.replace("name", "model"))  # type: ignore[arg-type]
    return found["$defs"]  # type: ignore[no-any-return]


def _problem() -> dict[str, Any]:
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["ErrorShape"]
    schema["properties"]["code"]["enum"] = sorted({*all_codes(), "invalid_input"})
    return schema


def _headers() -> dict[str, Any]:
    return {
        REPLAYED: {
            "description": "The first answer again: this Idempotency-Key was used before for the same request.",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "ETag": {"description": "The version, for If-Match.", "schema": {"type": "string"}},
        "Link": {"description": 'The next page: <address>; rel="next".', "schema": {"type": "string"}},
    }


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    writes, versioned = method != "get", operation.pop("x-versioned", False)
    guarded = operation.pop("x-guarded", False)
    permission = operation["x-permission"]
    needs = f"Needs the permission `{Permission(permission)}`." if permission else "Needs a key."
    operation["security"] = [{"key": []}]
    operation["description"] = f"{operation.get('description', '')}\n\n{needs}".strip()
    if writes:
        operation["parameters"] = [*operation.get("parameters", []), _idempotency_parameter()]
    if versioned or guarded:
        operation["parameters"].append({**_version_parameter(), "required": versioned})
    for status, answer in operation["responses"].items():
        if int(status) < HTTPStatus.BAD_REQUEST:
            if writes:
                answer["headers"] = {REPLAYED: {"$ref": f"#/components/headers/{REPLAYED}"}}
            elif "cursor" in {parameter["name"] for parameter in operation.get("parameters", [])}:
                answer["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
    for status in _refusals(path, writes=writes, versioned=versioned):
        operation["responses"].setdefault(str(status), _refusal(status))
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _refusals(path: str, *, writes: bool, versioned: bool) -> set[int]:
    """Which statuses a route may answer beside success. 404 also for a list: a filter may name what is not there."""
    found = {400, 401, 403, 404, 422, 500, 503}
    if writes:
        found |= {409, 412, 413, 415}  # 412 also for a body that names the version it was made from
    if versioned:
        found.add(428)
    return found


def _refusal(status: int) -> dict[str, Any]:
    codes = sorted(code for code, its_status in STATUS.items() if its_status == status)
    return {
        "description": HTTPStatus(status).phrase + (f": {', '.join(codes)}" if codes else ""),
        "content": {CONTENT_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}},
    }


def _idempotency_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "description": "Repeating the request with the same key gives the first answer and does nothing more.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
    }


def _version_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "description": "The ETag of the version that is changed, or * for any.",
        "schema": {"type": "string", "pattern": r'^("\d{1,9}"|\*)$'},
    }
