"""The form of a customer: contacts and addresses added, changed, removed; two people at once; what one may not see."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft
from orderwell.domains.customers.models import Address, Contact, Customer
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import clerk
from orderwell.testing.factories import make_group
from orderwell.testing.markup import flat
from orderwell.web.customers.parts import align
from tests.web.conftest import Company

pytestmark = pytest.mark.django_db


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the form, as it stands."""
    form = page.split('id="customer-form"')[1].split("</form>")[0]
    form = re.sub(r"<(template|noscript)>.*?</\1>", "", form, flags=re.DOTALL)
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if "name" in attributes and " disabled" not in tag:
            found[attributes["name"]] = html.unescape(
                attributes.get("value", "on" if attributes.get("type") == "checkbox" else "")
            )
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', form, flags=re.DOTALL):
        found[name] = html.unescape(body).lstrip("\n")
    return found


def path_of(company: Company) -> str:
    return f"/customers/{company.customer.pk}/change/"


def contacts(customer: Customer) -> list[tuple[str, str, bool]]:
    rows = Contact.objects.filter(customer=customer).order_by("id")
    return [(row.name, row.phone, row.is_primary) for row in rows]


def test_a_form_sent_back_as_it_was_changes_nothing(owner: Client, company: Company) -> None:
    Contact.objects.create(customer=company.customer, name="Second", roles=["buyer"], language="en")
    sent = fields_of(owner.get(path_of(company)).content.decode())
    assert sent["contact-0-name"] == "王小明" and sent["contact_main"] == "0" and sent["contact-1-role_buyer"] == "on"
    assert owner.post(path_of(company), sent).status_code == 302
    assert Customer.objects.get(pk=company.customer.pk).version == 1


def test_contacts_and_addresses_are_added_changed_and_removed(owner: Client, company: Company) -> None:
    sent = fields_of(owner.get(path_of(company)).content.decode())
    sent |= {
        "contact-n0-name": "李会计",
        "contact-n0-phone": "13911112222",
        "contact-n0-email": "li@example.com",
        "contact-n0-language": "zh-hans",
        "contact-n0-role_accounts": "on",
        "contact_main": "n0",
        "address-n1-kind": "billing",
        "address-n1-recipient": "财务部",
        "address-n1-city": "上海市",
        "address-n1-country": "CN",
    }
    assert owner.post(path_of(company), sent).status_code == 302
    assert contacts(company.customer) == [("王小明", "13812345678", False), ("李会计", "13911112222", True)]
    assert Contact.objects.get(name="李会计").roles == ["accounts"]
    kept = Address.objects.filter(customer=company.customer).order_by("kind")
    assert [(row.kind, row.recipient, row.is_default) for row in kept] == [
        ("billing", "财务部", True),
        ("shipping", "王小明", True),
    ]
    sent = fields_of(owner.get(path_of(company)).content.decode())
    assert sent["contact-0-name"] == "李会计"  # the main one stands first
    assert owner.post(path_of(company), sent | {"contact-1-remove": "1"}).status_code == 302
    assert contacts(company.customer) == [("李会计", "13911112222", True)]


