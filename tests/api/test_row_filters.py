"""What a key that is limited to channels, warehouses or teams may not learn, and may not reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orderwell.domains.billing.models import Payment
from orderwell.domains.customers.models import Customer
from orderwell.domains.inventory.models import Adjustment
from orderwell.domains.orders.models import Order
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
