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

    def change(self) -> str:
        order = self.order()
        made = self.owner.post(f"/orders/{order}/changes", {"note": "call first"}, headers=ANY)
        assert made.status_code == 201, made.content
        return f"/orders/{order}/changes/{made.json()['change']['number']}"

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


OWN_FIELD = {"entity": "customer", "key": "origin", "kind": "choice", "choices": ["fair", "web"], "label_zh": "来源"}


def _schedule(world: World) -> Request:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.jobs.schedules import sync_schedules

    sync_schedules(now=utc_now())
    return Request("/schedules/verify.every-night", {"at": "04:00", "enabled": False})


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/orders"): simple("/orders"),
    ("POST", "/orders"): Example(lambda world: Request("/orders", draft()), CHANNEL, 422),
    ("POST", "/orders/bulk"): simple("/orders/bulk", {"orders": [draft()]}),
    ("POST", "/orders/preview"): simple("/orders/preview", draft()),
    ("POST", "/orders/similar"): simple("/orders/similar", draft()),
    ("GET", "/orders/{order_id}"): Example(lambda world: Request(f"/orders/{world.order()}"), CHANNEL),
    ("GET", "/orders/{order_id}/timeline"): Example(
        lambda world: Request(f"/orders/{world.order()}/timeline"), CHANNEL
    ),
    ("PATCH", "/orders/{order_id}"): Example(
        lambda world: Request(f"/orders/{world.order()}", {"note": "call first"}, ANY), CHANNEL
    ),
    ("POST", "/orders/{order_id}/changes/preview"): Example(
        lambda world: Request(f"/orders/{world.order()}/changes/preview", {"shipping": "9.00"}), CHANNEL
    ),
    ("POST", "/orders/{order_id}/changes"): Example(
        lambda world: Request(f"/orders/{world.order()}/changes", {"note": "call first"}, ANY), CHANNEL
    ),
    ("GET", "/orders/{order_id}/changes"): Example(lambda world: Request(world.change().rpartition("/")[0]), CHANNEL),
    ("POST", "/orders/{order_id}/changes/{number}/undo"): Example(
        lambda world: Request(f"{world.change()}/undo"), CHANNEL
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
    ("POST", "/roles"): Example(
        lambda world: Request("/roles", {"code": f"role{next(_count)}", "title": "Packer", "scopes": []})
    ),
    ("GET", "/teams"): simple("/teams"),
    ("POST", "/teams"): simple("/teams", {"name": "North"}),
    ("PATCH", "/teams/{team_id}"): Example(
        lambda world: Request(f"/teams/{world.created('/teams', {'name': 'South'})['id']}", {"name": "West"})
    ),
    ("GET", "/custom-fields"): simple("/custom-fields"),
    ("POST", "/custom-fields"): simple("/custom-fields", OWN_FIELD),
    ("DELETE", "/custom-fields/{entity}/{key}"): Example(
        lambda world: Request(f"/custom-fields/customer/{world.created('/custom-fields', OWN_FIELD)['key']}")
    ),
    ("PATCH", "/schedules/{name}"): Example(_schedule),
    ("GET", "/api-keys"): simple("/api-keys"),
    ("POST", "/api-keys"): simple("/api-keys", {"name": "shop", "scopes": ["orders:*"]}),
    ("POST", "/api-keys/{key_id}/revoke"): Example(
        lambda world: Request(f"/api-keys/{world.created('/api-keys', {'name': 'x', 'scopes': ['*']})['id']}/revoke")
    ),
}

PRODUCT = {"code": "MUG", "name_en": "Mug", "tax_category": "standard", "variants": [{"sku": "MUG-1"}]}


def _product(world: World) -> int:
    return world.created("/products", {**PRODUCT, "code": f"MUG{next(_count)}", "variants": []})["id"]  # type: ignore[no-any-return]


def _price_list(world: World) -> str:
    body = {"code": f"prices{next(_count)}", "currency": "CNY", "applies_to": [{"scope": "everyone"}]}
    return f"/price-lists/{world.created('/price-lists', body)['id']}"


def _price_change(world: World) -> str:
    path = _price_list(world)
    world.created(f"{path}/entries", {"entries": [ENTRY]})
    return f"{path}/changes/1"


ENTRY = {"sku": "CUP", "unit_price": "9.50", "minimum": "10"}


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03" + bytes(12)


def image_field() -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": SimpleUploadedFile("mug.png", PNG, "image/png"), "alt_text": "a mug"}


def _image(world: World) -> str:
    return f"/images/{world.owner.upload(f'/products/{_product(world)}/images', image_field()).json()['id']}"


