"""Nobody sees what is not theirs to see: every address, asked for by a stranger and by people of every role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orderwell.platform.permissions import BUILT_IN_ROLES

OPEN = {"sign-in", "sign-out", "session", "set-language", "set-theme"}
# The customer's page: open to all, and nothing on it without a link or the right phone number.
PUBLIC = {"track", "track-link", "track-order", "track-ask", "track-return", "track-rate", "track-invoice"}
PUBLIC |= {"track-leave", "track-logo", "track-credit-note"}
OPEN |= PUBLIC
# What is told to a person, and their own questions to the administrators.
PERSONAL = {"for-me", "ask-colleagues", "colleagues"}
OWN_CASE = {"case-detail", "case-change", "case-close", "case-file"}
# The manual is for everybody who is signed in.
HELP = {"help", "help-page", "help-panel", "help-search"}
HELP |= {"tours", "tours-status", "tours-back", "tour-begin", "news"}
# Only in the practice company; anywhere else there is nothing.
PRACTICE = {"practice-enter", "practice-panel", "practice-reset"}
OPEN |= {"practice-enter"}
# What a browser fetches before anybody has signed in: the application itself, without a word about the company.
OPEN |= {"manifest", "service-worker", "offline"}


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the screen, with 1 in place of what it asks for."""
    waiting: list[tuple[str, URLResolver | URLPattern]] = [("/", item) for item in get_resolver().url_patterns]
    while waiting:
        prefix, item = waiting.pop()
        path = prefix + re.sub(r"<\w+:\w+>", "1", str(item.pattern))
        if path.startswith("/api/"):
            continue
        if isinstance(item, URLResolver):
            waiting += [(path, inner) for inner in item.url_patterns]
        else:
            yield path, item


def test_every_view_says_who_may_see_it() -> None:
    found = list(addresses())
    assert len(found) > 50
    assert not [path for path, item in found if not getattr(item.callback, "orderwell_page", False)]


def test_strangers_are_sent_to_sign_in(db: None) -> None:
    client = Client()
    for path, item in addresses():
        if item.name in OPEN:
            continue
        for answer in (client.get(path), client.post(path)):
            if answer.status_code != 405:
                assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/"), path


def test_a_part_of_a_page_is_refused_so_that_the_page_can_ask_to_sign_in(db: None) -> None:
    answer = Client().get("/orders/counts/", headers={"HX-Request": "true", "HX-Current-URL": "http://x/orders/?q=1"})
    assert answer.status_code == 401


def test_what_was_sent_into_a_lost_session_leads_back_to_its_page(db: None) -> None:
    came_from = {"referer": "http://testserver/customers/new/?x=1"}
    assert Client().post("/customers/new/", headers=came_from)["Location"] == "/sign-in/?next=/customers/new/%3Fx%3D1"
    assert Client().post("/customers/new/", headers={"referer": "http://evil/x"})["Location"] == "/sign-in/?next=/"


def test_somebody_without_a_role_sees_nothing_but_their_own_account(browse: Callable[..., Client]) -> None:
    client = browse()
    allowed = {"home", "account", "password", "search", "progress", "live", "counters", *HELP, *OPEN, *PERSONAL}
    for path, item in addresses():
        answer = client.get(path)
        if item.name in OWN_CASE or item.name in PRACTICE:
            assert answer.status_code == 404, path
            continue
        if item.name in allowed or answer.status_code == 405:
            continue
        assert answer.status_code == 403, path


@pytest.mark.parametrize("role", BUILT_IN_ROLES)
def test_no_role_meets_an_error(browse: Callable[..., Client], place: Callable[..., int], role: str) -> None:
    """Pages answer, refuse or say that there is nothing; none breaks."""
    place(CUP=1)
    client = browse(role)
    for path, _item in addresses():
        assert client.get(path).status_code in {200, 302, 403, 404, 405}, path


@pytest.mark.parametrize("role", BUILT_IN_ROLES)
def test_the_navigation_leads_only_where_one_may_go(browse: Callable[..., Client], role: str) -> None:
    client = browse(role)
    page = client.get("/account/").content.decode()
    links = re.findall(r'class="nav-link" href="([^"]+)"', page)
    assert links
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link


def test_pages_forbid_inline_scripts_and_contain_none(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    for path, _item in addresses():
        answer = owner.get(path)
        if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
            continue
        policy = answer["Content-Security-Policy"]
        allowed = "'none'" if path.startswith("/track/") else "'self'"
        assert f"script-src {allowed}" in policy and "unsafe" not in policy, path
        page = answer.content.decode()
        assert not re.search(r'\s(style|on\w+)="', page), path
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts), path


def test_people_of_one_channel_see_only_its_orders(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    from orderwell.testing.factories import make_channel

    order_id = place(CUP=1)
    client = browse("sales-clerk", limits={"channel": [make_channel("other").pk]})
    assert client.get(f"/orders/{order_id}/").status_code == 404
    assert "SO0" not in client.get("/orders/").content.decode()


def test_personal_data_is_hidden_from_those_who_may_not_see_it(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=1)
    seen = browse("sales-clerk").get(f"/orders/{order_id}/").content.decode()
    hidden = browse("viewer").get(f"/orders/{order_id}/").content.decode()
    assert "13812345678" in seen and "人民路1号" in seen
    assert "13812345678" not in hidden and "人民路1号" not in hidden


def test_unknown_addresses_get_a_page_that_helps(owner: Client) -> None:
    answer = owner.get("/nowhere/")
    assert answer.status_code == 404
    assert "To the start page" in answer.content.decode()
    assert 'id="search-box"' in answer.content.decode()


def test_absurd_values_in_an_address_do_no_harm(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    for query in (
        "after=x",
        "from=2026-99-99",
        "to=0000-00-00",
        "customer=" + "9" * 40,
        "state=x",
        "channel=%00",
        "q=%00",
    ):
        for path in ("/orders/", "/", "/customers/", "/products/", "/stock/", "/search/"):
            assert owner.get(f"{path}?{query}").status_code in {200, 422}, (path, query)
    assert owner.get("/orders/99999999999999999999/").status_code == 404
