"""Users, roles and keys over the API."""

from __future__ import annotations

import pytest

from orderwell.platform.accounts.services.roles import sync_built_in_roles
from orderwell.testing.factories import make_team
from tests.api.callers import Caller


@pytest.fixture(autouse=True)
def roles(db: None) -> None:
    sync_built_in_roles()


NEW_USER = {"username": "wei", "password": "a long enough phrase 7", "roles": ["sales-clerk"]}


def test_user_is_made_read_listed_and_changed(owner: Caller) -> None:
    team = make_team().pk
    made = owner.post("/users", {**NEW_USER, "limits": {"team": [team]}})
    assert made.status_code == 201, made.content
    assert made.json()["roles"] == ["sales-clerk"]
    assert made.json()["limits"] == {"channel": None, "warehouse": None, "team": [team]}
    assert "password" not in made.json()
    assert owner.get("/users/wei").json() == made.json()
    assert owner.get("/users").json() == {"items": [made.json()], "next_cursor": None}
    changed = owner("PATCH", "/users/wei", {"is_active": False, "limits": {}})
    assert changed.json()["is_active"] is False
    assert changed.json()["limits"]["team"] is None
    assert changed.json()["roles"] == ["sales-clerk"]


def test_password_can_be_set(owner: Caller) -> None:
    owner.post("/users", NEW_USER)
    assert owner.post("/users/wei/password", {"password": "another long phrase 8"}).status_code == 200
    weak = owner.post("/users/wei/password", {"password": "short"})
    assert (weak.status_code, weak.json()["code"]) == (422, "password_too_weak")


def test_unknown_role_is_named_with_its_place(owner: Caller) -> None:
    answer = owner.post("/users", {**NEW_USER, "roles": ["sales-clerk", "pirate"]})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["pointer"] == "/roles/1"


def test_key_is_shown_once_and_works_until_it_is_revoked(owner: Caller) -> None:
    made = owner.post("/api-keys", {"name": "shop", "scopes": ["system:user:manage"]})
    assert made.status_code == 201, made.content
    shop = Caller(made.json()["key"])
    assert shop.get("/roles").status_code == 200
    assert all("key" not in row for row in owner.get("/api-keys").json()["items"])
    assert owner.post(f"/api-keys/{made.json()['id']}/revoke").json()["revoked_at"] is not None
    refused = shop.get("/roles")
    assert (refused.status_code, refused.json()["code"]) == (401, "api_key_revoked")


def test_no_key_gives_away_more_than_it_has(caller) -> None:  # type: ignore[no-untyped-def]
    small = caller("system:api-key:manage")
    answer = small.post("/api-keys", {"name": "bigger", "scopes": ["*"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "exceeds_own_permissions")


def test_role_permissions_are_replaced(owner: Caller) -> None:
    answer = owner("PUT", "/roles/viewer/permissions", {"scopes": ["orders:order:view"]})
    assert answer.json()["permissions"] == ["orders:order:view"]
    assert {role["code"] for role in owner.get("/roles").json()} >= {"viewer", "owner"}
