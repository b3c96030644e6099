"""The good requests of cases, tasks and ratings."""

from __future__ import annotations

from typing import Any

from tests.api.examples import ANY, CHANNEL, Example, Request, World, simple


def _case(world: World) -> int:
    body = {"kind": "question", "body": "Where is it?", "direction": "in", "order_id": world.order()}
    return world.created("/cases", body)["id"]  # type: ignore[no-any-return]


def _closed(world: World) -> int:
    case = _case(world)
    world.created(f"/cases/{case}/close")
    return case


def _task(world: World) -> int:
    body = {"stream": f"order:{world.order()}", "text": "Call back"}
    return world.created("/tasks", body)["id"]  # type: ignore[no-any-return]


def _arrived(world: World) -> int:
    order = world.order()
    for shipment in world.owner.post(f"/orders/{order}/shipments", {}).json():
        world.created(f"/shipments/{shipment['id']}/deliver", {})
    return order


def _access(world: World, order: int) -> Any:
    from orderwell.domains.cases.services.link import enter_by_link
    from orderwell.kernel.clock import utc_now

    path = world.created(f"/orders/{order}/customer-link")["path"]
    return enter_by_link(token=path.split("/")[-2], address="192.0.2.1", now=utc_now())


def _rating(world: World) -> int:
    from orderwell.domains.cases.services.speak import rate
    from orderwell.kernel.clock import utc_now

    return rate(access=_access(world, _arrived(world)), score=4, comment="good", now=utc_now()).pk


def _settlement(world: World) -> Request:
    from decimal import Decimal

    from orderwell.domains.automation.services.settle_return import announce_return
    from orderwell.kernel.clock import utc_now

    order = _arrived(world)
    line = world.owner.get(f"/orders/{order}").json()["lines"][0]["id"]
    case = announce_return(access=_access(world, order), units={line: Decimal(1)}, reason="too small", now=utc_now())
    lines = [{"line_id": line, "quantity": "1", "disposition": "scrap"}]
    return Request(f"/cases/{case.pk}/return", {"lines": lines, "reason": "too small", "answer": "Done."})


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/cases"): simple("/cases?state=any_open"),
    ("GET", "/cases/{case_id}"): Example(lambda world: Request(f"/cases/{_case(world)}"), CHANNEL),
    ("POST", "/cases"): Example(
        lambda world: Request("/cases", {"body": "Called twice", "order_id": world.order(), "subject": "Late"}), CHANNEL
    ),
    ("PATCH", "/cases/{case_id}"): Example(
        lambda world: Request(f"/cases/{_case(world)}", {"priority": 10, "due_at": "2031-01-01T00:00:00Z"}, ANY),
        CHANNEL,
    ),
    ("POST", "/cases/{case_id}/messages"): Example(
        lambda world: Request(f"/cases/{_case(world)}/messages", {"body": "On its way"}), CHANNEL
    ),
    ("POST", "/cases/{case_id}/close"): Example(lambda world: Request(f"/cases/{_case(world)}/close"), CHANNEL),
    ("POST", "/cases/{case_id}/reopen"): Example(lambda world: Request(f"/cases/{_closed(world)}/reopen"), CHANNEL),
    ("POST", "/cases/{case_id}/return"): Example(_settlement, CHANNEL),
    ("GET", "/tasks"): simple("/tasks?done=false"),
    ("POST", "/tasks"): Example(
        lambda world: Request("/tasks", {"stream": f"order:{world.order()}", "text": "Call back"}), CHANNEL
    ),
    ("POST", "/tasks/{task_id}/done"): Example(lambda world: Request(f"/tasks/{_task(world)}/done", {}), CHANNEL),
    ("GET", "/ratings"): simple("/ratings?score=4"),
    ("GET", "/ratings/summary"): simple("/ratings/summary"),
    ("POST", "/ratings/{rating_id}/hide"): Example(
        lambda world: Request(f"/ratings/{_rating(world)}/hide", {"reason": "abuse"}), CHANNEL
    ),
    ("POST", "/ratings/{rating_id}/show"): Example(lambda world: Request(f"/ratings/{_rating(world)}/show"), CHANNEL),
    ("POST", "/orders/{order_id}/customer-link"): Example(
        lambda world: Request(f"/orders/{world.order()}/customer-link"), CHANNEL
    ),
    ("DELETE", "/orders/{order_id}/customer-link"): Example(
        lambda world: Request(f"/orders/{world.order()}/customer-link"), CHANNEL
    ),
}
