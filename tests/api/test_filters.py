"""Every filter of every route that reads: what names something refuses a name that is not there, and says what is."""

from __future__ import annotations

from typing import Any

import pytest

from orderwell.domains.customers.models import Customer, Tag
from orderwell.platform.accounts.models import Team, User
from orderwell.testing import factories as make
from tests.api.callers import Caller
from tests.api.examples import World
from tests.api.shop import Shop, draft
from tests.api.test_every_route import EXAMPLES, Route, described

PAGES = {"cursor", "limit"}
# Any text is a legitimate question, and nothing found a legitimate answer to it.
FREE = {
    "search": "words to look for",
    "reference": "of a bank: whether it was booked is what is asked",
}
NOBODY = 10**15


def asked_for(route: Route) -> list[dict[str, Any]]:
    parameters = described()[route].get("parameters", [])
    return [each for each in parameters if each["in"] == "query" and each["name"] not in PAGES]


FILTERS = [(route, each["name"]) for route in sorted(EXAMPLES) if route[0] == "GET" for each in asked_for(route)]
NAMING = [(route, name) for route, name in FILTERS if name not in FREE]


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shop


def with_value(at: World, route: Route, name: str, value: object) -> str:
    """The address of the route's example with this one filter set beside what it cannot do without."""
    path, _, query = EXAMPLES[route].make(at).path.partition("?")
    needed = {each["name"] for each in asked_for(route) if each.get("required")} - {name}
    kept = [part for part in query.split("&") if part.partition("=")[0] in needed]
    return f"{path}?{'&'.join([*kept, f'{name}={value}'])}"


@pytest.mark.parametrize(("route", "name"), NAMING, ids=lambda part: part if isinstance(part, str) else part[1])
def test_a_filter_refuses_what_is_not_there(route: Route, name: str, world: World) -> None:
    values: tuple[object, ...] = ("nope:nope",) if name == "filter" else ("nope",)
    if name.endswith("_id"):
        values += (NOBODY,)
    for value in values:
        answer = world.owner.get(with_value(world, route, name, value))
        assert answer.status_code == 422, (value, answer.status_code, answer.content)
        wrong = answer.json()["errors"][0]
        assert wrong["pointer"] in (f"/{name}", "/filters/nope"), wrong
        assert wrong["code"] != "unknown_parameter"
        assert str(value).rpartition(":")[2] in wrong["detail"], "what was given is told"
        if wrong["code"] not in ("wrong_type", "unknown_id", "unknown_sku", "unknown_customer"):
            assert wrong["data"]["expected"], "what would be right is told"


@pytest.mark.parametrize("name", sorted(FREE))
def test_what_takes_any_text_is_there_and_takes_it(name: str, world: World) -> None:
    routes = [route for route, known in FILTERS if known == name]
    assert routes, "a reason for nothing"
    for route in routes:
        assert world.owner.get(with_value(world, route, name, "nope")).status_code == 200


def test_the_names_that_are_there_are_told_and_work(owner: Caller, shop: Shop) -> None:
    tag, team = Tag.objects.create(name="vip"), Team.objects.create(name="North")
    mei = User.objects.create(username="mei", name="Mei", created_at=shop.customer.created_at)
    shop.customer.tags.add(tag)
    Customer.objects.filter(pk=shop.customer.pk).update(owner=mei, team=team)
    for name, right, code in (
        ("tag", "vip", "unknown_tag"),
        ("team", "North", "unknown_team"),
        ("owner", "mei", "unknown_user"),
    ):
        wrong = owner.get(f"/customers?{name}=nope").json()["errors"][0]
        assert (wrong["code"], wrong["data"]["expected"]) == (code, right)
        assert right in wrong["detail"]
        (found,) = owner.get(f"/customers?{name}={right}").json()["items"]
        assert found["number"] == "C-1"
    wrong = owner.get("/tasks?assignee=nope").json()["errors"][0]
    assert (wrong["pointer"], wrong["data"]["expected"]) == ("/assignee", "mei")


def test_a_tag_is_asked_for_in_any_case(owner: Caller, shop: Shop) -> None:
    for version, given in enumerate((["VIP"], ["vip", "Vip"]), start=1):
        headers = {"If-Match": f'"{version}"'}
        changed = owner("PATCH", f"/customers/{shop.customer.pk}", {"tags": given}, headers=headers)
        assert changed.json()["tags"] == ["VIP"]
    assert len(owner.get("/customers?tag=vip").json()["items"]) == 1
    assert owner.get("/customer-tags").json() == ["VIP"]


def test_a_key_learns_of_no_other_teams_and_customers(caller: Any, owner: Caller, shop: Shop) -> None:
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    Customer.objects.filter(pk=shop.customer.pk).update(team=south)
    order = owner.post("/orders", draft()).json()["id"]
    narrow = caller("*", limits={"team": [north.pk]})
    assert narrow.get("/customers?team=South").json()["errors"][0]["data"]["expected"] == "North"
    for path in (f"/orders?customer_id={shop.customer.pk}", f"/invoices?order_id={order}"):
        assert owner.get(path).status_code == 200
        wrong = narrow.get(path).json()["errors"][0]
        assert wrong["code"] == "unknown_id"


@pytest.mark.parametrize("path", ["/stock/available", "/stock/atp"])
def test_stock_refuses_an_unknown_channel_as_lists_do(owner: Caller, shop: Shop, path: str) -> None:
    answer = owner.get(f"{path}?variant_id={shop.cup.pk}&channel=nope")
    assert answer.status_code == 422
    wrong = answer.json()["errors"][0]
    assert (wrong["code"], wrong["pointer"], wrong["data"]["expected"]) == ("unknown_channel", "/channel", "web")
    assert owner.get(f"{path}?variant_id={shop.cup.pk}&channel=web").status_code == 200


def test_stock_tells_nothing_of_a_channel_that_the_key_may_not_see(caller: Any, shop: Shop) -> None:
    mine = make.make_channel("mine")
    narrow = caller("*", limits={"channel": [mine.pk]})
    answer = narrow.get(f"/stock/available?variant_id={shop.cup.pk}&channel=web")
    assert answer.json()["errors"][0]["data"]["expected"] == "mine"


@pytest.mark.parametrize(
    ("filters", "key"),
    [({"channel": "nope"}, "channel"), ({"late": "no"}, "late"), ({"customer": "nope"}, "customer")],
)
def test_an_export_and_a_view_refuse_a_value_that_would_be_left_out(
    owner: Caller, shop: Shop, filters: dict[str, str], key: str
) -> None:
    """The file would have had every order in it."""
    for path, body in (
        ("/exports", {"list_name": "orders", "filters": filters}),
        ("/views", {"list_name": "orders", "name": "Mine", "filters": filters}),
    ):
        answer = owner.post(path, body)
        assert answer.status_code == 422, answer.content
        wrong = answer.json()["errors"][0]
        assert (wrong["code"], wrong["pointer"]) == ("invalid_value", f"/filters/{key}")
        assert wrong["data"]["expected"]
