"""Duplicates on the screen: the hint while typing, the list of pairs, the merge and its way back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.domains.customers.models import Customer, CustomerMerge
from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.models import User
from orderwell.testing.factories import make_customer, make_group
from orderwell.testing.markup import flat
from tests.web.conftest import Company
from tests.web.test_pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(company: Company) -> Customer:
    return make_customer("C2", name="王小明公司", phone="13812345678", email="twin@example.com")


def fields(page: str) -> dict[str, str]:
    form = page.split('class="form-page">')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or " checked" in tag:
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return found


def test_a_form_that_is_filled_in_says_who_it_looks_like(owner: Client, company: Company) -> None:
    path = "/customers/look-alikes/"
    hint = owner.post(path, {"name": "Somebody", "contact-n0-phone": "138 1234 5678"}).content.decode()
    assert "王小明" in hint and "same phone" in hint
    assert "same name" in owner.post(path, {"name": "王小明"}).content.decode()
    for sent in ({"name": "Nobody"}, {"name": "王小明", "except": str(company.customer.pk)}, {"phone": "12"}):
        assert not owner.post(path, sent).content.strip(), sent


def test_the_pair_is_listed_compared_merged_and_taken_apart(
    owner: Client, company: Company, twin: Customer, place: Callable[..., int]
) -> None:
    order = place(CUP=1)
    listed = owner.get("/customers/duplicates/").content.decode()
    assert "Same phone" in listed
    # C2 stays; C1, who has the order, becomes part of it.
    path = f"/customers/{twin.pk}/merge/"
    assert "C1" in owner.get(f"{path}?other=C1").content.decode()
    sent = fields(owner.get(f"{path}?other=C1").content.decode())
    assert sent["other"] == "C1" and sent["choice-name"] == "survivor"
    answer = owner.post(path, sent, follow=True)
    page = answer.content.decode()
    assert Order.objects.get(pk=order).customer_id == twin.pk
    assert "was merged into this customer" in page and "Undo merge" in page
    again = owner.post(path, sent, follow=True)
    assert again.redirect_chain == answer.redirect_chain and "is now part of" in again.content.decode()
    assert CustomerMerge.objects.count() == 1
    gone = f"/customers/{company.customer.pk}/"
    old = owner.get(gone).content.decode()
    assert "Became part of" in old and "王小明公司" in old
    assert not any(f"{gone}{name}" in old for name in ("active/", "change/", "tags/", "merge/", "notes/new/"))
    assert owner.post(f"{gone}active/", {"active": "1"}).status_code == 422
    assert "C2" in owner.get("/customers/?q=C1").content.decode()
    undo = re.search(r'action="([^"]+/merges/\d+/undo/)"', page)
    assert undo
    owner.post(undo[1])
    assert Order.objects.get(pk=order).customer_id == company.customer.pk
    assert Customer.objects.get(pk=company.customer.pk).active
    # Once more from another tab: it is undone, which is what was wanted.
    again = owner.post(undo[1], follow=True)
    assert again.redirect_chain == [(gone, 302)] and "is a customer of its own again" in again.content.decode()
    assert owner.post(undo[1].replace(f"/{twin.pk}/", f"/{company.customer.pk}/", 1)).status_code == 422


def test_a_record_changed_meanwhile_is_looked_at_again(owner: Client, company: Company, twin: Customer) -> None:
    path = f"/customers/{twin.pk}/merge/"
    sent = fields(owner.get(f"{path}?other=C1").content.decode())
    Customer.objects.filter(pk=company.customer.pk).update(version=5)
    answer = owner.post(path, sent)
    assert answer.status_code == 422 and "changed by somebody else" in answer.content.decode()
    assert not CustomerMerge.objects.exists()


@pytest.mark.parametrize("seen", ["", "abc", "²", "9" * 12])
def test_a_form_that_does_not_say_what_was_seen_merges_nothing(
    seen: str, owner: Client, company: Company, twin: Customer
) -> None:
    path = f"/customers/{twin.pk}/merge/"
    sent = fields(owner.get(f"{path}?other=C1").content.decode())
    answer = owner.post(path, sent | {"merged_version": seen})
    assert answer.status_code == 422 and "changed by somebody else" in answer.content.decode()
    assert not CustomerMerge.objects.exists()


def test_what_differs_is_told_in_the_words_of_the_customers_page(
    browse: Callable[..., Client], person: Callable[..., User], company: Company, twin: Customer
) -> None:
    for customer, name in ((company.customer, "梅"), (twin, "林")):
        user = person("sales-clerk", username=f"u{customer.pk}")
        user.name = name
        user.save()
        Customer.objects.filter(pk=customer.pk).update(owner=user)
    group = make_group("gold")
    more = {"kind": "company", "group": group, "language": "en", "payment_terms_days": 30, "tax_number": "310.500"}
    Customer.objects.filter(pk=twin.pk).update(**more)
    page = browse("administrator", language="zh-hans").get(f"/customers/{twin.pk}/merge/?other=C1").content.decode()
    told = flat(page).split('class="form-page">')[1].split("</form>")[0]
    for word in (">负责人<", "梅", "林", "公司", "个人", group.name_zh, "English", "中文", "30 天", "310.500"):
        assert word in told, word
    for code in ("企业主", "person", "company", "gold", ">en<", "zh-hans", f"u{twin.pk}"):
        assert code not in told, code


def test_who_is_not_there_can_not_be_merged(owner: Client, browse: Callable[..., Client], twin: Customer) -> None:
    path = f"/customers/{twin.pk}/merge/"
    for number in ("NOPE", "C2"):
        assert "There is no other customer" in owner.get(f"{path}?other={number}").content.decode()
    assert browse("viewer").get(f"{path}?other=C1").status_code == 403


def test_the_list_of_pairs_takes_as_many_queries_for_many_as_for_few(owner: Client, twin: Customer) -> None:
    owner.get("/customers/duplicates/")
    few = queries(owner, "/customers/duplicates/")
    for number in range(10):
        for _twice in range(2):
            make_customer(name=f"Double {number}", phone=f"1390000{number:04d}")
    assert queries(owner, "/customers/duplicates/") <= few + 1 <= 18
