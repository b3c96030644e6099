"""What people write into the form of a customer: countries by name, amounts with their sign, and all that is wrong at once."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from orderwell.domains.customers.models import Customer
from orderwell.platform.countries import country_code, every_country
from orderwell.testing.markup import flat
from orderwell.web.components.forms import CountryField
from orderwell.web.templatetags.countries import countries, country
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


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("CN", "中国", "China"),
        ("DE", "德国", "Germany"),
        ("GB", "英国", "United Kingdom"),
        ("KR", "韩国", "South Korea"),
    ],
)
def test_a_country_is_shown_by_its_name_in_the_language_of_its_reader(code: str, chinese: str, english: str) -> None:
    for language, name in (("zh-hans", chinese), ("en", english)):
        with override(language):
            assert country(code) == name == CountryField().prepare_value(code)
            assert f'value="{name}"' in countries()
        assert country_code(name) == code
    assert country("ZZ") == "ZZ" and country("") == ""


def test_every_country_has_a_name_in_both_languages_that_is_read_back() -> None:
    for language in ("zh-hans", "en"):
        for code, name in every_country(language):
            assert name != code and country_code(name) == code, (language, code, name)


def test_an_address_shows_the_name_and_keeps_the_letters(owner: Client, typed: dict[str, Any]) -> None:
    assert owner.post("/customers/new/", typed | {COUNTRY: "德国"}).status_code == 302
    made = Customer.objects.get(name="北京茶行")
    assert made.addresses.get().country == "DE"
    page = owner.get(f"/customers/{made.pk}/").content.decode()
    assert "Germany" in page
    form = owner.get(f"/customers/{made.pk}/change/").content.decode()
    assert 'value="Germany"' in form and form.count('<datalist id="countries">') == 1
    # Sent back as it is shown, nothing has changed.
    before = made.version
    assert owner.post(f"/customers/{made.pk}/change/", sent_by(form)).status_code == 302
    made.refresh_from_db()
    assert (made.version, made.addresses.get().country) == (before, "DE")


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