def test_what_is_wrong_with_a_contact_stands_at_it(owner: Client, company: Company) -> None:
    sent = fields_of(owner.get(path_of(company)).content.decode())
    sent |= {"contact-n3-name": "Ann", "contact-n3-email": "not an address"}
    answer = owner.post(path_of(company), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_contact-n3-email_error"' in page and "name@example.com" in page
    assert fields_of(page)["contact-n3-name"] == "Ann"
    again = fields_of(page) | {"contact-n3-email": "ann@example.com"}
    assert owner.post(path_of(company), again).status_code == 302


def test_a_new_customer_begins_with_a_contact_and_an_address_without_scripts(owner: Client) -> None:
    page = owner.get("/customers/new/").content.decode()
    sent = fields_of(page)
    assert (sent["contact-n0-name"], sent["contact_main"], sent["shipping_main"]) == ("", "n0", "n0")
    assert sent["address-n0-country"] == "China"
    below = page.split("<noscript>")[1].split("</noscript>")[0]
    assert 'name="contact-n9999-name"' in below
    mine = {**sent, "name": "Somebody new", "contact-n9999-name": "Ann", "contact-n9999-phone": "13911112222"}
    assert owner.post("/customers/new/", mine).status_code == 302
    made = Customer.objects.get(name="Somebody new")
    assert contacts(made) == [("Ann", "13911112222", True)]
    assert not made.addresses.exists()


def save_as_another(company: Company, **changes: Any) -> None:
    save_customer(CustomerDraft(number="C1", **changes), actor=clerk(), now=utc_now())


def test_two_people_at_one_customer_lose_nothing(owner: Client, company: Company) -> None:
    save_as_another(company, contacts=(ContactDraft(name="Ann", phone="111222"), ContactDraft(name="Bob")))
    mine = fields_of(owner.get(path_of(company)).content.decode())
    # Meanwhile a colleague corrects Ann's phone, removes Bob, adds Cem, and gives a credit limit.
    save_as_another(
        company,
        contacts=(ContactDraft(name="Ann", phone="333444"), ContactDraft(name="Cem", email="cem@example.com")),
        payment_terms_days=30,
    )
    mine |= {"contact-0-job_title": "Buyer", "note": "prefers mornings", "contact-n0-name": "Dora"}
    assert owner.post(path_of(company), mine).status_code == 302
    row = Customer.objects.get(pk=company.customer.pk)
    assert (row.payment_terms_days, row.note) == (30, "prefers mornings")
    found = {contact.name: (contact.phone, contact.job_title) for contact in row.contacts.all()}
    assert found == {"Ann": ("333444", "Buyer"), "Cem": ("", ""), "Dora": ("", "")}


def test_both_changed_the_same_and_one_has_to_choose(owner: Client, company: Company) -> None:
    mine = fields_of(owner.get(path_of(company)).content.decode())
    save_as_another(company, contacts=(ContactDraft(name="王小明", phone="13900000000", email="x@example.com"),))
    mine["contact-0-phone"] = "13711111111"
    answer = owner.post(path_of(company), mine)
    page = answer.content.decode()
    assert answer.status_code == 422 and "13900000000" in page and "Take theirs" in page and "Carl Clerk" in page
    assert contacts(company.customer)[0][1] == "13900000000"
    again = fields_of(page)
    assert again["contact-0-phone"] == "13711111111"
    assert owner.post(path_of(company), again).status_code == 302
    assert contacts(company.customer)[0][1] == "13711111111"


def test_what_i_removed_and_another_changed_stays(owner: Client, company: Company) -> None:
    mine = fields_of(owner.get(path_of(company)).content.decode())
    save_as_another(company, contacts=(ContactDraft(name="王小明", phone="13900000000"),))
    answer = owner.post(path_of(company), mine | {"contact-0-remove": "1"}, follow=True)
    assert "so it is not removed" in html.unescape(answer.content.decode())
    assert contacts(company.customer) == [("王小明", "13900000000", True)]


def test_who_may_not_see_personal_data_leaves_it_alone(browse: Callable[..., Client], company: Company) -> None:
    from orderwell.platform.accounts.models import Role

    client = browse("sales-clerk")
    role = Role.objects.get(code="sales-clerk")
    role.permissions = [name for name in role.permissions if name != "customers:personal-data:view"]
    role.save()
    page = client.get(path_of(company)).content.decode()
    assert "13812345678" not in page and "contact-0-name" not in page
    sent = fields_of(page) | {"name": "New name", "contact-0-name": "Forged", "contact_main": "0"}
    assert client.post(path_of(company), sent).status_code == 302
    assert contacts(company.customer) == [("王小明", "13812345678", True)]
    assert Customer.objects.get(pk=company.customer.pk).name == "New name"


def test_a_new_customer_with_two_contacts_is_made_once(owner: Client, company: Company) -> None:
    sent = fields_of(owner.get("/customers/new/").content.decode()) | {
        "name": "Acme",
        "kind": "company",
        "contact-n0-name": "Ann",
        "contact-n1-name": "Bob",
        "contact-n1-role_decision": "on",
    }
    for _ in range(2):
        assert owner.post("/customers/new/", sent).status_code == 302
    row = Customer.objects.get(name="Acme")
    assert [contact.name for contact in row.contacts.order_by("id")] == ["Ann", "Bob"]


def test_what_is_entered_as_new_never_writes_over_a_customer_who_is_there(owner: Client, company: Company) -> None:
    save_as_another(company, external_id="X-1")
    before = Customer.objects.filter(pk=company.customer.pk).values().get()
    empty = fields_of(owner.get("/customers/new/").content.decode())
    for field, value in (("number", "C1"), ("external_id", "X-1")):
        answer = owner.post(
            "/customers/new/", empty | {"name": "Somebody else", field: value, "contact-n0-name": "Eve"}
        )
        page = answer.content.decode()
        assert answer.status_code == 422 and f'id="id_{field}_error"' in page
        assert f"The customer C1 exists already: {company.customer.name}." in html.unescape(page)
        assert f'<a href="/customers/{company.customer.pk}/" target="_blank" rel="noopener">Open ' in flat(page)
    assert Customer.objects.filter(pk=company.customer.pk).values().get() == before
    assert not Customer.objects.filter(name="Somebody else").exists()


def test_changes_of_a_customer_are_told_in_words(owner: Client, company: Company) -> None:
    group = make_group("wholesale")
    save_as_another(company, kind="company", group=group.code, credit_limit=Decimal("1250.5"), language="en")
    page = owner.get(f"/customers/{company.customer.pk}/happenings/").content.decode()
    told = re.sub(r"<[^>]+>|\s+", " ", page)
    told = re.sub(r" +", " ", html.unescape(told))
    assert "Kind: Person → Company" in told
    assert f"Group: — → {group.name_en}" in told
    assert "→ ¥1,250.50" in told


def test_rows_find_each_other_again() -> None:
    ann, bob = {"name": "Ann", "phone": "1"}, {"name": "Bob", "phone": "2"}
    alike = ("name", "phone")
    assert align({"0": ann, "1": bob}, [bob, ann], alike) == {"0": 1, "1": 0}
    assert align({"0": ann, "1": bob}, [{"name": "Bea", "phone": "2"}, ann], alike) == {"0": 1, "1": 0}
    assert align({"0": ann, "1": bob}, [bob], alike) == {"1": 0}
    assert align({"0": ann}, [{"name": "Zoe", "phone": "9"}], alike) == {"0": 0}
    assert align({}, [ann], alike) == {}
