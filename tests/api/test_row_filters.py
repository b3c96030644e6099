"""What a key that is limited to channels, warehouses or teams may not learn, and may not reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orderwell.domains.billing.models import Payment
from orderwell.domains.customers.models import Customer
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.domains.inventory.models import Adjustment
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.authentication import actor_for_key
from orderwell.testing import factories as make
from tests.api.callers import Caller
from tests.api.shop import Shop, draft

CallerMaker = Callable[..., Caller]


def said(answer: Any) -> str:
    return str(answer.content.decode())


def of_team(name: str, number: str) -> Customer:
    customer = make.make_customer(number)
    customer.team = make.make_team(name)
    customer.save()
    return customer


# An external id that was used before.


def test_a_foreign_channels_order_is_not_told_to_who_repeats_its_external_id(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    order = owner.post("/orders", draft(external_id="1001")).json()
    limited = caller("*", limits={"channel": [make.make_channel("other").pk]})
    for path in ("/orders", "/quotes"):
        known = limited.post(path, draft(external_id="1001"))
        unknown = limited.post(path, draft(external_id="nobody's"))
        assert (known.status_code, known.json()["code"]) == (422, "unknown_channel"), path
        assert known.json()["errors"] == unknown.json()["errors"]
        assert order["number"] not in said(known)
    assert Order.objects.count() == 1


def test_another_teams_order_is_not_told_to_who_repeats_its_external_id(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    north, south = of_team("North", "N-1"), of_team("South", "S-1")
    order = owner.post("/orders", draft(external_id="S-77", customer="S-1")).json()
    limited = caller("*", limits={"team": [north.team_id]})
    for path in ("/orders", "/quotes"):
        refused = limited.post(path, draft(external_id="S-77", customer="N-1"))
        assert (refused.status_code, refused.json()["code"]) == (422, "used_elsewhere"), path
        assert not any(str(order[name]) in said(refused) for name in ("number", "total_amount"))
    of_south = caller("*", limits={"team": [south.team_id]})
    again = of_south.post("/orders", draft(external_id="S-77", customer="S-1"))
    assert (again.status_code, again.json()["id"]) == (200, order["id"])


def test_who_is_limited_to_a_team_can_repeat_its_own_order_of_no_customer(caller: CallerMaker, shop: Shop) -> None:
    team = make.make_team("North")
    own, other = caller("*", limits={"team": [team.pk]}), caller("*", limits={"team": [team.pk]})
    walk_in = draft(external_id="till-1", customer=None)
    first = own.post("/orders", walk_in)
    assert first.status_code == 201, first.content
    assert (own.post("/orders", walk_in).status_code, own.post("/orders", walk_in).json()["id"]) == (
        200,
        first.json()["id"],
    )
    assert other.post("/orders", walk_in).json()["code"] == "used_elsewhere"


def test_another_warehouses_adjustment_is_not_told_to_who_repeats_its_external_id(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    north = make.make_warehouse("north")
    lines = [{"sku": "CUP", "change": 3}]
    body = {"warehouse": "main", "reason": "other", "external_id": "A-1", "lines": lines}
    made = owner.post("/adjustments", body)
    assert made.status_code == 201, made.content
    limited = caller("*", limits={"warehouse": [north.pk]})
    refused = limited.post("/adjustments", {**body, "warehouse": "north"})
    assert (refused.status_code, refused.json()["code"]) == (422, "used_elsewhere")
    assert "main" not in said(refused)
    assert Adjustment.objects.count() == 1
    assert (
        caller("*", limits={"warehouse": [shop.warehouse.pk]}).post("/adjustments", body).json()["id"]
        == (made.json()["id"])
    )


def test_a_reference_of_a_foreign_channels_money_tells_neither_order_nor_amount(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    other = make.make_channel("other")
    theirs = owner.post("/orders", draft()).json()
    own = owner.post("/orders", draft(channel="other")).json()
    paid = {"method": "bank", "reference": "SLIP-9", "amount": "13.57"}
    payment = owner.post(f"/orders/{theirs['id']}/payments", paid)
    assert payment.status_code == 201, payment.content
    given_back = {"amount": "1.23", "reason": "x", "reference": "BACK-9"}
    assert owner.post(f"/payments/{payment.json()['id']}/refunds", given_back).status_code == 201
    limited = caller("*", limits={"channel": [other.pk]})
    mine = limited.post(f"/orders/{own['id']}/payments", {**paid, "reference": "SLIP-10"}).json()
    for refused in (
        limited.post(f"/orders/{own['id']}/payments", paid),
        limited.post(f"/payments/{mine['id']}/refunds", given_back),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "used_elsewhere"), refused.content
        assert not any(text in said(refused) for text in (theirs["number"], "13.57", "1.23"))
    assert Payment.objects.count() == 2


def test_another_teams_customer_is_not_named_to_who_gives_its_external_id(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    north, south = of_team("North", "N-1"), of_team("South", "S-SECRET")
    Customer.objects.filter(pk=south.pk).update(external_id="crm-7")
    limited = caller("*", limits={"team": [north.team_id]})
    for body in ({"external_id": "crm-7", "name": "X"}, {"number": "N-9", "external_id": "crm-7", "name": "X"}):
        refused = limited.post("/customers", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "used_elsewhere"), refused.content
        assert "S-SECRET" not in said(refused)


# Handing on what one sees, and changing what one doesn't.

PASSWORD = "a long enough phrase 7"


@pytest.fixture
def mine(caller: CallerMaker, shop: Shop) -> Caller:
    """May do everything in the channel web."""
    return caller("*", limits={"channel": [shop.channel.pk]})


def test_a_limited_key_gives_on_no_more_rows_than_its_own(mine: Caller, shop: Shop) -> None:
    other = make.make_channel("other").pk
    for path, body in (
        ("/api-keys", {"name": "more", "scopes": ["*"]}),
        ("/users", {"username": "more", "password": PASSWORD}),
    ):
        for wider in ([other], [shop.channel.pk, other], [10**9]):
            refused = mine.post(path, {**body, "limits": {"channel": wider}})
            assert (refused.status_code, refused.json()["code"]) == (403, "exceeds_own_rows"), refused.content
        made = mine.post(path, body)
        assert (made.status_code, made.json()["limits"]["channel"]) == (201, [shop.channel.pk]), made.content
    nothing: dict[str, list[int]] = {}
    for limits in (nothing, {"team": [make.make_team().pk]}):
        changed = mine("PATCH", "/users/more", {"limits": limits})
        assert changed.json()["limits"]["channel"] == [shop.channel.pk], changed.content
    assert mine("PATCH", "/users/more", {"limits": {"channel": [other]}}).json()["code"] == "exceeds_own_rows"


def test_limits_must_name_rows_that_are_there(owner: Caller, shop: Shop) -> None:
    for kind in ("channel", "warehouse", "team"):
        for ids, status, code in (([], 422, "invalid_value"), ([10**9], 404, "not_found")):
            body = {"name": "k", "scopes": ["*"], "limits": {kind: ids}}
            refused = owner.post("/api-keys", body)
            assert (refused.status_code, refused.json()["code"]) == (status, code), (kind, refused.content)
            assert refused.json()["errors"][0]["pointer"].startswith(f"/limits/{kind}")
            user = {"username": "u", "password": PASSWORD, "limits": {kind: ids}}
            assert owner.post("/users", user).json()["code"] == code
    owner.post("/users", {"username": "u", "password": PASSWORD})
    assert owner("PATCH", "/users/u", {"limits": {"channel": []}}).status_code == 422


def test_who_sees_more_does_not_exist_for_a_limited_key(owner: Caller, mine: Caller, shop: Shop) -> None:
    both = {"channel": [shop.channel.pk, make.make_channel("other").pk]}
    for name, limits in (("all", {}), ("both", both), ("same", {"channel": [shop.channel.pk]})):
        owner.post("/users", {"username": name, "password": PASSWORD, "limits": limits})
        owner.post("/api-keys", {"name": name, "scopes": ["*"], "limits": limits})
    assert [row["username"] for row in mine.get("/users").json()["items"]] == ["same"]
    keys = {row["name"]: row["id"] for row in owner.get("/api-keys").json()["items"]}
    assert {row["name"] for row in mine.get("/api-keys").json()["items"]} == {"test", "same"}
    for name in ("all", "both"):
        for answer in (
            mine.get(f"/users/{name}"),
            mine("PATCH", f"/users/{name}", {"is_active": False}),
            mine.post(f"/users/{name}/password", {"password": "another long phrase 8"}),
            mine.post(f"/api-keys/{keys[name]}/revoke"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.content


def test_a_limited_key_changes_no_master_data_outside_of_its_rows(caller: CallerMaker, shop: Shop) -> None:
    team, other = make.make_team("North"), make.make_team("South")
    here, there = make.make_warehouse("here"), make.make_channel("there")
    limits = {"channel": [there.pk], "warehouse": [here.pk], "team": [team.pk]}
    limited = caller("*", limits=limits)
    for method, path, body in (
        ("POST", "/channels", {"code": "web", "name_en": "hijacked"}),
        ("POST", "/channels", {"code": "new", "name_en": "New", "currency": "CNY"}),
        ("POST", "/warehouses", {"code": "main", "name_en": "hijacked"}),
        ("POST", "/warehouses", {"code": "new", "name_en": "New"}),
        ("POST", "/teams", {"name": "New"}),
        ("PATCH", f"/teams/{other.pk}", {"name": "hijacked"}),
    ):
        refused = limited(method, path, body, headers={"If-Match": "*"})
        assert (refused.status_code, refused.json()["code"]) == (403, "outside_own_rows"), (path, refused.content)
    assert [row["name"] for row in limited.get("/teams").json()] == ["North"]
    own = limited.post("/channels", {"code": "there", "name_en": "Renamed"}, headers={"If-Match": "*"})
    assert own.status_code == 200, own.content


def test_the_balance_of_a_customer_who_is_not_there_is_not_an_empty_one(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    hidden = of_team("South", "S-1")
    limited = caller("*", limits={"team": [make.make_team("North").pk]})
    assert owner.get(f"/customers/{hidden.pk}/balance").status_code == 200
    for answer in (owner.get("/customers/999999/balance"), limited.get(f"/customers/{hidden.pk}/balance")):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# What happened, and what was brought in.


def streams(answer: Any) -> set[str]:
    return {row["stream"] for row in answer.json()["items"]}


def test_events_tell_a_limited_key_of_documents_that_it_may_see_and_of_nothing_else(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    other, far = make.make_channel("other"), make.make_warehouse("far")
    south = of_team("South", "S-1")
    owner.post("/customers", {"number": "S-1", "name": "Changed"})
    theirs, mine = (owner.post("/orders", draft(channel=code)).json()["id"] for code in ("web", "other"))
    of_south = owner.post("/orders", draft(channel="other", customer="S-1")).json()["id"]
    counted = {
        code: owner.post(
            "/adjustments", {"warehouse": code, "reason": "found", "lines": [{"sku": "CUP", "change": 3}]}
        ).json()["id"]
        for code in ("main", "far")
    }
    owner.post("/users", {"username": "wei", "password": PASSWORD})
    everything = streams(owner.get("/events?limit=200"))
    assert {f"order:{theirs}", f"order:{mine}", f"customer:{south.pk}"} <= everything
    assert any(name.startswith("user:") for name in everything)

    of_channel = caller("*", limits={"channel": [other.pk]})
    seen = streams(of_channel.get("/events?limit=200"))
    assert {f"order:{mine}", f"order:{of_south}", f"customer:{south.pk}"} <= seen
    assert f"order:{theirs}" not in seen
    assert {name.partition(":")[0] for name in seen} <= {"order", "customer", "adjustment"}
    assert streams(of_channel.get(f"/events?stream=order:{theirs}")) == set()
    assert streams(of_channel.get(f"/events?stream=order:{mine}")) == {f"order:{mine}"}

    of_team_ = streams(caller("*", limits={"team": [south.team_id]}).get("/events?limit=200"))
    assert {f"order:{of_south}", f"customer:{south.pk}"} <= of_team_ and f"order:{mine}" not in of_team_

    of_warehouse = streams(caller("*", limits={"warehouse": [far.pk]}).get("/events?limit=200"))
    assert f"adjustment:{counted['far']}" in of_warehouse
    assert f"adjustment:{counted['main']}" not in of_warehouse

    # Who may not read orders at all is told of none.
    blind = caller("system:event:view", "customers:*", limits={"channel": [other.pk]})
    assert f"customer:{south.pk}" in streams(blind.get("/events?limit=200"))


def test_a_limited_keys_events_come_page_by_page_from_the_newest_ones(
    owner: Caller, caller: CallerMaker, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.make_channel("other")
    orders = [owner.post("/orders", draft(channel=code)).json()["id"] for code in ("other", "web", "other", "web")]
    limited = caller("*", limits={"channel": [other.pk]})
    first = limited.get("/events?name=orders.order.placed&limit=1").json()
    second = limited.get(f"/events?name=orders.order.placed&limit=1&cursor={first['next_cursor']}").json()
    found = [row["stream"] for page in (first, second) for row in page["items"]]
    assert found == [f"order:{orders[2]}", f"order:{orders[0]}"]
    assert second["next_cursor"] is None
    monkeypatch.setattr("orderwell.platform.events.queries.NEWEST_LOOKED_AT", 1)
    assert limited.get("/events").json()["items"] == []  # the newest is another channel's
    assert streams(limited.get(f"/events?stream=order:{orders[0]}")) == {f"order:{orders[0]}"}


def test_a_limited_key_knows_only_of_the_files_that_it_handed_in(
    owner: Caller, caller: CallerMaker, shop: Shop
) -> None:
    def hand_in(who: Caller, preset: str = "order-lines") -> Any:
        file = SimpleUploadedFile("orders.csv", b"Order number,SKU,Quantity,Channel\nW1,CUP,1,web\n")
        return who.upload("/imports", {"file": file, "preset": preset, "mode": "live"})

    limits = {"channel": [shop.channel.pk]}
    mine, same = caller("*", limits=limits), caller("*", limits=limits)
    theirs, own = hand_in(owner), hand_in(mine)
    assert (theirs.status_code, own.status_code) == (201, 201), theirs.content
    assert [row["id"] for row in mine.get("/imports").json()["items"]] == [own.json()["id"]]
    assert mine.get(f"/imports/{own.json()['id']}").status_code == 200
    assert same.get("/imports").json()["items"] == []
    assert len(owner.get("/imports").json()["items"]) == 2
    batch = f"/imports/{theirs.json()['id']}"
    for method, path in (("GET", batch), ("GET", f"{batch}/rows"), ("POST", f"{batch}/run"), ("POST", f"{batch}/undo")):
        answer = mine(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    with pytest.raises(NotFound):
        undo_batch(batch_id=theirs.json()["id"], actor=actor_for_key(mine.key or "", now=utc_now()))
    assert hand_in(mine, "online-retail").json()["code"] == "outside_own_rows"


def test_a_limited_key_learns_nothing_of_documents_from_laws_and_jobs(caller: CallerMaker, shop: Shop) -> None:
    from orderwell.platform.jobs.queries import jobs
    from orderwell.testing.actors import owner as the_owner

    limited = caller("*", limits={"channel": [make.make_channel("other").pk]})
    refused = limited.get("/verify")
    assert (refused.status_code, refused.json()["code"]) == (403, "outside_own_rows")
    assert limited.get("/jobs").json()["items"] == []
    assert jobs(actor=actor_for_key(limited.key, now=utc_now())).query.is_empty() is not False
    assert not jobs(actor=the_owner()).query.is_empty()
