"""Customers are saved whole, by one draft or by thousands, with a verdict per row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, CustomerGroupDraft, PostalAddressDraft
from orderwell.domains.customers.models import Consent, Contact, Customer, Tag
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.customers.services.record_consent import record_consent
from orderwell.domains.customers.services.save_customer import save_customer, save_customers
from orderwell.domains.customers.services.save_group import save_group
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.accounts.models import User
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_customer, make_team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
ANNA = CustomerDraft(
    external_id="shop-17",
    name="安娜贸易有限公司",
    kind="company",
    tags=("vip", "export"),
    credit_limit=Decimal("50000.00"),
    contacts=(
        ContactDraft(name="安娜", phone="138 0013 8000", email="Anna@Example.com"),
        ContactDraft(name="Bo", phone="+44 20 7946 0958"),
    ),
    addresses=(PostalAddressDraft(recipient="安娜", street="南京路1号", city="上海市"),),
)


def outcomes(*drafts: CustomerDraft) -> list[str]:
    return [verdict.outcome for verdict in save_customers(drafts, actor=owner(), now=NOW)]


def refusal(draft: CustomerDraft, actor: object = None) -> dict[str | None, str]:
    before = (Customer.objects.count(), Contact.objects.count(), Event.objects.count())
    with pytest.raises(Refusal) as refused:
        save_customer(draft, actor=actor or owner(), now=NOW)  # type: ignore[arg-type]
    assert (Customer.objects.count(), Contact.objects.count(), Event.objects.count()) == before
    return {detail.pointer: detail.code for detail in refused.value.details}


def test_a_customer_is_stored_with_all_that_belongs_to_it() -> None:
    customer = save_customer(ANNA, actor=owner(), now=NOW)
    assert customer.number == f"C{customer.pk:06d}"
    assert (customer.kind, customer.credit_limit, customer.version) == ("company", 50000, 1)
    assert "ann" in customer.search_key and "anmyyxgs" in customer.search_key
    detail = customer_detail(owner(), customer.pk)
    assert [(c.name, c.phone, c.is_primary) for c in detail.contacts] == [
        ("安娜", "138 0013 8000", True),
        ("Bo", "+44 20 7946 0958", False),
    ]
    assert [(a.street, a.is_default) for a in detail.addresses] == [("南京路1号", True)]
    assert sorted(tag.name for tag in customer.tags.all()) == ["export", "vip"]


def test_personal_data_is_readable_neither_in_its_table_nor_in_events() -> None:
    customer = save_customer(ANNA, actor=owner(), now=NOW)
    changed = CustomerDraft(number=customer.number, contacts=(ContactDraft(name="安娜", phone="13900001111"),))
    save_customer(changed, actor=owner(), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email FROM customers_contact")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    assert stored
    assert b"1390000" not in stored
    texts = str(list(Event.objects.values_list("data", flat=True)))
    assert "1390000" not in texts and "13800" not in texts.replace(" ", "") and "南京路" not in texts
    assert Event.objects.get(name="customers.customer.changed").data["changes"] == {"contacts": [2, 1]}


def test_saving_the_same_again_changes_nothing() -> None:
    assert outcomes(ANNA, ANNA) == ["created", "unchanged"]
    contacts = set(Contact.objects.values_list("id", flat=True))
    assert outcomes(ANNA) == ["unchanged"]
    assert set(Contact.objects.values_list("id", flat=True)) == contacts
    assert Event.objects.count() == 1


def test_what_is_not_given_stays() -> None:
    outcomes(ANNA)
    assert outcomes(CustomerDraft(external_id="shop-17", payment_terms_days=30)) == ["updated"]
    customer = Customer.objects.get()
    assert (customer.name, customer.payment_terms_days, customer.version) == ("安娜贸易有限公司", 30, 2)
    assert customer.contacts.count() == 2 and customer.tags.count() == 2
    assert outcomes(CustomerDraft(external_id="shop-17", tags=("vip",))) == ["updated"]
    assert [tag.name for tag in customer.tags.all()] == ["vip"]
    assert Tag.objects.count() == 2


def test_numbers_given_by_hand_are_never_given_again() -> None:
    first = save_customer(CustomerDraft(name="One"), actor=owner(), now=NOW)
    by_hand = [CustomerDraft(number=f"C{first.pk + step:06d}", name="By hand") for step in (1, 3, 4)]
    drafts = [*by_hand, *(CustomerDraft(name=f"Next {i}") for i in range(4))]
    verdicts = save_customers(drafts, actor=owner(), now=NOW)
    assert {verdict.outcome for verdict in verdicts} == {"created"}
    assert {v.outcome for v in save_customers([CustomerDraft(name="Later")] * 3, actor=owner(), now=NOW)} == {"created"}
    assert Customer.objects.values("number").distinct().count() == 11


def test_a_bad_row_never_fails_its_neighbours() -> None:
    verdicts = save_customers(
        [ANNA, CustomerDraft(number="X", kind="robot", currency="???"), CustomerDraft(number="Y", name="Yang")],
        actor=owner(),
        now=NOW,
    )
    assert [verdict.outcome for verdict in verdicts] == ["created", "refused", "created"]
    assert {error.pointer for error in verdicts[1].errors} == {"/name", "/kind", "/currency"}
    assert verdicts[1].reference == "X"


def test_the_number_of_statements_does_not_grow_with_the_batch() -> None:
    def statements(count: int, prefix: str) -> int:
        drafts = [CustomerDraft(external_id=f"{prefix}{i}", name="Li", tags=("new",)) for i in range(count)]
        with CaptureQueriesContext(connection) as captured:
            save_customers(drafts, actor=owner(), now=NOW)
        return len(captured)

    statements(1, "warm")
    assert statements(60, "many") <= statements(1, "one") + 2


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"name": " "}, "/name", "value_missing"),
        ({"name": "x" * 241}, "/name", "text_too_long"),
        ({"note": "\x00"}, "/note", "control_character"),
        ({"name": "Li\u202e"}, "/name", "control_character"),
        ({"contacts": (ContactDraft(name="A\x7fB"),)}, "/contacts/0/name", "control_character"),
        ({"language": "fr"}, "/language", "invalid_value"),
        ({"credit_limit": Decimal(-1)}, "/credit_limit", "amount_out_of_range"),
        ({"credit_limit": Decimal("1.001")}, "/credit_limit", "amount_too_precise"),
        ({"payment_terms_days": -1}, "/payment_terms_days", "invalid_value"),
        ({"group": "none"}, "/group", "unknown_customer_group"),
        ({"owner": "nobody"}, "/owner", "unknown_owner"),
        ({"team": "nowhere"}, "/team", "unknown_team"),
        ({"tags": ("",)}, "/tags/0", "value_missing"),
        ({"custom": {"x": 1}}, "/custom/x", "unknown_custom_field"),
        ({"contacts": (ContactDraft(name="A", phone="abc"),)}, "/contacts/0/phone", "unusable_phone"),
        ({"contacts": (ContactDraft(name="A", email="a@b"),)}, "/contacts/0/email", "unusable_email"),
        ({"contacts": (ContactDraft(name=""),)}, "/contacts/0/name", "value_missing"),
        ({"addresses": (PostalAddressDraft(recipient="A", country="China"),)}, "/addresses/0/country", "invalid_value"),
        ({"addresses": (PostalAddressDraft(recipient="A", country="ZZ"),)}, "/addresses/0/country", "invalid_value"),
        ({"addresses": (PostalAddressDraft(recipient="A", kind="home"),)}, "/addresses/0/kind", "invalid_value"),
    ],
)
def test_bad_fields_are_told_with_their_place(given: dict[str, object], pointer: str, code: str) -> None:
    assert refusal(CustomerDraft(**{"name": "Li", **given}))[pointer] == code  # type: ignore[arg-type]


def test_custom_fields_are_checked() -> None:
    CustomField.objects.create(entity="customer", key="since", label_zh="始", label_en="Since", kind="date")
    assert refusal(CustomerDraft(name="Li", custom={"since": "yesterday"})) == {"/custom/since": "custom_field_invalid"}
    assert outcomes(CustomerDraft(name="Li", custom={"since": "2026-01-31"})) == ["created"]


def test_an_external_id_belongs_to_one_customer() -> None:
    outcomes(ANNA, CustomerDraft(number="B", name="Bo"))
    assert refusal(CustomerDraft(number="B", external_id="shop-17")) == {"/external_id": "two_customers_meant"}
    assert refusal(CustomerDraft(number="NEW", name="Li", external_id="shop-17")) == {
        "/external_id": "external_id_taken"
    }


def test_somebody_else_s_change_is_not_overwritten() -> None:
    outcomes(ANNA)
    outcomes(CustomerDraft(external_id="shop-17", note="one", version=1))
    assert refusal(CustomerDraft(external_id="shop-17", note="two", version=1)) == {"/version": "stale_version"}
    assert Customer.objects.get().note == "one"


def test_who_sees_stars_cannot_write_over_what_they_stand_for() -> None:
    customer = make_customer()
    blind = replace(
        clerk(), permissions=frozenset({Permission.CUSTOMERS_CUSTOMER_CHANGE, Permission.CUSTOMERS_CUSTOMER_VIEW})
    )
    masked = customer_detail(blind, customer.pk)
    draft = CustomerDraft(number=customer.number, contacts=tuple(masked.contacts))
    assert refusal(draft, blind) == {"/contacts": "personal_data_hidden"}
    assert customer.contacts.get().phone == "13800138000"


def test_a_team_keeps_to_its_own_customers() -> None:
    north, south = make_team("North"), make_team("South")
    actor = limited(clerk(), teams=frozenset({north.pk}))
    mine = save_customer(CustomerDraft(name="Li"), actor=actor, now=NOW)
    assert mine.team_id == north.pk
    theirs = make_customer(team=south)
    assert refusal(CustomerDraft(number=theirs.number, name="Mine"), actor) == {"/number": "customer_of_another_team"}
    assert refusal(CustomerDraft(number=mine.number, team="South"), actor) == {"/team": "unknown_team"}
    assert refusal(CustomerDraft(number=mine.number, team=None), actor) == {"/team": "value_missing"}
    with pytest.raises(NotFound):
        record_consent(
            customer_id=theirs.pk, purpose="news", medium="email", granted=True, source="desk", actor=actor, now=NOW
        )


def test_owner_and_group_are_set_by_name() -> None:
    User.objects.create(username="carl", name="Carl", created_at=NOW)
    save_group(CustomerGroupDraft(code="wholesale", name_zh="批发"), actor=owner(), now=NOW)
    customer = save_customer(CustomerDraft(name="Li", owner="carl", group="wholesale"), actor=owner(), now=NOW)
    assert customer.owner and customer.owner.username == "carl"
    assert customer.group and customer.group.name_en == "批发"


def test_consent_is_only_ever_added() -> None:
    customer = make_customer()
    for granted in (True, False, True):
        record_consent(
            customer_id=customer.pk,
            purpose="news",
            medium="email",
            granted=granted,
            source="web",
            actor=clerk(),
            now=NOW,
        )
    detail = customer_detail(clerk(), customer.pk)
    assert Consent.objects.count() == 3
    assert [consent.granted for consent in detail.consents] == [True]
    assert [consent.granted for consent in detail.consent_history] == [True, False, True]
    with pytest.raises(Refusal):
        record_consent(
            customer_id=customer.pk, purpose="", medium="email", granted=True, source="web", actor=clerk(), now=NOW
        )


def test_only_who_may_change_customers_does() -> None:
    with pytest.raises(PermissionDenied):
        save_customer(ANNA, actor=outsider(), now=NOW)
    assert not Customer.objects.exists()
