"""What people write into the form of a customer: countries by name, amounts with their sign, and all that is wrong at once."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.customers.models import Customer
from orderwell.platform.countries import country_code
from orderwell.testing.markup import flat
from orderwell.web.components.forms import CountryField
from tests.web.sent import sent_by

pytestmark = pytest.mark.django_db
STREET, COUNTRY = "address-n1-street", "address-n1-country"


@pytest.fixture
def typed(owner: Client) -> dict[str, Any]:
    """The form of a new customer, with one contact and one address."""
    page = sent_by(owner.get("/customers/new/").content.decode())
    rows = {"contact-n1-name": "李", "address-n1-kind": "shipping", STREET: "长安街1号", COUNTRY: "CN"}
    return page | rows | {"name": "北京茶行"}


@pytest.mark.parametrize(
    ("written", "code"),
    [("China", "CN"), ("中国", "CN"), ("cn", "CN"), ("Switzerland", "CH"), ("德国", "DE"), ("USA", "US")],
)
def test_a_country_is_its_name_or_its_letters(written: str, code: str) -> None:
    assert country_code(written) == code


def test_a_country_is_never_cut_to_another(owner: Client, typed: dict[str, Any]) -> None:
    assert 'maxlength="2"' not in owner.get("/customers/new/").content.decode()
    assert owner.post("/customers/new/", typed | {COUNTRY: "China"}).status_code == 302
    assert Customer.objects.get(name="北京茶行").addresses.get().country == "CN"


def test_what_is_no_country_is_said_at_its_field(owner: Client, typed: dict[str, Any]) -> None:
    page = owner.post("/customers/new/", typed | {COUNTRY: "Chima"})
    assert page.status_code == 422
    assert "There is no country “Chima”." in unescape(flat(page.content.decode()))
    assert CountryField(required=False).clean("") == ""


def test_a_credit_limit_may_carry_its_sign(owner: Client, typed: dict[str, Any]) -> None:
    assert owner.post("/customers/new/", typed | {"credit_limit": "￥10，000"}).status_code == 302
    assert Customer.objects.get(name="北京茶行").credit_limit == 10_000


def test_all_that_is_wrong_is_said_at_once(owner: Client, typed: dict[str, Any]) -> None:
    wrong = typed | {
        "credit_limit": "much",
        "contact-n1-phone": "1",
        "contact-n1-email": "nobody",
        COUNTRY: "Chima",
    }
    page = unescape(flat(owner.post("/customers/new/", wrong).content.decode()))
    assert page.count("invalid-feedback d-block") >= 4
    for said in ("Enter a number.", "There is no country “Chima”."):
        assert said in page


def test_without_a_name_a_row_is_not_blamed_for_it(owner: Client, typed: dict[str, Any]) -> None:
    page = unescape(flat(owner.post("/customers/new/", typed | {"name": ""}).content.decode()))
    assert page.count("invalid-feedback d-block") == 1
