"""The customer's page: what waits, figures, favourites to order, what happened, archive and tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.customers.models import Customer
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.templatetags.customers import whole
from tests.web.conftest import Company
from tests.web.test_pages import queries

pytestmark = pytest.mark.django_db


def page_of(company: Company) -> str:
    return f"/customers/{company.customer.pk}/"


def test_the_page_and_its_parts_take_as_many_queries_for_many_orders_as_for_few(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    issue_invoice(order_id=place(CUP=1), actor=the_owner(), now=utc_now())
    parts = {"": 36, "figures/": 10, "happenings/": 22}
    for part in parts:
        owner.get(page_of(company) + part)
    few = {part: queries(owner, page_of(company) + part) for part in parts}
    for _ in range(12):
        issue_invoice(order_id=place(CUP=1, POT=1), actor=the_owner(), now=utc_now())
    for part, budget in parts.items():
        assert queries(owner, page_of(company) + part) <= few[part] + 1 <= budget, part


def test_it_says_what_waits_and_leads_there(owner: Client, company: Company, place: Callable[..., int]) -> None:
    assert "Nothing waits" in owner.get(page_of(company)).content.decode()
    Customer.objects.filter(pk=company.customer.pk).update(credit_limit=Decimal(20))
    issue_invoice(order_id=place(CUP=2), actor=the_owner(), now=utc_now() - timedelta(days=3))
    place(POT=30)
    page = flat(owner.get(page_of(company)).content.decode())
    links = dict(re.findall(r'<a class="badge badge-state look-\w+" href="([^"]+)"><svg.*?</svg>([^<]+)</a>', page))
    said = list(links.values())
    assert said == [
        "¥40.00 is overdue",
        "Credit limit passed by ¥2,720.00",
        "1 order waits for stock",
        "1 order to ship",
    ]
    for link in links:
        listed = owner.get(link.replace("&amp;", "&")).content.decode()
        assert "王小明" in listed, link


def test_credit_explains_itself(owner: Client, company: Company, place: Callable[..., int]) -> None:
    Customer.objects.filter(pk=company.customer.pk).update(credit_limit=Decimal(500))
    issue_invoice(order_id=place(CUP=2), actor=the_owner(), now=utc_now())
    place(POT=1)
    page = owner.get(page_of(company)).content.decode()
    assert "Limit ¥500.00 − owed ¥40.00 − ordered but not invoiced ¥90.00 = ¥370.00" in page


def test_figures_tie_to_the_orders_behind_them(owner: Client, company: Company, place: Callable[..., int]) -> None:
    now = utc_now()
    place(CUP=2)
    place(POT=1, now=now - timedelta(days=40))
    place(POT=2, now=now - timedelta(days=500))
    part = owner.get(page_of(company) + "figures/").content.decode()
    values = re.findall(r'figure-value d-block">([^<]+)<', part)
    assert values[:3] == ["2", "¥130", "¥65"] and "before: ¥180" in part
    link = re.findall(r'href="([^"]+)"', part)[0].replace("&amp;", "&")
    assert len(set(re.findall(r">(SO\d+)<", owner.get(link).content.decode()))) == 2


def test_favourites_become_an_order_with_their_quantities(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    place(CUP=4)
    place(CUP=2)
    page = flat(owner.get(page_of(company)).content.decode())
    assert 'name="q-CUP" value="3"' in page
    entry = flat(owner.get("/orders/new/?customer=C1&add=CUP&add=NOPE&q-CUP=3").content.decode())
    rows = re.findall(r'name="line_sku" value="([^"]*)"', entry)
    assert "CUP" in rows and "NOPE" not in rows
    assert re.search(r'name="line_quantity"[^>]*value="3"|value="3"[^>]*name="line_quantity"', entry)


def test_somebody_who_may_not_order_is_not_asked_to(
    browse: Callable[..., Client], company: Company, place: Callable[..., int]
) -> None:
    for _ in range(2):
        place(CUP=1)
    page = browse("bookkeeper").get(page_of(company)).content.decode()
    assert 'id="favourites"' in page
    assert "New order with these" not in page and "/tags/" not in page and "/orders/new/" not in page


def test_the_timeline_is_narrowed_and_goes_on(owner: Client, company: Company, place: Callable[..., int]) -> None:
    now = utc_now()
    for days in range(30):
        place(CUP=1, now=now - timedelta(days=days))
    issue_invoice(order_id=place(CUP=1), actor=the_owner(), now=now)
    first = owner.get(page_of(company) + "happenings/").content.decode()
    assert "RE" in first or "INV" in first or "Invoice" in first
    numbers = re.findall(r">(SO\d+)<", first)
    following = re.search(r'hx-get="([^"]+after=[^"]+)"', first)
    assert following
    second = owner.get(following[1].replace("&amp;", "&")).content.decode()
    rest = re.findall(r">(SO\d+)<", second)
    assert len(set(numbers) | set(rest)) == 31 and not set(numbers) & set(rest)
    only = owner.get(page_of(company) + "happenings/?kind=invoices").content.decode()
    assert not re.findall(r">(SO\d+)<", only) and "happening-invoice" in only
    assert owner.get(page_of(company) + "happenings/?after=nonsense").status_code == 422


def test_archive_and_tags_are_taken_back_from_the_toast(owner: Client, company: Company) -> None:
    def undo(page: str) -> None:
        token = re.search(r'name="token" value="([^"]+)"', page)
        assert token
        owner.post("/undo/", {"token": token[1]})

    answer = owner.post(page_of(company) + "active/", follow=True)
    assert not Customer.objects.get(pk=company.customer.pk).active
    undo(answer.content.decode().split('id="toasts"')[1])
    assert Customer.objects.get(pk=company.customer.pk).active
    form = owner.get(page_of(company) + "tags/").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', form)
    version = Customer.objects.get(pk=company.customer.pk).version
    assert token
    sent = {"token": token[1], "tags": "gold， new", "version": version}
    answer = owner.post(page_of(company) + "tags/", sent, follow=True)
    row = Customer.objects.get(pk=company.customer.pk)
    assert sorted(tag.name for tag in row.tags.all()) == ["gold", "new"]
    undo(answer.content.decode().split('id="toasts"')[1])
    assert not row.tags.exists()


def test_a_text_of_digits_is_a_number_as_far_as_there_is_one() -> None:
    assert [whole(text) for text in ("4", "", "four", "9" * 5_000)] == [4, 0, 0, 0]
