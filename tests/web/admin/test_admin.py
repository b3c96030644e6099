"""What administrators set up on the screen: people, access, channels, fields, settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.platform.accounts.models import Team, User
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission
from orderwell.platform.permissions.words import TITLES, grouped
from tests.web.conftest import Company
from tests.web.sent import begun
from tests.web.test_pages import queries

PASSWORD = "a long enough phrase 7"


def test_every_permission_has_words_and_a_place() -> None:
    assert {str(permission) for permission in Permission} == {str(name) for name in TITLES}
    listed = [name for _scope, _title, names in grouped() for name in names]
    assert sorted(listed) == sorted(map(str, Permission))


def test_a_user_with_a_role_and_a_row_scope_sees_those_rows_only(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    from orderwell.testing.factories import make_channel

    order, other = place(CUP=1), make_channel("other")
    path = "/admin/users/new/"
    data = {
        **begun(owner, path),
        "username": "Mei",
        "name": "梅",
        "language": "en",
        "password": PASSWORD,
        "roles": ["sales-clerk"],
        "limit_channel": [str(other.pk)],
    }
    for _ in range(2):  # a double click makes one user
        assert owner.post(path, data).status_code == 302
    client = Client()
    signed_in = client.post("/sign-in/", {"username": "mei", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert client.get("/orders/").status_code == 200
    assert client.get(f"/orders/{order}/").status_code == 404


def test_errors_of_a_user_stand_at_their_fields(owner: Client) -> None:
    path = "/admin/users/new/"
    data = {**begun(owner, path), "username": "administrator", "password": "short", "roles": []}
    page = owner.post(path, data)
    assert page.status_code == 422
    text = page.content.decode()
    assert 'class="form-control is-invalid"' in text
    # Both at once, the first of them at the name.
    assert "There is already a user administrator" in text and text.count("is-invalid") == 2
    for username, password in (("Bad User!", "short"), ("", "short")):
        text = owner.post(path, {**data, "username": username, "password": password}).content.decode()
        assert text.count("is-invalid") == 2, (username, password)
    data["password"] = PASSWORD
    assert "There is already a user administrator" in owner.post(path, data).content.decode()


def test_the_last_administrator_cannot_be_locked_out(owner: Client) -> None:
    from orderwell.platform.accounts.models import User

    me = User.objects.get(username="administrator")
    path = f"/admin/users/{me.pk}/"
    answer = owner.post(path, {**begun(owner, path), "roles": ["administrator"]})
    assert answer.status_code == 422 and "could manage users any more" in answer.content.decode()
    answer = owner.post(path, {**begun(owner, path), "roles": ["viewer"], "is_active": "on"})
    assert answer.status_code == 422
    me.refresh_from_db()
    assert me.is_active and [role.code for role in me.roles.all()] == ["administrator"]


def test_a_role_of_ones_own_gets_permissions(owner: Client) -> None:
    from orderwell.platform.accounts.models import Role

    path = "/admin/roles/new/"
    owner.post(path, {**begun(owner, path), "code": "packer", "title": "Packer", "like": "viewer"})
    path = "/admin/roles/packer/"
    data = {**begun(owner, path), "scope_orders": ["orders:order:view"]}
    assert owner.post(path, data).status_code == 302
    assert Role.objects.get(code="packer").permissions == ["orders:order:view"]
    assert "Packer" in owner.get("/admin/roles/").content.decode()


def test_a_key_is_shown_once(owner: Client) -> None:
    path = "/admin/keys/new/"
    data = {**begun(owner, path), "name": "shop", "scope_orders": ["orders:order:view"]}
    page = owner.post(path, data).content.decode()
    secret = re.search(r"ow_\w{8}_\w{40}", page)
    assert secret
    called = Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {secret[0]}"})
    assert called.status_code == 200
    listed = owner.get("/admin/keys/").content.decode()
    assert secret[0] not in listed and secret[0][:11] in listed
    revoke = re.search(r"/admin/keys/\d+/revoke/", listed)
    assert revoke
    owner.post(revoke[0], {**begun(owner, revoke[0])})
    assert Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {secret[0]}"}).status_code == 401


def test_a_key_that_may_nothing_is_asked_for_a_permission(owner: Client) -> None:
    path = "/admin/keys/new/"
    answer = owner.post(path, {**begun(owner, path), "name": "shop"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Choose at least one permission." in page and "[]" not in page
    nameless = owner.post(path, begun(owner, path)).content.decode()
    assert "Choose at least one permission." in nameless and nameless.count("is-invalid") == 1


CODED = {
    "channels": {"code": "fair", "name_zh": "展会", "currency": "CNY", "shortage": "backorder", "active": "on"},
    "groups": {"code": "gold", "name_zh": "金牌"},
    "categories": {"code": "cups", "name_zh": "杯子", "parent": ""},
    "taxes": {"code": "low", "name_zh": "低税率", "rate": "6"},
    "warehouses": {"code": "north", "name_zh": "北仓", "country": "cn", "priority": "5", "active": "on"},
}


@pytest.mark.parametrize("kind", CODED)
def test_small_tables_are_made_and_changed(owner: Client, company: Company, kind: str) -> None:
    data = CODED[kind]
    path = f"/admin/{kind}/new/"
    assert owner.post(path, {**data, **begun(owner, path)}).status_code == 302
    assert data["code"] in owner.get(f"/admin/{kind}/").content.decode()
    path = f"/admin/{kind}/code/{data['code']}/"
    again = {**data, **begun(owner, path), "name_en": "Renamed"}
    assert owner.post(path, again).status_code == 302
    assert "Renamed" in owner.get(f"/admin/{kind}/").content.decode()
    assert owner.get(f"/admin/{kind}/code/nothing/").status_code == 404


def test_a_rate_is_typed_in_percent(owner: Client) -> None:
    from orderwell.domains.catalog.models import TaxCategory

    path = "/admin/taxes/new/"
    owner.post(path, {**CODED["taxes"], **begun(owner, path)})
    assert TaxCategory.objects.get(code="low").rate == Decimal("0.06")


def test_a_channel_names_only_warehouses_that_exist(owner: Client, company: Company) -> None:
    from orderwell.domains.catalog.models import Channel
    from orderwell.domains.inventory.models import Warehouse

    Warehouse.objects.create(code="east", name_zh="东仓", name_en="East side")
    path = "/admin/channels/new/"
    page = owner.post(path, {**CODED["channels"], **begun(owner, path), "warehouses": "main, nowhere"})
    text = page.content.decode()
    assert page.status_code == 422 and "There is no warehouse nowhere" in text and "east (East side)" in text
    done = owner.post(path, {**CODED["channels"], **begun(owner, path), "warehouses": "east SIDE、main"})
    assert done.status_code == 302
    assert Channel.objects.get(code="fair").warehouse_codes == ["east", "main"]


def test_a_buffer_is_made_changed_and_removed(owner: Client, company: Company) -> None:
    from orderwell.domains.inventory.models import ChannelBuffer

    path = "/admin/buffers/new/"
    # With nothing to keep back none is made, and it is not called saved.
    data = {**begun(owner, path), "channel": "shop", "sku": "CUP", "quantity": ""}
    assert owner.post(path, data).status_code == 422
    data = {**begun(owner, path), "channel": "shop", "sku": "CUP", "quantity": "3"}
    assert owner.post(path, data).status_code == 302
    row = ChannelBuffer.objects.get()
    assert row.quantity == 3
    path = f"/admin/buffers/{row.pk}/"
    assert owner.post(path, {**begun(owner, path), "quantity": ""}).status_code == 302
    assert not ChannelBuffer.objects.exists()


def test_settings_are_changed_by_their_type(owner: Client) -> None:
    from orderwell.platform.configuration import services as configuration

    path = "/admin/settings/orders.number_template/"
    page = owner.post(path, {**begun(owner, path), "value": "same for all"})
    assert page.status_code == 422
    assert owner.post(path, {**begun(owner, path), "value": "A{value:06d}"}).status_code == 302
    assert configuration.get("orders.number_template") == "A{value:06d}"
    assert "A000123" in owner.get("/admin/settings/").content.decode()
    configuration._values.clear()


def test_own_fields_keep_their_kind(owner: Client) -> None:
    from orderwell.platform.configuration.models import CustomField

    path = "/admin/fields/new/"
    data = {"entity": "customer", "key": "origin", "kind": "choice", "label_en": "Origin"}
    page = owner.post(path, {**data, **begun(owner, path)})
    assert page.status_code == 422 and "A value is needed here" in page.content.decode()
    assert owner.post(path, {**data, **begun(owner, path), "choices": "fair\nweb"}).status_code == 302
    assert CustomField.objects.get().choices == ["fair", "web"]
    path = "/admin/fields/customer/origin/remove/"
    assert owner.post(path, {**begun(owner, path)}).status_code == 302
    assert not CustomField.objects.exists()


def test_a_schedule_is_moved_and_stopped(owner: Client) -> None:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.jobs.models import Schedule
    from orderwell.platform.jobs.schedules import sync_schedules

    sync_schedules(now=utc_now())
    path = "/admin/schedules/verify.every-night/"
    page = owner.post(path, {**begun(owner, path), "minutes": "1440", "at": "25:00"})
    assert page.status_code == 422
    assert owner.post(path, {**begun(owner, path), "minutes": "1440", "at": "04:00"}).status_code == 302
    row = Schedule.objects.get(pk="verify.every-night")
    assert (row.at, row.enabled, row.every_seconds) == ("04:00", False, 86_400)


BUDGETS = {
    "/admin/": 4,
    "/admin/users/": 12,
    "/admin/roles/": 5,
    "/admin/teams/": 5,
    "/admin/keys/": 9,
    "/admin/channels/": 5,
    "/admin/groups/": 5,
    "/admin/categories/": 5,
    "/admin/taxes/": 5,
    "/admin/warehouses/": 5,
    "/admin/buffers/": 5,
    "/admin/settings/": 6,
    "/admin/fields/": 5,
    "/admin/schedules/": 5,
    "/admin/numbers/": 6,
}


@pytest.mark.parametrize("path", BUDGETS)
def test_a_page_of_administration_takes_few_queries(owner: Client, path: str) -> None:
    owner.get(path)
    assert queries(owner, path) <= BUDGETS[path]


def test_the_page_of_a_team_lists_its_members_and_changes_them(owner: Client, person: Callable[..., User]) -> None:
    me, wei = User.objects.exclude(username="wei").get(), person("warehouse-worker", username="wei")
    new = {**begun(owner, "/admin/teams/new/"), "name": "North", "members": [str(me.pk)]}
    assert owner.post("/admin/teams/new/", new).status_code == 302
    team = Team.objects.get()
    path = f"/admin/teams/{team.pk}/"
    page = owner.get(path).content.decode()
    assert f'href="/admin/users/{me.pk}/"' in page and f'href="/admin/users/{wei.pk}/"' not in page
    assert "/customers/?team=North" in page
    assert owner.post(path, {**begun(owner, path), "name": "North", "members": [str(wei.pk)]}).status_code == 302
    assert [user.username for user in User.objects.filter(teams=team)] == ["wei"]
    page = owner.get(path).content.decode()
    assert f'href="/admin/users/{wei.pk}/"' in page and "Warehouse worker" in page
    assert Event.objects.filter(stream=f"user:{wei.pk}", name="accounts.user.changed").count() == 1
    assert owner.post(path, {**begun(owner, path), "name": "North", "members": ["99999"]}).status_code == 422
