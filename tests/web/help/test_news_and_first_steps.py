"""The badge after an upgrade, and the first steps of an empty company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orderwell import __version__
from orderwell.kernel.clock import utc_now
from orderwell.platform.learning.services.news import note_version
from orderwell.testing.actors import owner as the_owner
from orderwell.web.help import book, first_steps
from orderwell.web.help.news import ANCHOR


def upgraded() -> None:
    from orderwell.platform.learning.models import InstalledVersion

    InstalledVersion.objects.all().delete()
    note_version(version="0.0.1", now=utc_now() - timedelta(days=400))
    note_version(version=__version__, now=utc_now() + timedelta(seconds=1))


def test_news_are_shown_until_they_are_put_away(browse: Callable[..., Client]) -> None:
    client = browse("viewer")
    upgraded()
    page = client.get("/account/").content.decode()
    assert f"What&#x27;s new in {__version__}" in page or f"What's new in {__version__}" in page
    assert client.post("/help/news/dismiss/").status_code == 200
    assert "help-news" not in client.get("/account/").content.decode()
    other = Client(headers={"accept-language": "en"})  # another browser of the same person
    from orderwell.platform.accounts.models import User

    other.force_login(User.objects.get(username="viewer"))
    assert "help-news" not in other.get("/account/").content.decode()


def test_reading_the_news_puts_them_away(browse: Callable[..., Client]) -> None:
    client = browse("viewer")
    upgraded()
    assert client.get("/help/news/")["Location"] == f"/help/whatsnew/#{ANCHOR}"
    assert "help-news" not in client.get("/account/").content.decode()


def test_this_version_has_news_in_both_languages() -> None:
    for language in ("en", "zh"):
        found = book.page(language, book.NEWS)
        assert found and found.anchors[0] == ANCHOR


@pytest.fixture
def fresh() -> Iterator[None]:
    first_steps.forget()
    yield
    first_steps.forget()


def ticked(client: Client) -> str:
    import re

    page = client.get("/").content.decode()
    found = re.search(r"(\d) of 8 done", page)
    return found[1] if found else ""


def test_first_steps_tick_themselves(fresh: None, owner: Client, db: None) -> None:
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.configuration.services import set_value
    from orderwell.testing import factories

    assert ticked(owner) == "0"
    set_value(key="business.name", value="Tea & Co", actor=system_actor(), now=utc_now())
    house = factories.make_warehouse("main")
    assert ticked(owner) == "2"
    cup = factories.make_variant("CUP")  # with its tax category
    assert ticked(owner) == "4"
    assert 'href="/stock/adjust/"' in owner.get("/").content.decode()  # nothing in stock of it yet
    factories.stock_up(cup, house, 5)
    factories.make_customer("C1", name="Anna")
    assert ticked(owner) == "6"
    factories.make_channel("shop")
    assert ticked(owner) == "7"


def test_first_steps_end_with_the_first_order(
    fresh: None, owner: Client, company: Any, place: Callable[..., int]
) -> None:
    place(CUP=1)
    assert ticked(owner) == ""
    assert first_steps.first_steps(the_owner()) == []


def test_first_steps_are_for_those_who_set_the_company_up(fresh: None, browse: Callable[..., Client], db: None) -> None:
    assert ticked(browse("sales-manager")) == ""
