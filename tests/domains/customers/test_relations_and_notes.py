"""Which customers belong together, notes about them, and typed preferences: the services, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orderwell.domains.customers import errors
from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft
from orderwell.domains.customers.family import family_of
from orderwell.domains.customers.models import CustomerRelation
from orderwell.domains.customers.notes import notes_of
from orderwell.domains.customers.preferences import PREFERENCES, declared
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.customers.services.notes import add_note, change_note, pin_note, remove_note, restore_note
from orderwell.domains.customers.services.relations import relate, unrelate
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.kernel.errors import DomainError, NotFound, Refusal
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_customer, make_team
from tests.domains.books import NOW

pytestmark = pytest.mark.django_db


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {detail.code for detail in error.value.details}


def test_one_parent_no_circle_and_the_second_time_changes_nothing() -> None:
    first, second, third = (make_customer() for _ in range(3))
    made = relate(customer_id=second.pk, other_id=first.pk, kind="parent", actor=owner(), now=NOW)
    assert relate(customer_id=second.pk, other_id=first.pk, kind="parent", actor=owner(), now=NOW).pk == made.pk
    relate(customer_id=third.pk, other_id=second.pk, kind="parent", actor=owner(), now=NOW)
    for customer, other, code in (
        (first, third, errors.RelationCircle.code),
        (second, third, errors.AlreadyRelated.code),
        (first, first, errors.RelatedToItself.code),
    ):
        with pytest.raises(Refusal) as refused:
            relate(customer_id=customer.pk, other_id=other.pk, kind="parent", actor=owner(), now=NOW)
        assert codes(refused) == {code}
    # Who pays is another question.
    relate(customer_id=first.pk, other_id=third.pk, kind="payer", actor=owner(), now=NOW)
    family = family_of(owner(), second.pk)
    assert [item.customer.pk for item in family.above] == [first.pk]
    assert [(item.side, item.customer.pk) for item in family.below] == [("branch", third.pk)]
    unrelate(relation_id=made.pk, actor=owner(), now=NOW)
    assert not CustomerRelation.objects.filter(customer=second).exists()


def test_relatives_of_another_team_stay_unknown() -> None:
    team = make_team()
    mine, theirs = make_customer(team=team), make_customer()
    relate(customer_id=mine.pk, other_id=theirs.pk, kind="parent", actor=owner(), now=NOW)
    seller = limited(clerk(), teams=frozenset({team.pk}))
    assert not family_of(seller, mine.pk).above
    with pytest.raises(NotFound):
        relate(customer_id=mine.pk, other_id=theirs.pk, kind="payer", actor=seller, now=NOW)
    with pytest.raises(PermissionDenied):
        relate(customer_id=mine.pk, other_id=theirs.pk, kind="payer", actor=outsider(), now=NOW)


def test_a_note_is_its_authors() -> None:
    from orderwell.platform.accounts.models import User

    people = [User.objects.create(username=name, name=name, created_at=NOW) for name in ("ann", "bob")]
    ann, bob = (replace(owner(), id=user.pk, label=user.name) for user in people)
    customer = make_customer()
    note = add_note(customer_id=customer.pk, body=" likes tea ", actor=ann, now=NOW)
    later = add_note(customer_id=customer.pk, body="second", actor=bob, now=NOW)
    assert [row.body for row in notes_of(owner(), customer.pk)] == ["second", "likes tea"]
    pin_note(note_id=note.pk, pinned=True, actor=bob, now=NOW)
    assert [row.pk for row in notes_of(owner(), customer.pk)] == [note.pk, later.pk]
    for act in (remove_note, lambda **who: change_note(body="x", **who)):
        with pytest.raises(errors.NotYourNote):
            act(note_id=note.pk, actor=bob, now=NOW)
    change_note(note_id=note.pk, body="likes coffee", actor=ann, now=NOW)
    remove_note(note_id=note.pk, actor=ann, now=NOW)
    assert [row.pk for row in notes_of(owner(), customer.pk)] == [later.pk]
    restore_note(note_id=note.pk, actor=ann, now=NOW)
    assert notes_of(owner(), customer.pk)[0].body == "likes coffee"
    with pytest.raises(Refusal):
        add_note(customer_id=customer.pk, body="  ", actor=ann, now=NOW)


def test_contacts_keep_roles_and_language() -> None:
    contacts = (ContactDraft(name="Ann", roles=("buyer", "decision"), language="en"),)
    customer = save_customer(CustomerDraft(name="Acme", contacts=contacts), actor=owner(), now=NOW)
    assert customer_detail(owner(), customer.pk).contacts[0].roles == ("buyer", "decision")
    again = CustomerDraft(number=customer.number, contacts=tuple(customer_detail(owner(), customer.pk).contacts))
    assert save_customer(again, actor=owner(), now=NOW).version == customer.version
    for wrong in (ContactDraft(name="Ann", roles=("king",)), ContactDraft(name="Ann", language="fr")):
        with pytest.raises(Refusal):
            save_customer(CustomerDraft(name="Acme", contacts=(wrong,)), actor=owner(), now=NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("delivery_days", ["someday"]),
        ("delivery_days", "mon"),
        ("delivery_from", "9 o'clock"),
        ("partial_delivery", "no"),
        ("invoice_by", "pigeon"),
        ("carrier", 7),
        ("packing_note", "x" * 501),
    ],
)
def test_a_preference_of_the_wrong_type_is_refused_at_its_place(name: str, value: object) -> None:
    with pytest.raises(Refusal) as refused:
        save_customer(CustomerDraft(name="Acme", preferences={name: value}), actor=owner(), now=NOW)
    assert [detail.pointer for detail in refused.value.details] == [f"/preferences/{name}"]


def test_preferences_are_given_back_in_the_order_of_the_form() -> None:
    values = {"carrier": "EMS", "delivery_days": ["mon"], "substitutes": False, "from_a_plugin": 1, "packing_note": ""}
    draft = CustomerDraft(name="Acme", preferences=values)
    kept = save_customer(draft, actor=owner(), now=NOW).preferences
    assert [item.name for item, _value in declared(kept)] == ["delivery_days", "carrier", "substitutes"]
    assert kept["from_a_plugin"] == 1
    assert len({item.name for item in PREFERENCES}) == len(PREFERENCES)
