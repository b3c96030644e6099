"""A tag is one, whatever the case it is written in: the spelling that is there wins."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps

from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.models import Customer, Tag
from orderwell.domains.customers.queries import tag_named
from orderwell.domains.customers.services.many import tag_customers, untag_customers
from orderwell.domains.customers.services.save_customer import save_customer, save_customers
from orderwell.testing.actors import owner
from orderwell.testing.concurrency import in_threads

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


def saved(*tags: str, number: str = "C1") -> list[str]:
    customer = save_customer(CustomerDraft(number=number, name="Li", tags=tags), actor=owner(), now=NOW)
    return sorted(tag.name for tag in customer.tags.all())


def stored() -> list[str]:
    return sorted(Tag.objects.values_list("name", flat=True))


def test_the_spelling_that_is_there_wins() -> None:
    assert saved("VIP", "大客户") == ["VIP", "大客户"]
    assert saved("vip", " ＶＩＰ ", "Export", number="C2") == ["Export", "VIP"]
    assert stored() == ["Export", "VIP", "大客户"]


def test_what_is_the_same_tag_changes_nothing() -> None:
    saved("VIP")
    draft = CustomerDraft(number="C1", tags=("vip",))
    assert [verdict.outcome for verdict in save_customers([draft], actor=owner(), now=NOW)] == ["unchanged"]


def test_of_one_batch_the_first_spelling_wins() -> None:
    drafts = [CustomerDraft(number=f"C{at}", name="Li", tags=(tag,)) for at, tag in enumerate(("New", "new", "NEW"))]
    save_customers(drafts, actor=owner(), now=NOW)
    assert stored() == ["New"] and Tag.objects.get().customers.count() == 3


def test_a_tag_that_is_wrong_is_still_refused_where_it_stands() -> None:
    verdict = save_customers([CustomerDraft(name="Li", tags=("VIP", " ", "x" * 61))], actor=owner(), now=NOW)[0]
    assert {error.pointer for error in verdict.errors} == {"/tags/1", "/tags/2"} and stored() == []


def test_many_at_once_are_tagged_and_untagged_whatever_the_case() -> None:
    saved("VIP")
    saved("Export", number="C2")
    ids = list(Customer.objects.order_by("number").values_list("pk", flat=True))
    assert [row.outcome for row in tag_customers(ids, data={"tag": "vip"}, actor=owner(), now=NOW)] == [
        "unchanged",
        "done",
    ]
    assert Tag.objects.get(name="VIP").customers.count() == 2
    untag_customers(ids, data={"tag": "Vip"}, actor=owner(), now=NOW)
    assert not Tag.objects.get(name="VIP").customers.exists() and stored() == ["Export", "VIP"]


@pytest.mark.django_db(transaction=True)
def test_two_made_at_the_same_instant_are_one() -> None:
    spellings = ("vip", "Vip", "VIP", "viP", "vIp", "VIp")
    results = in_threads(lambda at: saved(spellings[at], number=f"C{at}"), len(spellings))
    assert not [result for result in results if isinstance(result, BaseException)]
    assert Tag.objects.count() == 1 and Tag.objects.get().customers.count() == len(spellings)


def test_of_two_that_were_there_before_the_oldest_takes_in_what_follows() -> None:
    for name in ("Vip", "VIP", "Export"):
        Tag.objects.create(name=name)
    import_module("orderwell.domains.customers.migrations.0002_tags_of_any_case").give_keys(apps, None)
    assert dict(Tag.objects.values_list("name", "key")) == {"Vip": "vip", "VIP": None, "Export": "export"}
    # A list can be asked for either; what is written follows the one that has the key.
    assert [tag_named(name) for name in ("VIP", "Vip", "vIP", " export", "none")] == ["VIP", "Vip", "Vip", "Export", ""]
    assert saved("VIP", "export") == ["Export", "Vip"]
