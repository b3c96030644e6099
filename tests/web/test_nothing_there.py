"""What pages say where there is nothing yet: what to do, and a way to do it for whoever may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from orderwell.kernel.errors import NotFound
from orderwell.testing.markup import flat
from orderwell.web.lists.registry import specs
from tests.web.sent import sent_by

# They fill by themselves, and what is in them is nobody's task.
BY_ITSELF = {"events", "dead-letters", "jobs", "users"}
TO_SET_UP = {
    "admin-teams": "admin-team-new",
    "admin-keys": "admin-key-new",
    "admin-channels": "admin-channel-new",
    "admin-groups": "admin-group-new",
    "admin-categories": "admin-category-new",
    "admin-taxes": "admin-tax-new",
    "admin-warehouses": "admin-warehouse-new",
    "admin-buffers": "admin-buffer-new",
    "admin-fields": "admin-field-new",
}


def said(page: str) -> str:
    """What stands where the rows would be."""
    return page.partition('<div class="empty">')[2].partition("</main>")[0]


@pytest.mark.parametrize("name", sorted(set(specs()) - BY_ITSELF))
def test_an_empty_list_leads_to_what_fills_it(name: str, owner: Client) -> None:
    spec = specs()[name]
    text = said(flat(owner.get(reverse(spec.url_name)).content.decode()))
    assert str(spec.nothing.title) in text
    assert f'href="{reverse(spec.nothing.url)}{spec.nothing.query}"' in text
    assert owner.get(reverse(spec.nothing.url) + spec.nothing.query).status_code == 200


def test_nobody_is_led_to_what_they_may_not_do(browse: Callable[..., Client]) -> None:
    keeper = browse("bookkeeper")
    assert reverse("stock-adjust") not in said(flat(keeper.get(reverse("stock-list")).content.decode()))


@pytest.mark.parametrize(("name", "new"), TO_SET_UP.items())
def test_what_is_to_be_set_up_can_be_begun_where_it_is_missing(name: str, new: str, owner: Client) -> None:
    assert f'href="{reverse(new)}"' in said(flat(owner.get(reverse(name)).content.decode()))


def test_opening_stock_is_the_reason_where_there_is_no_stock_yet(owner: Client) -> None:
    page = flat(owner.get(f"{reverse('stock-adjust')}?reason=opening").content.decode())
    assert '<option value="opening" selected>' in page


def test_counts_and_past_stock_tell_nothing_yet_from_nothing_found(owner: Client) -> None:
    counts = said(flat(owner.get(reverse("count-list")).content.decode()))
    assert f'href="{reverse("count-new")}"' in counts
    assert "Nothing matches" in said(flat(owner.get(f"{reverse('count-list')}?state=open").content.decode()))
    past = said(flat(owner.get(reverse("stock-past")).content.decode()))
    assert "Nothing was in stock" in past and f'href="{reverse("stock-list")}"' in past
    assert "Nothing matches" in said(flat(owner.get(f"{reverse('stock-past')}?q=nowhere").content.decode()))


def test_what_was_sorted_out_is_not_what_is_to_be_sorted_out(owner: Client) -> None:
    assert "Nothing to sort out" in owner.get(reverse("leftover-list")).content.decode()
    settled = owner.get(f"{reverse('leftover-list')}?state=settled").content.decode()
    assert "Nothing sorted out yet" in settled


def test_a_handheld_without_a_warehouse_tells_whoever_may_where_to_set_one_up(browse: Callable[..., Client]) -> None:
    asked = reverse("handheld-work")
    assert browse("administrator").get(asked).json()["set_up"] == reverse("admin-warehouses")
    assert browse("warehouse-worker", username="hand").get(asked).json()["set_up"] == ""


def test_what_happened_to_a_user_names_the_user(owner: Client, browse: Callable[..., Client]) -> None:
    browse("sales-clerk", username="mei")
    page = flat(owner.get(reverse("event-list")).content.decode())
    assert "User mei" in page


def test_what_is_not_there_is_said_without_a_gap_in_chinese() -> None:
    from django.utils.translation import override

    from orderwell.platform.wording import sentence

    with override("zh-hans"):
        assert sentence(NotFound(kind="category", reference="bath").details[0]) == "没有分类 bath。"
        # A carton of goods is a case too.
        assert sentence(NotFound(kind="case", reference="9999").details[0]) == "没有工单 9999。"


def test_a_document_that_is_not_there_is_named(owner: Client) -> None:
    assert "There is no document zzz." in owner.get("/print/zzz/").content.decode()


def test_the_look_of_a_document_says_why_the_page_is_empty(owner: Client) -> None:
    page = owner.get(reverse("print-template", args=["pick-list"])).content.decode()
    shown = owner.post(reverse("print-preview", args=["pick-list"]), sent_by(page)).content.decode()
    assert "<img" in shown and "No such document to show yet" in shown