EXAMPLES |= {
    ("GET", "/products"): simple("/products"),
    ("POST", "/products"): simple("/products", PRODUCT),
    ("POST", "/products/bulk"): simple("/products/bulk", {"products": [PRODUCT]}),
    ("GET", "/products/{product_id}"): Example(lambda world: Request(f"/products/{_product(world)}")),
    ("PATCH", "/products/{product_id}"): Example(
        lambda world: Request(f"/products/{_product(world)}", {"name_en": "Big mug"}, ANY)
    ),
    ("POST", "/products/{product_id}/archive"): Example(
        lambda world: Request(f"/products/{_product(world)}/archive", headers=ANY)
    ),
    ("POST", "/products/{product_id}/restore"): Example(
        lambda world: Request(f"/products/{_product(world)}/restore", headers=ANY)
    ),
    ("POST", "/prices"): simple("/prices", {"prices": [{"sku": "CUP", "currency": "CNY", "unit_price": "12.5"}]}),
    ("GET", "/price-lists"): simple("/price-lists?state=now"),
    ("POST", "/price-lists"): simple("/price-lists", {"code": "wholesale", "currency": "CNY"}),
    ("POST", "/price-lists/copy"): simple("/price-lists/copy", {"code": "less", "currency": "CNY", "percent": "-15"}),
    ("GET", "/price-lists/{list_id}"): Example(lambda world: Request(_price_list(world))),
    ("PATCH", "/price-lists/{list_id}"): Example(lambda world: Request(_price_list(world), {"priority": 5}, ANY)),
    ("POST", "/price-lists/{list_id}/archive"): Example(lambda world: Request(f"{_price_list(world)}/archive")),
    ("POST", "/price-lists/{list_id}/restore"): Example(lambda world: Request(f"{_price_list(world)}/restore")),
    ("GET", "/price-lists/{list_id}/entries"): Example(lambda world: Request(f"{_price_list(world)}/entries")),
    ("POST", "/price-lists/{list_id}/entries"): Example(
        lambda world: Request(f"{_price_list(world)}/entries", {"entries": [ENTRY]})
    ),
    ("GET", "/price-lists/{list_id}/changes"): Example(lambda world: Request(f"{_price_list(world)}/changes")),
    ("POST", "/price-lists/{list_id}/changes/{number}/undo"): Example(
        lambda world: Request(f"{_price_change(world)}/undo")
    ),
    ("GET", "/prices/ask"): simple("/prices/ask?sku=CUP&channel=web&quantity=3"),
    ("GET", "/variants"): simple("/variants?search=cup"),
    ("POST", "/products/{product_id}/images"): Example(
        lambda world: Request(f"/products/{_product(world)}/images", fields=image_field)
    ),
    ("GET", "/images/{image_id}"): Example(lambda world: Request(_image(world))),
    ("PATCH", "/images/{image_id}"): Example(lambda world: Request(_image(world), {"alt_text": "a blue mug"})),
    ("POST", "/images/{image_id}/main"): Example(lambda world: Request(f"{_image(world)}/main")),
    ("DELETE", "/images/{image_id}"): Example(lambda world: Request(_image(world))),
    ("POST", "/images/{image_id}/restore"): Example(lambda world: Request(f"{_image(world)}/restore")),
    ("GET", "/categories"): simple("/categories"),
    ("POST", "/categories"): simple("/categories", {"code": "kitchen", "name_zh": "厨房"}),
    ("GET", "/tax-categories"): simple("/tax-categories"),
    ("POST", "/tax-categories"): simple("/tax-categories", {"code": "books", "rate": "0.09"}),
    ("GET", "/channels"): simple("/channels"),
    ("POST", "/channels"): simple("/channels", {"code": "fair", "name_en": "Fair", "currency": "EUR"}),
}


def new_customer(world: World) -> int:
    return world.created("/customers", {"name": "Han Meimei", "kind": "person"})["id"]  # type: ignore[no-any-return]


def orders_file() -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    rows = "order,date,channel,sku,quantity,price\nA-1,2026-03-01 10:00,web,CUP,2,10.00\n"
    return {"file": SimpleUploadedFile("orders.csv", rows.encode(), "text/csv")}


def _import(world: World) -> int:
    made = world.owner.upload("/imports", orders_file())
    assert made.status_code == 201, made.content
    return made.json()["id"]  # type: ignore[no-any-return]


def _finished_import(world: World) -> int:
    from orderwell.platform.jobs.tasks import run_next_task

    batch = _import(world)
    world.created(f"/imports/{batch}/run")
    assert run_next_task("test")
    return batch


def _dead_letter(world: World) -> dict[str, list[int]]:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.events.models import Delivery, Event

    world.order()
    event = Event.objects.latest("id")
    dead = Delivery.objects.create(event=event, subscriber="a.b", state="dead", attempts=10, next_attempt_at=utc_now())
    return {"ids": [dead.pk]}


def _mapping(world: World) -> str:
    path = f"/import-mappings/shop{next(_count)}"
    world.owner("PUT", path, {"columns": {"sku": "SKU"}})
    return path


