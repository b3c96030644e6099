"""Two customers who look alike and are not the same: said once, honoured everywhere, and taken back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from orderwell.domains.automation.hints.finding import hints_of_customers
from orderwell.domains.customers.duplicates import likely_pairs, look_alikes, rejected_pairs
from orderwell.domains.customers.models import Customer, NotDuplicate
from orderwell.domains.customers.services.not_duplicate import say_not_duplicate, take_back_not_duplicate
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_customer, make_team

pytestmark = pytest.mark.django_db
NOW = utc_now()


@pytest.fixture
def pair() -> tuple[Customer, Customer]:
    return make_customer("C1", name="Acme", phone="13800000001"), make_customer("C2", name="Bolt", phone="13800000001")


def proposed(one: Customer, other: Customer) -> list[bool]:
    """Whether the list of pairs, the form of one, and the hint of the other propose them as the same."""
    hints = hints_of_customers(owner(), [other], now=NOW).get(f"customer:{other.pk}", [])
    return [
        any({pair.first.pk, pair.second.pk} == {one.pk, other.pk} for pair in likely_pairs(owner())),
        any(item.customer.pk == other.pk for item in look_alikes(owner(), phones=["13800000001"], except_id=one.pk)),
        any(hint.rule == "likely_duplicate" for hint in hints),
    ]


def test_who_is_not_the_same_is_proposed_nowhere_until_it_is_taken_back(pair: tuple[Customer, Customer]) -> None:
    one, other = pair
    third = make_customer("C3", name="Cord", phone="13800000001")
    assert proposed(one, other) == [True, True, True]
    # Either way round, and twice, it is one mark.
    say_not_duplicate(customer_id=other.pk, other_id=one.pk, note="brothers", actor=clerk(), now=NOW)
    say_not_duplicate(customer_id=one.pk, other_id=other.pk, actor=owner(), now=NOW)
    (mark,) = rejected_pairs(owner())
    assert (mark.first.pk, mark.second.pk, mark.note, mark.said_by) == (one.pk, other.pk, "brothers", clerk().label)
    assert proposed(one, other)[:2] == [False, False]
    # The third is proposed to both as before.
    assert proposed(one, third) == [True, True, True] and proposed(other, third) == [True, True, True]
    Customer.objects.filter(pk=third.pk).update(active=False)
    assert proposed(one, other) == [False, False, False]
    assert stream(f"customer:{other.pk}")[0].name == "customers.duplicate.rejected"
    take_back_not_duplicate(customer_id=other.pk, other_id=one.pk, actor=clerk(), now=NOW)
    assert proposed(one, other) == [True, True, True] and not rejected_pairs(owner())
    assert stream(f"customer:{one.pk}")[0].name == "customers.duplicate.reopened"
    with pytest.raises(NotFound):
        take_back_not_duplicate(customer_id=other.pk, other_id=one.pk, actor=clerk(), now=NOW)


def test_nobody_is_marked_beside_themselves(pair: tuple[Customer, Customer]) -> None:
    key = pair[0].pk
    with pytest.raises(Refusal):
        say_not_duplicate(customer_id=key, other_id=key, actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        take_back_not_duplicate(customer_id=key, other_id=key, actor=clerk(), now=NOW)


def test_the_hint_says_so_with_one_click(pair: tuple[Customer, Customer]) -> None:
    from orderwell.domains.automation.hints.performing import performer

    one, other = pair
    (hint,) = [
        hint
        for hint in hints_of_customers(owner(), [one], now=NOW)[f"customer:{one.pk}"]
        if hint.rule == "likely_duplicate"
    ]
    remedy = hint.remedy("not-duplicate")
    perform = performer("not-duplicate")
    assert remedy is not None and perform is not None
    done = perform(one.pk, remedy.data, "", owner(), NOW)
    assert (done.undo, done.arguments) == ("told-apart", {"customer_id": one.pk, "other_id": other.pk})
    assert proposed(one, other) == [False, False, False]


def test_who_may_say_so(pair: tuple[Customer, Customer]) -> None:
    one, other = pair
    with pytest.raises(PermissionDenied):
        say_not_duplicate(customer_id=one.pk, other_id=other.pk, actor=outsider(), now=NOW)
    elsewhere = limited(owner(), teams=frozenset({make_team().pk}))
    with pytest.raises(NotFound):
        say_not_duplicate(customer_id=one.pk, other_id=other.pk, actor=elsewhere, now=NOW)
    with pytest.raises(Refusal):
        say_not_duplicate(customer_id=one.pk, other_id=one.pk, actor=owner(), now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        NotDuplicate.objects.create(first=other, second=one, said_at=NOW, said_by="x")
