"""The frame: what can be undone, what changed, what is counted, what a desk sees, what a lost page says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.orders.models import Hold, Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.caching import forget_everything
from orderwell.testing.actors import limited
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.components.toasts import Undo, undo, undoes
from orderwell.web.frame.desks import desk_of, desks_of
from orderwell.web.live.counters import CAP, counts
from orderwell.web.live.stamps import stamps

HTMX = {"HX-Request": "true"}


def put_on_hold(client: Client, order_id: int) -> str:
    """Hold an order on the screen; the token of the toast's undo button."""
    form = flat(client.get(f"/orders/{order_id}/hold/").content.decode())
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    client.post(f"/orders/{order_id}/hold/", {"token": token[1], "kind": "address", "reason": "look"})
    page = flat(client.get(f"/orders/{order_id}/").content.decode())
    found = re.search(r'action="/undo/".*?name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_an_answer_that_has_no_toast_to_show_leaves_the_toasts_of_others_alone(
    owner: Client, place: Callable[..., int]
) -> None:
    order_id = place(CUP=1)
    # Asked for before the change, answered after it: nothing in the answer may clear the cookie the change has set.
    for path in (f"/orders/{order_id}/hold/", "/progress/"):
        assert "messages" not in owner.get(path, headers=HTMX).cookies
    assert "messages" not in owner.get(f"/orders/{order_id}/").cookies
    form = flat(owner.get(f"/orders/{order_id}/hold/").content.decode())
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    sent = owner.post(f"/orders/{order_id}/hold/", {"token": token[1], "kind": "address", "reason": "look"})
    assert sent.cookies["messages"].value
    # What asks by itself every few seconds leaves it for the page that comes; that one shows it, once.
    asked = owner.get("/progress/", headers={**HTMX, "X-Orderwell-Live": "1"})
    assert "messages" not in asked.cookies
    assert 'action="/undo/"' in owner.get(f"/orders/{order_id}/").content.decode()
    assert 'action="/undo/"' not in owner.get(f"/orders/{order_id}/").content.decode()