TEAM = "team"
EXAMPLES |= {
    ("GET", "/customers"): simple("/customers"),
    ("GET", "/customers/find"): simple("/customers/find?search=8000"),
    ("POST", "/customers"): simple(
        "/customers", {"name": "Han Meimei", "contacts": [{"name": "Han", "phone": "13900139000"}]}
    ),
    ("POST", "/customers/bulk"): simple("/customers/bulk", {"customers": [{"name": "Han Meimei"}]}),
    ("GET", "/customers/{customer_id}/favourites"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/favourites"), TEAM
    ),
    ("GET", "/customers/{customer_id}/last-sales"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/last-sales?skus=CUP"), TEAM
    ),
    ("GET", "/customers/{customer_id}/credit"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/credit"), TEAM
    ),
    ("GET", "/customers/{customer_id}"): Example(lambda world: Request(f"/customers/{new_customer(world)}"), TEAM),
    ("PATCH", "/customers/{customer_id}"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}", {"note": "calls in the morning"}, ANY), TEAM
    ),
    ("GET", "/customers/{customer_id}/notes"): Example(lambda w: Request(f"/customers/{new_customer(w)}/notes"), TEAM),
    ("POST", "/customers/{customer_id}/notes"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/notes", {"body": "likes tea", "pinned": True}), TEAM
    ),
    ("POST", "/customers/{customer_id}/relations"): Example(
        lambda world: Request(
            f"/customers/{new_customer(world)}/relations", {"kind": "parent", "other_id": world.shop.customer.pk}
        ),
        TEAM,
    ),
    ("POST", "/customers/{customer_id}/consents"): Example(
        lambda world: Request(
            f"/customers/{new_customer(world)}/consents",
            {"purpose": "marketing", "medium": "email", "granted": True, "source": "web form"},
        ),
        TEAM,
    ),
    ("GET", "/customer-groups"): simple("/customer-groups"),
    ("POST", "/customer-groups"): simple("/customer-groups", {"code": "vip", "name_en": "VIP"}),
    ("GET", "/customer-tags"): simple("/customer-tags"),
    ("GET", "/imports"): simple("/imports"),
    ("POST", "/imports"): Example(lambda world: Request("/imports", fields=orders_file)),
    ("GET", "/imports/{batch_id}"): Example(lambda world: Request(f"/imports/{_import(world)}")),
    ("POST", "/imports/{batch_id}/run"): Example(lambda world: Request(f"/imports/{_import(world)}/run")),
    ("POST", "/imports/{batch_id}/undo"): Example(lambda world: Request(f"/imports/{_finished_import(world)}/undo")),
    ("GET", "/imports/{batch_id}/rows"): Example(lambda world: Request(f"/imports/{_finished_import(world)}/rows")),
    ("GET", "/import-mappings"): simple("/import-mappings"),
    ("PUT", "/import-mappings/{name}"): simple("/import-mappings/shop", {"columns": {"sku": "SKU"}}),
    ("DELETE", "/import-mappings/{name}"): Example(lambda world: Request(_mapping(world))),
    ("GET", "/events"): simple("/events?name=orders.order.placed"),
    ("GET", "/events/backlog"): simple("/events/backlog"),
    ("GET", "/events/dead-letters"): simple("/events/dead-letters"),
    ("POST", "/events/dead-letters/replay"): Example(
        lambda world: Request("/events/dead-letters/replay", _dead_letter(world))
    ),
    ("POST", "/events/dead-letters/discard"): Example(
        lambda world: Request("/events/dead-letters/discard", _dead_letter(world))
    ),
    ("GET", "/jobs"): simple("/jobs"),
    ("GET", "/schedules"): simple("/schedules"),
    ("GET", "/settings"): simple("/settings"),
    ("PUT", "/settings/{key}"): simple("/settings/orders.number_template", {"value": "A{value:06d}"}),
    ("DELETE", "/settings/{key}"): simple("/settings/orders.number_template"),
    ("GET", "/verify"): simple("/verify"),
    ("GET", "/doctor"): simple("/doctor"),
}

EXAMPLES |= {
    ("POST", "/batch"): simple(
        "/batch", {"requests": [{"method": "POST", "path": "/customers", "body": {"name": "Han Meimei"}}]}
    ),
}


VIEW = {"list_name": "orders", "name": "Late", "columns": ["number", "due"], "filters": {"late": "1"}, "sort": "placed"}


def _view(world: World) -> str:
    return f"/views/{world.created('/views', VIEW)['id']}"


def _export(world: World) -> str:
    world.order()
    return f"/exports/{world.created('/exports', {'list_name': 'orders', 'columns': ['number', 'total']})['id']}"


EXAMPLES |= {
    ("GET", "/lists"): simple("/lists"),
    ("GET", "/views"): simple("/views"),
    ("POST", "/views"): simple("/views", VIEW),
    ("GET", "/views/{view_id}"): Example(lambda world: Request(_view(world))),
    ("PUT", "/views/{view_id}"): Example(lambda world: Request(_view(world), {**VIEW, "name": "Later"})),
    ("DELETE", "/views/{view_id}"): Example(lambda world: Request(_view(world))),
    ("GET", "/exports"): simple("/exports"),
    ("POST", "/exports"): simple("/exports", {"list_name": "orders", "format": "parquet"}),
    ("GET", "/exports/{export_id}"): Example(lambda world: Request(_export(world))),
    ("GET", "/exports/{export_id}/file"): Example(lambda world: Request(f"{_export(world)}/file")),
}
