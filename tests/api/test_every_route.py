"""What holds for every route: who may call it, what a repetition does, and that it is described."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from orderwell.api.openapi import PREFIX, document, operations
from orderwell.platform.events.models import Event
from orderwell.platform.idempotency.models import RequestKey
from orderwell.platform.permissions import EVERYTHING
from tests.api import cases_examples, examples, goods_examples, hints_examples, merging_examples
from tests.api.callers import Caller
from tests.api.examples import Request, World

CallerMaker = Callable[..., Caller]
Route = tuple[str, str]


@functools.cache
def described() -> dict[Route, dict[str, Any]]:
    return {
        (method.upper(), "/" + path.removeprefix(PREFIX)): operation
        for path, method, operation in operations(document())
    }


EXAMPLES = examples.EXAMPLES | goods_examples.EXAMPLES | cases_examples.EXAMPLES | hints_examples.EXAMPLES
EXAMPLES |= merging_examples.EXAMPLES
ROUTES = sorted(EXAMPLES)
WRITES = [route for route in ROUTES if route[0] != "GET"]
HIDDEN = [route for route in ROUTES if EXAMPLES[route].hidden_by]
each_route = pytest.mark.parametrize("route", ROUTES, ids=" ".join)
each_write = pytest.mark.parametrize("route", WRITES, ids=" ".join)
each_hidden = pytest.mark.parametrize("route", HIDDEN, ids=" ".join)


def send(caller: Caller, route: Route, request: Request, key: str | None = None) -> Any:
    headers = {**request.headers, **({"Idempotency-Key": key} if key else {})}
    if request.fields is not None:
        return caller.upload(request.path, request.fields(), headers=headers)
    return caller(route[0], request.path, request.body, headers=headers)


def test_every_described_route_is_tried_here() -> None:
    assert set(described()) == set(EXAMPLES)


@each_route
def test_caller_without_key_is_turned_away(route: Route, world: World, anonymous: Caller) -> None:
    answer = send(anonymous, route, EXAMPLES[route].make(world))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@each_route
def test_key_needs_the_permission_of_the_route(route: Route, world: World, caller: CallerMaker) -> None:
    """A key with every permission but this one is refused; a key with only this one is served."""
    needed = described()[route]["x-permission"]
    if needed is None:
        # Each request of a batch needs the permission of its own route, each export that of its list.
        assert route[1] in {"/batch", "/lists", "/lists/{name}/totals"} or route[1].startswith("/exports")
        return
    request = EXAMPLES[route].make(world)
    before = Event.objects.count()
    refused = send(caller(*sorted(EVERYTHING - {needed})), route, request)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert refused.json()["errors"][0]["data"]["permission"] == needed
    assert Event.objects.count() == before + 1  # the key itself
    if needed not in ("system:api-key:manage", "system:user:manage"):  # these give away only what they have
        for also in merging_examples.ALSO.get(route, ()):
            refused = send(caller(*sorted(EVERYTHING - {also})), route, request)
            assert (refused.status_code, refused.json()["errors"][0]["data"]["permission"]) == (403, also)
        served = send(caller(needed, *merging_examples.ALSO.get(route, ())), route, request)
        assert served.status_code < 300, served.content


@each_hidden
def test_object_outside_the_callers_rows_does_not_exist(route: Route, world: World, caller: CallerMaker) -> None:
    example = EXAMPLES[route]
    request = example.make(world)
    outsider = caller("*", limits={str(example.hidden_by): [10**9]})
    answer = send(outsider, route, request)
    assert answer.status_code == example.hidden_status, answer.content


@each_route
def test_allowed_caller_gets_what_is_described(route: Route, world: World) -> None:
    answer = send(world.owner, route, EXAMPLES[route].make(world))
    assert answer.status_code < 300, answer.content
    assert str(answer.status_code) in described()[route]["responses"]


@each_write
def test_repeated_write_gets_the_first_answer_and_does_nothing(route: Route, world: World) -> None:
    request = EXAMPLES[route].make(world)
    first = send(world.owner, route, request, key="once")
    assert first.status_code < 300, first.content
    assert "Idempotency-Replayed" not in first
    written = Event.objects.count()
    again = send(world.owner, route, request, key="once")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert Event.objects.count() == written
    assert RequestKey.objects.filter(key="once").count() == 1


@each_write
def test_key_used_for_another_request_is_refused(route: Route, world: World) -> None:
    request = EXAMPLES[route].make(world)
    send(world.owner, route, request, key="once")
    other = Request(request.path + "?again=1", request.body, request.headers, request.fields)
    if route == ("POST", "/orders"):  # looks at its parameters before the gate looks at its key
        other = Request(request.path, request.body | {"external_id": "another"}, request.headers)
    answer = send(world.owner, route, other, key="once")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@each_write
def test_body_of_another_kind_is_refused(route: Route, world: World) -> None:
    request = EXAMPLES[route].make(world)
    if request.fields is not None or request.body is None:
        return
    answer = world.owner(route[0], request.path, b"<order/>", headers=request.headers, content_type="text/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    answer = world.owner(route[0], request.path, b"{", headers=request.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    for wrong in ([], "text", {"nonsense": 1}):
        answer = world.owner(route[0], request.path, wrong, headers=request.headers)
        assert answer.status_code == 422, (wrong, answer.content)
        assert answer.json()["errors"][0]["code"] in ("wrong_type", "unknown_field", "missing_field"), answer.content
