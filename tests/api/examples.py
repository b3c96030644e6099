"""One good request for every route: what the tests over all routes send.

`hidden_by` names the row filter that hides the object of the route from a caller who is limited to other rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.callers import Caller
from tests.api.shop import Shop, draft

_count = itertools.count(1)


@dataclass(frozen=True)
class Request:
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # Fields of a multipart request, made anew for every sending because a file is read once.
    fields: Callable[[], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Example:
    make: Callable[[World], Request]
    hidden_by: str | None = None
    hidden_status: int = 404


@dataclass
class World:
    """A shop, and an owner who prepares what a request is about."""

    shop: Shop
    owner: Caller

    def created(self, path: str, body: Any = None) -> dict[str, Any]:
        answer = self.owner.post(path, body)
        assert answer.status_code < 300, (path, answer.content)
        return answer.json()  # type: ignore[no-any-return]

    def order(self) -> int:
        return self.created("/orders", draft())["id"]  # type: ignore[no-any-return]

    def quote(self) -> int:
        return self.created("/quotes", draft())["id"]  # type: ignore[no-any-return]

    def hold(self) -> int:
        hold = self.created(f"/orders/{self.order()}/holds", {"kind": "other", "reason": "to be checked"})
        return hold["id"]  # type: ignore[no-any-return]

    def user(self) -> str:
        name = f"user{next(_count)}"
        self.created("/users", {"username": name, "password": "a long enough phrase 7"})
        return name

    def attachment(self) -> str:
        order = self.order()
        made = self.owner.upload(f"/orders/{order}/attachments", file_field()).json()
        return f"/orders/{order}/attachments/{made['id']}"


def file_field() -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": SimpleUploadedFile("list.txt", b"cups", "text/plain")}


ANY = {"If-Match": "*"}
CHANNEL = "channel"


def simple(path: str, body: Any = None) -> Example:
    return Example(lambda world: Request(path, body))


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/orders"): simple("/orders"),
    ("POST", "/orders"): Example(lambda world: Request("/orders", draft()), CHANNEL, 422),
    ("POST", "/orders/bulk"): simple("/orders/bulk", {"orders": [draft()]}),
    ("GET", "/orders/{order_id}"): Example(lambda world: Request(f"/orders/{world.order()}"), CHANNEL),
    ("GET", "/orders/{order_id}/timeline"): Example(
        lambda world: Request(f"/orders/{world.order()}/timeline"), CHANNEL
    ),
    ("PATCH", "/orders/{order_id}"): Example(
        lambda world: Request(f"/orders/{world.order()}", {"note": "call first"}, ANY), CHANNEL
    ),
    ("POST", "/orders/{order_id}/cancel"): Example(
        lambda world: Request(f"/orders/{world.order()}/cancel", {"reason": "not wanted"}), CHANNEL
    ),
    ("POST", "/orders/{order_id}/holds"): Example(
        lambda world: Request(f"/orders/{world.order()}/holds", {"kind": "other", "reason": "check"}), CHANNEL
    ),
    ("POST", "/holds/{hold_id}/release"): Example(
        lambda world: Request(f"/holds/{world.hold()}/release", {"reason": "checked"}), CHANNEL
    ),
    ("POST", "/orders/{order_id}/notes"): Example(
        lambda world: Request(f"/orders/{world.order()}/notes", {"body": "call first"}), CHANNEL
    ),
    ("POST", "/orders/{order_id}/attachments"): Example(
        lambda world: Request(f"/orders/{world.order()}/attachments", fields=file_field), CHANNEL
    ),
    ("GET", "/orders/{order_id}/attachments/{attachment_id}"): Example(
        lambda world: Request(world.attachment()), CHANNEL
    ),
    ("POST", "/quotes"): Example(lambda world: Request("/quotes", draft()), CHANNEL, 422),
    ("PUT", "/quotes/{order_id}"): Example(
        lambda world: Request(f"/quotes/{world.quote()}", draft(note="new"), ANY), CHANNEL
    ),
    ("POST", "/quotes/{order_id}/confirm"): Example(lambda world: Request(f"/quotes/{world.quote()}/confirm"), CHANNEL),
    ("GET", "/users"): simple("/users"),
    ("GET", "/users/{username}"): Example(lambda world: Request(f"/users/{world.user()}")),
    ("POST", "/users"): Example(
        lambda world: Request("/users", {"username": f"user{next(_count)}", "password": "a long enough phrase 7"})
    ),
    ("PATCH", "/users/{username}"): Example(lambda world: Request(f"/users/{world.user()}", {"is_active": False})),
    ("POST", "/users/{username}/password"): Example(
        lambda world: Request(f"/users/{world.user()}/password", {"password": "another long phrase 8"})
    ),
    ("GET", "/roles"): simple("/roles"),
    ("PUT", "/roles/{code}/permissions"): simple("/roles/viewer/permissions", {"scopes": ["orders:*"]}),
    ("GET", "/api-keys"): simple("/api-keys"),
    ("POST", "/api-keys"): simple("/api-keys", {"name": "shop", "scopes": ["orders:*"]}),
    ("POST", "/api-keys/{key_id}/revoke"): Example(
        lambda world: Request(f"/api-keys/{world.created('/api-keys', {'name': 'x', 'scopes': ['*']})['id']}/revoke")
    ),
}
