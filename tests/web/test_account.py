"""Signing in and out, language, appearance, password."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from orderwell.platform.accounts.models import User
from tests.web.conftest import PASSWORD

CREDENTIALS = {"username": "viewer", "password": PASSWORD}


def test_signing_in_leads_back_to_where_one_wanted_to_go(person: Callable[..., User]) -> None:
    person("viewer")
    client = Client()
    answer = client.post("/sign-in/", {**CREDENTIALS, "next": "/orders/?q=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/orders/?q=1")
    assert client.get("/orders/").status_code == 200


def test_signing_in_never_leads_to_another_site(person: Callable[..., User]) -> None:
    person("viewer")
    answer = Client().post("/sign-in/", {**CREDENTIALS, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_a_wrong_password_says_so_and_guessing_is_slowed_down(person: Callable[..., User]) -> None:
    person("viewer")
    client = Client(headers={"accept-language": "en"})
    wrong = client.post("/sign-in/", {"username": "viewer", "password": "wrong"})
    assert wrong.status_code == 422
    assert "do not belong together" in wrong.content.decode()
    for _attempt in range(6):
        last = client.post("/sign-in/", {"username": "viewer", "password": "wrong"})
    assert last.status_code == 429
    assert client.post("/sign-in/", CREDENTIALS).status_code == 429


def test_signing_out_ends_it(owner: Client) -> None:
    assert owner.get("/orders/").status_code == 200
    owner.post("/sign-out/")
    assert owner.get("/orders/").status_code == 302


def test_the_language_is_the_browsers_until_one_chooses(browse: Callable[..., Client]) -> None:
    client = browse("viewer", language="zh-CN")
    assert "待发货" in client.get("/orders/").content.decode()
    client.post("/account/language/", {"language": "en", "next": "/orders/"})
    assert "To ship" in client.get("/orders/").content.decode()
    assert User.objects.get(username="viewer").language == "en"


def test_the_appearance_is_kept_with_the_user(browse: Callable[..., Client]) -> None:
    client = browse("viewer")
    assert 'data-theme-choice="auto"' in client.get("/orders/").content.decode()
    assert client.post("/account/theme/", {"theme": "dark"}).status_code == 204
    assert 'data-bs-theme="dark"' in client.get("/orders/").content.decode()


def test_preferences_are_saved(browse: Callable[..., Client]) -> None:
    client = browse("viewer")
    wanted = {"language": "zh-hans", "theme": "light", "time_zone": "Europe/London"}
    assert client.post("/account/", wanted).status_code == 302
    user = User.objects.get(username="viewer")
    assert (user.language, user.theme, user.time_zone) == ("zh-hans", "light", "Europe/London")
    assert client.post("/account/", {**wanted, "time_zone": "Nowhere/Else"}).status_code == 422


def test_a_password_that_was_made_for_somebody_must_be_changed_first(browse: Callable[..., Client]) -> None:
    client = browse("viewer", must_change_password=True)
    assert client.get("/orders/")["Location"] == "/account/password/"
    fresh = {"current_password": PASSWORD, "new_password": "a brand new phrase", "repeated": "a brand new phrase"}
    assert client.post("/account/password/", fresh).status_code == 302
    assert client.get("/orders/").status_code == 200


def test_a_new_password_must_be_good_and_typed_twice(browse: Callable[..., Client]) -> None:
    client = browse("viewer")
    for new, again, current in (
        ("short", "short", PASSWORD),
        ("long enough 1", "other", PASSWORD),
        ("long enough 1",) * 3,
    ):
        sent = {"current_password": current, "new_password": new, "repeated": again}
        assert client.post("/account/password/", sent).status_code == 422
    assert User.objects.get(username="viewer").check_password(PASSWORD)


def test_parts_of_the_page_for_a_first_password_are_left_alone(browse: Callable[..., Client]) -> None:
    """What refreshes itself must not put the whole page into a corner of the page."""
    client = browse("administrator", must_change_password=True)
    there = {"HX-Request": "true", "HX-Current-URL": "http://x/account/password/"}
    answer = client.get("/orders/counts/", headers=there)
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)
    answer = client.get("/orders/counts/", headers={**there, "HX-Current-URL": "http://x/orders/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/account/password/")
