"""Small tables are changed without a version, or with the one that was seen: then nobody overwrites a change of another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.callers import Caller
from tests.api.shop import Shop

pytestmark = pytest.mark.django_db

# Where they are read, how one of them is changed: method, address, body.
TABLES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("/customer-groups", "POST", "/customer-groups", {"code": "vip", "name_en": "VIP {n}"}),
    ("/categories", "POST", "/categories", {"code": "tea", "name_en": "Tea {n}"}),
    ("/tax-categories", "POST", "/tax-categories", {"code": "low", "name_en": "Low {n}", "rate": "0.05"}),
    ("/channels", "POST", "/channels", {"code": "fair", "name_en": "Fair {n}", "currency": "CNY"}),
    ("/warehouses", "POST", "/warehouses", {"code": "north", "name_en": "North {n}"}),
)


def filled(body: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        name: value.replace("{n}", str(number)) if isinstance(value, str) else value for name, value in body.items()
    }


@pytest.mark.parametrize(("table", "method", "address", "body"), TABLES, ids=[row[0] for row in TABLES])
def test_a_version_is_accepted_and_checked(
    owner: Caller, shop: Shop, table: str, method: str, address: str, body: dict[str, Any]
) -> None:
    first = owner(method, address, filled(body, 1)).json()
    (listed,) = [row for row in owner.get(table).json() if row["code"] == body["code"]]
    assert listed["version"] == first["version"] > 0
    second = owner(method, address, filled(body, 2), headers={"If-Match": f'"{first["version"]}"'})
    assert second.status_code == 200 and second.json()["version"] > first["version"]
    stale = owner(method, address, filled(body, 3), headers={"If-Match": f'"{first["version"]}"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    # As before, who names none overwrites.
    assert owner(method, address, filled(body, 4)).json()["name_en"].endswith("4")


def test_teams_schedules_and_settings_have_versions_too(owner: Caller, shop: Shop) -> None:
    team = owner.post("/teams", {"name": "North"}).json()
    path = f"/teams/{team['id']}"
    seen = {"If-Match": f'"{team["version"]}"'}
    assert owner("PATCH", path, {"name": "South"}, headers=seen).status_code == 200
    assert owner("PATCH", path, {"name": "East"}, headers=seen).status_code == 412
    (setting,) = [row for row in owner.get("/settings").json() if row["key"] == "cases.return_days"]
    path, seen = "/settings/cases.return_days", {"If-Match": f'"{setting["version"]}"'}
    assert owner("PUT", path, {"value": 20}, headers=seen).status_code == 200
    assert owner("PUT", path, {"value": 21}, headers=seen).status_code == 412
    assert owner("PUT", path, {"value": 22}).json()["value"] in (22, "22")


def test_users_roles_buffers_and_views_have_versions_too(owner: Caller, shop: Shop) -> None:
    user = owner.post("/users", {"username": "mei", "password": "long-enough-77-tea", "roles": []}).json()
    listed = {row["username"]: row["version"] for row in owner.get("/users").json()["items"]}
    assert listed["mei"] == owner.get("/users/mei").json()["version"] == user["version"] > 0
    role = owner.post("/roles", {"code": "packer", "title": "Packer"}).json()
    assert role in owner.get("/roles").json()
    (buffer,) = owner.post("/buffers", {"channel": "web", "sku": "CUP", "quantity": "1"}).json()
    assert buffer in owner.get("/buffers").json()
    view = owner.post("/views", {"list_name": "orders", "name": "Mine"}).json()
    changes: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("PATCH", "/users/mei", user, {"name": "Mei {n}"}),
        ("PUT", "/roles/packer/permissions", role, {"scopes": ["orders:order:view"]}),
        ("POST", "/buffers", buffer, {"channel": "web", "sku": "CUP", "quantity": "{n}"}),
        ("PUT", f"/views/{view['id']}", view, {"list_name": "orders", "name": "Mine {n}"}),
    ]
    for method, path, row, body in changes:
        seen = {"If-Match": f'"{row["version"]}"'}
        changed = owner(method, path, filled(body, 5), headers=seen)
        assert changed.status_code == 200, changed.content
        now = changed.json()[0] if path == "/buffers" else changed.json()
        assert now["version"] > row["version"]
        stale = owner(method, path, filled(body, 6), headers=seen)
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version"), path
        assert owner(method, path, filled(body, 7)).status_code == 200
