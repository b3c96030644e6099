"""Preferences, consent and notes on the customer's page, and preferences where they are used."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.domains.customers.models import Consent, Customer, CustomerNote
from orderwell.domains.orders.models import OrderLine
from orderwell.testing.factories import make_warehouse, stock_up
from tests.web.conftest import Company
from tests.web.customers.test_form import fields_of

pytestmark = pytest.mark.django_db


def page_of(company: Company) -> str:
    return f"/customers/{company.customer.pk}/"


def dialog_fields(page: str) -> dict[str, str]:
    return fields_of(f'id="customer-form"{page.split("<form", 1)[1]}')


def set_preferences(client: Client, company: Company, **values: str) -> Client:
    path = page_of(company) + "preferences/"
    sent = dialog_fields(client.get(path, headers={"HX-Request": "true"}).content.decode()) | values
    answer = client.post(path, sent)
    assert answer.status_code == 302, re.findall("invalid-feedback[^>]*>([^<]+)", answer.content.decode())
    return client


def test_preferences_are_kept_by_type_and_shown_in_words(owner: Client, company: Company) -> None:
    Customer.objects.filter(pk=company.customer.pk).update(preferences={"plugin": {"x": 1}})
    set_preferences(owner, company, day_mon="on", day_fri="on", delivery_from="09:00", substitutes="no", carrier="EMS")
    kept = Customer.objects.get(pk=company.customer.pk).preferences
    assert kept == {
        "plugin": {"x": 1},
        "delivery_days": ["mon", "fri"],
        "delivery_from": "09:00",
        "substitutes": False,
        "carrier": "EMS",
    }
    page = owner.get(page_of(company)).content.decode()
    assert "Monday, Friday" in page and "Substitutes allowed" in page
    card = owner.get("/orders/lookup/customer/?number=C1").json()
    assert "Delivery days: Monday, Friday" in card["wishes"] and "Preferred carrier: EMS" in card["wishes"]


def test_a_wrong_window_is_told_at_its_field(owner: Client, company: Company) -> None:
    path = page_of(company) + "preferences/"
    sent = dialog_fields(owner.get(path, headers={"HX-Request": "true"}).content.decode())
    answer = owner.post(path, sent | {"delivery_from": "17:00", "delivery_until": "09:00"})
    assert answer.status_code == 422 and 'id="id_delivery_until_error"' in answer.content.decode()
    assert owner.post(path, sent | {"delivery_from": "25:99"}).status_code == 422
    assert Customer.objects.get(pk=company.customer.pk).preferences == {}


def test_goods_come_from_the_preferred_warehouse_and_the_line_says_why(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    far = make_warehouse("far", priority=200)
    stock_up(company.cup, far, 5)
    first = OrderLine.objects.get(order=place(CUP=1))
    assert first.explanation["sourcing"][0]["taken"] == {"main": "1"}
    set_preferences(owner, company, warehouse="far")
    order = place(CUP=1)
    line = OrderLine.objects.get(order=order)
    assert line.explanation["sourcing"][0]["taken"] == {"far": "1"}
    assert line.explanation["sourcing"][0]["preferred"] == "far"
    assert "The customer prefers" in owner.get(f"/orders/{order}/").content.decode()
    # What the preferred one does not have comes from where it is.
    line = OrderLine.objects.get(order=place(CUP=6))
    assert line.explanation["sourcing"][0]["taken"] == {"main": "6"}


def test_shipping_begins_with_the_preferred_carrier_and_warns_of_a_part(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    order = place(POT=5)
    set_preferences(owner, company, carrier="DHL", partial_delivery="no", packing_note="No plastic")
    dialog = owner.get(f"/orders/{order}/ship/", headers={"HX-Request": "true"}).content.decode()
    assert 'value="DHL"' in dialog and "No plastic" in dialog and "complete deliveries only" in dialog
    whole = owner.get(f"/orders/{place(CUP=1)}/ship/", headers={"HX-Request": "true"}).content.decode()
    assert "complete deliveries only" not in whole


def test_consent_is_added_and_its_history_kept(owner: Client, company: Company) -> None:
    path = page_of(company) + "consent/"
    for granted in ("yes", "no"):
        sent = dialog_fields(owner.get(path, headers={"HX-Request": "true"}).content.decode())
        sent |= {"purpose": "newsletter", "medium": "email", "granted": granted, "source": "phone call"}
        assert owner.post(path, sent).status_code == 302
    rows = Consent.objects.filter(customer=company.customer).order_by("pk")
    assert [(row.purpose, row.granted, row.source) for row in rows] == [
        ("newsletter", True, "phone call"),
        ("newsletter", False, "phone call"),
    ]
    dialog = owner.get(path, headers={"HX-Request": "true"}).content.decode()
    assert dialog.count("· phone call") == 2 and "Newsletter" in owner.get(page_of(company)).content.decode()


def test_notes_are_written_pinned_changed_and_come_back(
    owner: Client, browse: Callable[..., Client], company: Company
) -> None:
    for body in ("Likes green tea", "Ring twice"):
        sent = dialog_fields(
            owner.get(page_of(company) + "notes/new/", headers={"HX-Request": "true"}).content.decode()
        )
        assert owner.post(page_of(company) + "notes/new/", sent | {"body": body}).status_code == 302
    first = CustomerNote.objects.get(author_label__contains="", pk=CustomerNote.objects.order_by("pk")[0].pk)
    path = f"{page_of(company)}notes/{first.pk}/"
    owner.post(f"{path}pin/", {"on": "1"})
    page = owner.get(page_of(company)).content.decode()
    assert page.index("Likes green tea") < page.index("Ring twice")
    sent = dialog_fields(owner.get(path, headers={"HX-Request": "true"}).content.decode())
    assert owner.post(path, sent | {"body": "Likes white tea"}).status_code == 302
    # Somebody else reads it, but doesn't change it.
    other = browse("sales-clerk")
    assert "Likes white tea" in other.get(page_of(company)).content.decode()
    assert other.post(f"{path}drop/").status_code == 422
    dropped = owner.post(f"{path}drop/", follow=True).content.decode()
    assert "Likes white tea" not in dropped
    token = re.search(r'name="token" value="([^"]+)"', dropped.split('id="toasts"')[1])
    assert token
    owner.post("/undo/", {"token": token[1]})
    assert "Likes white tea" in owner.get(page_of(company)).content.decode()
    happened = owner.get(page_of(company) + "happenings/?kind=notes").content.decode()
    assert happened.count("happening-note") == 2


def test_the_map_shows_people_and_companies_and_the_table_says_the_same(owner: Client, company: Company) -> None:
    from orderwell.testing.factories import make_customer

    parent = make_customer("P1", name="Holding AG", kind=Customer.Kind.COMPANY, phone="13700000001")
    path = page_of(company) + "people/"
    sent = dialog_fields(owner.get(path + "relate/", headers={"HX-Request": "true"}).content.decode())
    assert owner.post(path + "relate/", sent | {"kind": "parent", "other": "P1"}).status_code == 302
    page = owner.get(path).content.decode()
    drawing = page.split('<svg class="people-map"')[1].split("</svg>")[0]
    assert "Holding AG" in drawing and "王小明" in drawing and 'href="tel:13812345678"' in drawing
    table = page.split("<table")[-1]
    assert "Holding AG" in table and 'href="tel:13700000001"' in table and "13812345678" in table
    # The other side sees it as a branch, and a circle is refused.
    assert "Branch" in owner.get(f"/customers/{parent.pk}/people/").content.decode()
    sent = dialog_fields(owner.get(path + "relate/", headers={"HX-Request": "true"}).content.decode())
    circle = owner.post(f"/customers/{parent.pk}/people/relate/", sent | {"kind": "parent", "other": "C1"})
    assert circle.status_code == 422 and "belongs to P1" in circle.content.decode()
    relation = re.search(r'action="([^"]+/remove/)"', page)
    assert relation
    owner.post(relation[1])
    assert "Holding AG" not in owner.get(path).content.decode().split('id="toasts"')[0]


def test_the_map_hides_what_one_may_not_see(browse: Callable[..., Client], company: Company) -> None:
    page = browse("viewer").get(page_of(company) + "people/").content.decode()
    assert "王小明" in page and "13812345678" not in page and "tel:" not in page and "mailto:" not in page
