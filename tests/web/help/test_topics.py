"""Every screen has its place in the manual, in both languages; every field that is explained is really there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from django.test import Client

from orderwell import web
from orderwell.web.components.forms import Form
from orderwell.web.help import book
from orderwell.web.help.fields import field_topic
from orderwell.web.help.topics import FIELDS, PARTS, TOPICS, place_to_open
from tests.web.test_access import addresses

LANGUAGES = ("en", "zh")


def names() -> set[str]:
    return {item.name for _path, item in addresses() if item.name}


def missing_places(places: dict[str, str], language: str) -> list[str]:
    known = {f"{page.name}#{anchor}" for page in book.pages(language) for anchor in page.anchors}
    return sorted(f"{name}: {place}" for name, place in places.items() if place not in known)


def test_every_screen_has_a_topic() -> None:
    left = names() - TOPICS.keys() - PARTS
    assert not left, (
        f"{sorted(left)} have no place in the manual: describe them in docs/guide/en and docs/guide/zh, "
        "and name the place in web/help/topics.py (PARTS for what nobody looks at as a page)"
    )


def test_nothing_is_both_a_screen_and_a_part() -> None:
    assert not TOPICS.keys() & PARTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_in_the_manual(language: str) -> None:
    assert not missing_places(TOPICS, language)
    assert not missing_places(FIELDS, language)


def test_a_missing_place_would_be_noticed() -> None:
    assert missing_places({"x": "orders#no-such-place"}, "en") == ["x: orders#no-such-place"]


def forms() -> dict[str, set[str]]:
    """Every form of the web interface with its fields."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.walk_packages(web.__path__, f"{web.__name__}."):
        for _name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, Form):
                found.setdefault(kind.__name__, set()).update(kind.base_fields)
    return found


def test_every_explained_field_exists() -> None:
    known = forms()
    wrong = [name for name in FIELDS if name.split(".")[1] not in known.get(name.split(".")[0], set())]
    assert not wrong


def test_a_form_inherits_the_explanations_of_its_parents() -> None:
    from orderwell.web.orders.forms import HoldForm

    class Special(HoldForm):
        pass

    assert (
        field_topic(Special([]) if inspect.signature(HoldForm).parameters else Special(), "kind")
        == "orders#order-hold-kind"
    )
    assert field_topic(object(), "kind") == ""


def test_the_page_says_its_topic(owner: Client) -> None:
    for path, topic in (
        ("/orders/", "orders#order-list"),
        ("/stock/", "stock#stock-list"),
        ("/nowhere/", "start#start-screen"),
    ):
        assert f'data-help="{topic}"' in owner.get(path).content.decode(), path


def test_a_place_leads_to_its_screen_where_that_needs_no_document(owner: Client) -> None:
    assert place_to_open("orders#order-list") == "/orders/"
    assert place_to_open("orders#order-page") == ""