def test_a_hold_is_taken_back_once(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    token = put_on_hold(owner, order_id)
    for _ in range(2):  # a double click
        answer = owner.post("/undo/", {"token": token, "next": f"/orders/{order_id}/"})
        assert answer["Location"] == f"/orders/{order_id}/"
    assert Hold.objects.get().released_at is not None
    page = owner.get(f"/orders/{order_id}/").content.decode()
    assert page.count("The hold is gone again.") == 2 and "no longer" not in page


def test_an_undo_is_for_the_person_who_got_it_and_for_what_it_says(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    token = put_on_hold(owner, place(CUP=1))
    stranger = browse("sales-manager")
    for other in (token, token[:-2] + "xx", ""):
        stranger.post("/undo/", {"token": other})
    assert Hold.objects.get().released_at is None
    assert "This can no longer be undone." in stranger.get("/account/").content.decode()


def test_an_undo_leads_nowhere_else(owner: Client) -> None:
    assert owner.post("/undo/", {"token": "x", "next": "https://evil.example/"})["Location"] == "/"


def test_who_may_not_release_takes_back_their_own(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    clerk = browse("sales-clerk")
    token = put_on_hold(clerk, place(CUP=1))
    clerk.post("/undo/", {"token": token})
    assert Hold.objects.get().released_at is not None


def test_nothing_promises_an_undo_that_nobody_wrote() -> None:
    with pytest.raises(KeyError):
        undo("no-such-change")
    with pytest.raises(ValueError, match="two functions"):
        undoes("hold-placed")(lambda actor, now: "")
    assert Undo("x", (("a", 1),)).token(1) != Undo("x", (("a", 1),)).token(2)


def test_a_part_of_a_page_carries_what_was_told(owner: Client, place: Callable[..., int]) -> None:
    put = owner.get(f"/orders/{place(CUP=1)}/note/")
    token = re.search(r'name="token" value="([^"]+)"', put.content.decode())
    assert token
    path = put.wsgi_request.path
    owner.post(path, {"token": token[1], "body": "hello"}, headers=HTMX)
    live = owner.get("/orders/", headers={"X-Orderwell-Live": "1"}).content.decode()
    assert "Note added." not in live  # a background copy shows nobody a message
    part = owner.get("/search/?q=x", headers=HTMX).content.decode()
    assert 'hx-swap-oob="beforeend"' in part and "Note added." in part


def test_a_stamp_changes_with_its_topic_alone(place: Callable[..., int]) -> None:
    first, second = place(CUP=1), place(CUP=1)
    topics = ["orders", f"order:{first}", f"order:{second}", "billing"]
    before = stamps(the_owner(), topics)
    forget_everything()
    assert stamps(the_owner(), topics) == before  # another process says the same
    from orderwell.domains.orders.services.note import add_note

    add_note(order_id=first, body="x", actor=the_owner(), now=utc_now())
    forget_everything()
    after = stamps(the_owner(), topics)
    assert {topic for topic in topics if before[topic] != after[topic]} == {"orders", f"order:{first}"}


def test_a_stamp_says_nothing_of_rows_one_may_not_see(place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    elsewhere = limited(the_owner(), channels=frozenset({0}))
    found = stamps(elsewhere, [f"order:{order_id}", f"order:{order_id + 1000}", "orders"])
    assert len(set(found.values())) == 1
    assert stamps(the_owner(), ["nonsense", "nonsense:1"]) == {}


def test_an_unchanged_answer_is_not_sent_again(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    for path in ("/live/?t=orders", "/live/counters/"):
        first = owner.get(path)
        again = owner.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_counters_stop_counting_and_follow_the_rows_one_may_see(
    owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        place(CUP=1)
    Order.objects.update(on_hold=True)
    assert owner.get("/live/counters/").json()["on-hold"] == "3"
    monkeypatch.setattr("orderwell.web.live.counters.CAP", 2)
    elsewhere = limited(the_owner(), channels=frozenset({0}))
    assert counts(elsewhere, utc_now())["on-hold"] == ""
    assert CAP == 99


@pytest.mark.parametrize(
    ("role", "desk", "first"),
    [
        ("sales-clerk", "clerk", "Sales"),
        ("warehouse-worker", "warehouse", "Warehouse"),
        ("bookkeeper", "bookkeeper", "Money"),
        ("sales-manager", "manager", "Figures"),
        ("administrator", "administrator", "System"),
    ],
)
def test_each_role_has_its_own_order_of_places(
    browse: Callable[..., Client], place: Callable[..., int], role: str, desk: str, first: str
) -> None:
    place(CUP=1)
    client = browse(role)
    page = client.get("/", follow=True)
    assert page.context["desk"] == desk
    groups = re.findall(r'class="side-group">([^<]+)<', page.content.decode())
    assert groups[0] == first


def test_the_overview_is_marked_as_the_desk_that_it_is(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)

    def marked(path: str) -> list[str]:
        page = flat(owner.get(path).content.decode())
        return re.findall(r'name="desk" value="([a-z]+)" aria-pressed="true"', page)

    assert (marked("/"), marked("/overview/")) == (["administrator"], ["manager"])


def test_a_desk_is_one_of_those_whose_work_one_may_do(browse: Callable[..., Client]) -> None:
    clerk = browse("sales-clerk", "bookkeeper")
    clerk.post("/start/desk/", {"desk": "administrator"})
    assert clerk.get("/account/").context["desk"] == "bookkeeper"
    clerk.post("/start/desk/", {"desk": "clerk"})
    assert clerk.get("/account/").context["desk"] == "clerk"
    assert desks_of(the_owner()) and desk_of(the_owner(), "nonsense") in desks_of(the_owner())


def test_a_clerk_sees_what_waits_and_one_click_leads_on(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    from orderwell.domains.orders.services.hold import place_hold

    held, late = place(CUP=1), place(POT=1, requested_at=utc_now().replace(year=2020))
    place_hold(order_id=held, kind="credit", reason="limit", actor=the_owner(), now=utc_now())
    page = browse("sales-clerk").get("/").content.decode()
    assert f"/orders/{held}/" in page.split('id="start-held"')[1].split("</section>")[0]
    assert f"/orders/{late}/" in page.split('id="start-late"')[1].split("</section>")[0]
    assert "No quote of yours waits for an answer." in page


def test_what_is_late_stands_in_the_order_of_its_due_day(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    now = utc_now()
    days = [(9, 3), (8, 30), (7, 1), (6, 12), (5, 4), (4, 40), (3, 2)]
    made = {
        late: place(CUP=1, now=now - timedelta(days=50 + old), requested_at=now - timedelta(days=late))
        for old, late in days
    }
    page = browse("sales-clerk").get("/").content.decode()
    section = page.split('id="start-late"')[1].split("</section>")[0]
    found = list(dict.fromkeys(re.findall(r'href="/orders/(\d+)/"', section)))
    assert found == [str(made[late]) for late in sorted(made, reverse=True)][: len(found)] and len(found) > 4


def test_a_worker_ships_the_most_urgent_first(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    now = utc_now()
    later = [place(CUP=1, now=now.replace(year=2024), requested_at=now + timedelta(days=9)) for _ in range(6)]
    old, urgent = place(CUP=1, now=now.replace(year=2025)), place(CUP=1, requested_at=now + timedelta(days=1))
    page = browse("warehouse-worker").get("/").content.decode()
    section = page.split('id="start-shipping"')[1].split("</section>")[0]
    assert re.findall(r"/orders/(\d+)/ship/", section) == [str(pk) for pk in (old, urgent, *later)]
    assert "To ship, most urgent first" in section


def test_a_bookkeeper_sees_what_is_shipped_and_not_invoiced(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    from orderwell.domains.fulfilment.services.ship import ship

    order_id = place(CUP=1)
    client = browse("bookkeeper")
    assert "Everything shipped has its invoice." in client.get("/").content.decode()
    ship(order_id=order_id, actor=the_owner(), now=utc_now())
    page = client.get("/").content.decode()
    assert f"/orders/{order_id}/" in page.split('id="start-invoicing"')[1].split("</section>")[0]


@pytest.mark.parametrize("path", ["/undo/", "/hints/take/", "/sign-out/", "/account/language/", "/start/desk/"])
def test_an_address_that_only_takes_forms_helps_whoever_opens_it(owner: Client, path: str) -> None:
    answer = owner.get(path, headers={"accept": "text/html,*/*"})
    page = answer.content.decode()
    assert answer.status_code == 405 and answer["Allow"]
    assert "There is nothing to see at this address" in page and "To the start page" in page
    assert "Content-Security-Policy" in answer
    assert owner.get(path, headers={"accept": "application/json"}).content == b""


def test_every_page_says_where_it_is(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    for path in ("/orders/", f"/orders/{order_id}/", "/stock/", "/payments/", "/account/", "/nowhere/"):
        assert 'class="breadcrumb"' in owner.get(path).content.decode(), path
    crumbs = owner.get("/stock/movements/").content.decode().split('class="breadcrumb"')[1].split("</ol>")[0]
    assert re.findall(r">([^<>]+)</", crumbs) == ["Start", "Stock", "Stock movements"]


def test_a_page_open_too_long_is_told_so(owner: Client, person: Callable[..., Any]) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    strict.force_login(person("viewer"))
    answer = strict.post("/account/", {"theme": "dark"})
    assert answer.status_code == 403 and "This page was open too long" in answer.content.decode()
    assert strict.post("/account/", {"theme": "dark"}, headers=HTMX).status_code == 401


def test_a_database_that_is_away_is_named(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    owner.raise_request_exception = False
    monkeypatch.setattr("orderwell.web.pages.actor_for_user", away)
    answer = owner.get("/orders/")
    assert answer.status_code == 503 and "The database does not answer" in answer.content.decode()
    assert answer["Retry-After"]


def test_a_session_is_asked_for_and_given_in_place(person: Callable[..., Any]) -> None:
    from tests.web.conftest import PASSWORD

    person("viewer")
    client = Client(headers={"accept-language": "en"})
    assert client.get("/session/").json()["user"] is None
    part = {"X-Orderwell-Part": "session"}
    wrong = client.post("/sign-in/", {"username": "viewer", "password": "no"}, headers=part)
    assert wrong.status_code == 422 and json.loads(wrong.content)["errors"]
    empty = client.post("/sign-in/", {"username": "viewer", "password": ""}, headers=part)
    assert json.loads(empty.content)["errors"] == ["Password: This field is required."]
    right = client.post("/sign-in/", {"username": "viewer", "password": PASSWORD}, headers=part).json()
    assert right["user"] == client.get("/session/").json()["user"] and right["csrf"]


def test_who_may_only_manage_users_finds_the_way_there(person: Callable[..., Any], owner: Client) -> None:
    from orderwell.platform.accounts.models import Role

    role = Role.objects.create(code="people", title="People", permissions=["system:user:manage"])
    somebody = person(username="pat")
    somebody.roles.set([role])
    client = Client(headers={"accept-language": "en"})
    client.force_login(somebody)
    page = client.get("/account/").content.decode()
    for path in ("/admin/users/", "/admin/roles/", "/admin/teams/"):
        assert f'class="nav-link" href="{path}"' in page
        assert client.get(path).status_code == 200
    # Who has the whole administration finds them there.
    assert 'class="nav-link" href="/admin/users/"' not in owner.get("/account/").content.decode()
