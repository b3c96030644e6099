"""Two customers become one and apart again: nothing lost, nothing doubled, every law clean, whatever happens meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.analytics.customer_timeline import customer_timeline
from orderwell.domains.automation.services.merge_customers import merge_customers, sweep, unmerge_customers
from orderwell.domains.billing.models import Invoice, LedgerEntry
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.make_statement import make_statement
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.statement import statements_of_customer
from orderwell.domains.cases.models import Case
from orderwell.domains.cases.services.tasks import add_task
from orderwell.domains.customers import errors
from orderwell.domains.customers.combining import CHOSEN, combined, separated
from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft
from orderwell.domains.customers.duplicates import likely_pairs, look_alikes
from orderwell.domains.customers.models import Customer, CustomerMerge
from orderwell.domains.customers.queries import find_customers
from orderwell.domains.customers.records import CustomerState
from orderwell.domains.customers.services.bring_in import ForeignCustomer, bring_in_customers
from orderwell.domains.customers.services.notes import add_note
from orderwell.domains.customers.services.relations import relate
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.prices.models import PriceAssignment, PriceList
from orderwell.kernel.clock import business_day
from orderwell.kernel.errors import DomainError, NotFound, StaleVersion
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.permissions import PermissionDenied
from orderwell.platform.printing.services import print_documents
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_channel, make_customer, make_team
from tests.domains.books import NOW, D, differences, stocked

# Foreign keys to a customer that a merge leaves where they are, and why.
STAYS = {
    "billing.Statement.customer": "was handed out to the one it names",
    "customers.Contact.customer": "part of the record, copied to the survivor",
    "customers.Address.customer": "part of the record, copied to the survivor",
    "customers.NotDuplicate.first": "was said of the two records as they were",
    "customers.NotDuplicate.second": "was said of the two records as they were",
    "customers.CustomerMerge.survivor": "is the merge",
    "customers.CustomerMerge.merged": "is the merge",
    "customers.Customer_tags.customer": "part of the record, copied to the survivor",
}
MOVES = {
    "orders.Order.customer",
    "billing.Invoice.customer",
    "billing.CreditNote.customer",
    "billing.Payment.customer",
    "billing.LedgerEntry.customer",
    "fulfilment.Return.customer",
    "prices.PriceAssignment.customer",
    "cases.Case.customer",
    "cases.Rating.customer",
    "customers.Consent.customer",
    "customers.CustomerNote.customer",
    "customers.CustomerFile.customer",
    "customers.CustomerRelation.customer",
    "customers.CustomerRelation.other",
    "customers.Customer.merged_into",
}


def test_every_table_that_names_a_customer_was_thought_of() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if getattr(field, "remote_field", None) and field.concrete and field.related_model is Customer
        if not field.many_to_many
    }
    assert found == MOVES | STAYS.keys(), "a merge of customers must move it, or STAYS must say why not"


def place(number: str, variant: Any, channel: Any, count: int = 1) -> Order:
    draft = OrderDraft(channel=channel.code, customer=number, lines=(LineDraft(variant.sku, D(count)),))
    (outcome,) = place_orders([draft], actor=owner(), now=NOW)
    assert isinstance(outcome, Placed), outcome
    return Order.objects.get(pk=outcome.order_id)


@pytest.fixture
def pair(db: None) -> tuple[Customer, Customer, Any, Any]:
    """Two customers with an order each, one of them invoiced and half paid, a case, a task and a note."""
    first = make_customer("KEEP", name="Acme", phone="13800000001", email="a@example.com")
    second = make_customer("GONE", name="ACME Ltd", phone="13800000002", email="b@example.com", credit_limit=D(500))
    Customer.objects.filter(pk=second.pk).update(external_id="shop-7")
    goods, channel = stocked(price="10.00"), make_channel()
    place("KEEP", goods, channel)
    theirs = place("GONE", goods, channel, 2)
    issue_invoice(order_id=theirs.pk, actor=owner(), now=NOW)
    record_payment(payment=PaymentDraft(order_id=theirs.pk, amount=D(5), method="cash"), actor=owner(), now=NOW)
    Case.objects.create(
        number="CS1", kind="question", state="open", customer=second, opener_label="x", created_at=NOW, touched_at=NOW
    )
    add_task(stream=f"customer:{second.pk}", text="call", actor=system_actor(), now=NOW)
    offer = PriceList.objects.create(code="special", currency="CNY", created_at=NOW, updated_at=NOW)
    PriceAssignment.objects.create(price_list=offer, scope="customer", customer=second)
    add_note(customer_id=second.pk, body="likes tea", actor=system_actor(), now=NOW)
    return first, second, goods, channel


def merge(pair: Any, **more: Any) -> CustomerMerge:
    first, second, *_rest = pair
    shared = {"choices": {}, "actor": owner(), "now": NOW, **more}
    return merge_customers(survivor_id=first.pk, merged_id=second.pk, **shared)


def test_statements_that_were_handed_out_are_found_with_the_customer_kept(pair: Any) -> None:
    first, second, *_rest = pair
    zone = ZoneInfo("Asia/Shanghai")
    day = business_day(NOW, zone)
    period: Any = {"currency": "CNY", "first": day, "last": day, "zone": zone}
    made = make_statement(customer_id=second.pk, **period, actor=owner(), now=NOW)
    handed = print_documents(kind="statement", ids=[made.pk], actor=owner(), now=NOW)
    merge(pair)
    assert list(statements_of_customer(owner(), first.pk)) == [made]
    assert print_documents(kind="statement", ids=[made.pk], actor=owner(), now=NOW) == handed


def owned(customer: Customer) -> dict[str, int]:
    found = {}
    for label in MOVES:
        model, _dot, field = label.rpartition(".")
        count = apps.get_model(model).objects.filter(**{field: customer.pk}).count()
        if count:
            found[label] = count
    return found


def test_everything_moves_the_books_agree_and_it_comes_apart_again(pair: Any) -> None:
    first, second, *_rest = pair
    before = owned(first), owned(second)
    made = merge(pair)
    assert owned(second) == {} and differences() == []
    row = Customer.objects.get(pk=first.pk)
    assert (row.name, row.credit_limit) == ("Acme", D(500))
    assert [contact.phone for contact in row.contacts.order_by("id")] == ["13800000001", "13800000002"]
    assert Order.objects.filter(customer=first).count() == 2
    assert customer_balance(owner(), first.pk) == {"CNY": D(15)}
    assert Order.objects.get(invoiced_amount=20).customer_name == "ACME Ltd"
    unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)
    assert (owned(first), owned(second)) == before and differences() == []
    row = Customer.objects.get(pk=first.pk)
    assert row.credit_limit is None and row.contacts.count() == 1
    other = Customer.objects.get(pk=second.pk)
    assert other.active and other.merged_into_id is None


def test_a_merge_stands_once_on_the_timeline(pair: Any) -> None:
    first, *_rest = pair
    merge(pair)
    rows = customer_timeline(owner(), first.pk, limit=500).rows
    assert [row.event.stream for row in rows if row.event and row.event.name == "customers.customer.merged"] == [
        f"customer:{first.pk}"
    ]


def test_old_number_and_external_id_lead_to_the_survivor(pair: Any) -> None:
    first, second, goods, channel = pair
    merge(pair)
    assert place("GONE", goods, channel).customer_id == first.pk
    foreign = [ForeignCustomer("shop-7", "X", "ACME")]
    numbers = bring_in_customers(foreign, actor=system_actor(), now=NOW)
    assert place(numbers["shop-7"], goods, channel).customer_id == first.pk
    for draft in (CustomerDraft(number="GONE", note="one"), CustomerDraft(external_id="shop-7", note="two")):
        assert save_customer(draft, actor=owner(), now=NOW).pk == first.pk
        assert Customer.objects.get(pk=first.pk).note == draft.note
    assert save_customer(CustomerDraft(external_id="shop-7", name="Acme"), actor=owner(), now=NOW).external_id is None
    assert [hit.number for hit in find_customers(owner(), "ACME Ltd")] == ["KEEP"]
    assert Customer.objects.get(pk=second.pk).external_id == "shop-7"


def test_documents_written_after_the_merge_go_back_with_their_order(pair: Any) -> None:
    first, second, goods, channel = pair
    made = merge(pair)
    later = place("KEEP", goods, channel)
    theirs = Order.objects.get(invoiced_amount=20)
    record_payment(payment=PaymentDraft(order_id=theirs.pk, amount=D(15), method="cash"), actor=owner(), now=NOW)
    unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)
    assert Order.objects.get(pk=later.pk).customer_id == first.pk
    assert not customer_balance(owner(), second.pk) and not customer_balance(owner(), first.pk)
    assert LedgerEntry.objects.filter(customer=second).count() == 3 and differences() == []


def test_what_was_changed_since_stays_when_it_comes_apart(pair: Any) -> None:
    first, *_rest = pair
    made = merge(pair, choices={"name": "merged"})
    assert Customer.objects.get(pk=first.pk).name == "ACME Ltd"
    save_customer(CustomerDraft(number="KEEP", name="Acme Group", tags=("new",)), actor=owner(), now=NOW)
    unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)
    row = Customer.objects.get(pk=first.pk)
    assert row.name == "Acme Group" and [tag.name for tag in row.tags.all()] == ["new"]


def refused(act: Any) -> set[str]:
    with pytest.raises(DomainError) as error:
        act()
    return {detail.code for detail in error.value.details}


def test_what_is_refused(pair: Any) -> None:
    first, second, *_rest = pair
    assert refused(lambda: merge((first, first))) == {errors.MergedIntoItself.code}
    assert refused(lambda: merge(pair, choices={"number": "merged"})) == {"invalid_value"}
    assert refused(lambda: merge(pair, versions=(1, 9))) == {StaleVersion.code}
    assert refused(lambda: merge(pair, actor=outsider())) == {PermissionDenied.code}
    team = make_team()
    assert refused(lambda: merge(pair, actor=limited(clerk(), teams=frozenset({team.pk})))) == {NotFound.code}
    assert owned(second) and not CustomerMerge.objects.exists()
    made = merge(pair)
    assert refused(lambda: merge(pair)) == {errors.AlreadyMerged.code}
    late = NOW + timedelta(days=31)
    assert refused(lambda: unmerge_customers(merge_id=made.pk, actor=owner(), now=late)) == {errors.MergeFinal.code}
    third = make_customer()
    second_merge = merge((third, first))
    assert refused(lambda: unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)) == {errors.MergeFinal.code}
    # One after the other, the last one first, everything comes apart.
    unmerge_customers(merge_id=second_merge.pk, actor=owner(), now=NOW)
    assert Customer.objects.get(pk=second.pk).merged_into_id == first.pk
    unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)
    assert refused(lambda: unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)) == {errors.MergeFinal.code}
    assert differences() == []


def test_relations_move_without_a_circle(pair: Any) -> None:
    first, second, *_rest = pair
    parent, branch = make_customer(), make_customer()
    relate(customer_id=second.pk, other_id=parent.pk, kind="parent", actor=owner(), now=NOW)
    relate(customer_id=branch.pk, other_id=second.pk, kind="parent", actor=owner(), now=NOW)
    relate(customer_id=first.pk, other_id=second.pk, kind="payer", actor=owner(), now=NOW)
    made = merge(pair)
    assert {(row.customer_id, row.other_id) for row in first.relations.all() if row.kind == "parent"} == {
        (first.pk, parent.pk)
    }
    assert set(first.related.values_list("customer_id", flat=True)) == {branch.pk}
    unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)
    assert set(second.relations.values_list("other_id", flat=True)) == {parent.pk}


def test_what_slipped_past_follows(pair: Any) -> None:
    first, second, *_rest = pair
    made = merge(pair)
    late = Case.objects.create(
        number="CS2", kind="question", state="open", customer=second, opener_label="x", created_at=NOW, touched_at=NOW
    )
    sweep(made)
    sweep(made)
    late.refresh_from_db()
    assert late.customer_id == first.pk
    unmerge_customers(merge_id=made.pk, actor=owner(), now=NOW)
    late.refresh_from_db()
    assert late.customer_id == second.pk


def test_the_law_sees_an_order_left_behind(pair: Any) -> None:
    _first, second, *_rest = pair
    merge(pair)
    Order.objects.filter(invoiced_amount=20).update(customer=second)
    assert any(law == "orders.merged_customers_own_none" for law, _item in differences())


def test_likely_duplicates_and_why(pair: Any) -> None:
    first, second, *_rest = pair
    twin = make_customer(name="acme", phone="+86 138 0000 0001", email="other@example.com")
    found = look_alikes(owner(), name="ACME", phones=["13800000001"], emails=["B@example.com"])
    assert {item.customer.pk: item.reasons for item in found} == {
        first.pk: ["phone", "name"],
        twin.pk: ["phone", "name"],
        second.pk: ["email"],
    }
    assert [(one.first.pk, one.second.pk, one.reasons) for one in likely_pairs(owner())] == [
        (first.pk, twin.pk, ["phone"])
    ]
    for pk in range(8):
        make_customer(name=f"Tenant {pk}", phone="13899999999")
    assert len(likely_pairs(owner())) == 1  # a switchboard says nothing
    assert not look_alikes(owner(), name="Nobody", except_id=first.pk)


STATES = st.builds(
    CustomerState,
    number=st.just("X"),
    name=st.sampled_from(["A", "B"]),
    tax_number=st.sampled_from(["", "T1", "T2"]),
    credit_limit=st.sampled_from([None, Decimal(0), Decimal(9)]),
    note=st.sampled_from(["", "n"]),
    tags=st.lists(st.sampled_from("abc"), unique=True).map(lambda tags: tuple(sorted(tags))),
    preferences=st.dictionaries(st.sampled_from(["carrier", "x"]), st.sampled_from(["1", "2"])),
    contacts=st.lists(
        st.builds(ContactDraft, name=st.sampled_from(["P", "Q"]), phone=st.sampled_from(["", "1"])), max_size=3
    ).map(tuple),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=STATES, second=STATES, data=st.data())
def test_together_and_apart_is_as_before(first: CustomerState, second: CustomerState, data: st.DataObject) -> None:
    choices = data.draw(st.dictionaries(st.sampled_from(CHOSEN), st.sampled_from(["survivor", "merged"])))
    after = combined(first, second, choices)
    assert separated(first, after, after) == first
    assert set(first.tags) | set(second.tags) == set(after.tags)
    cores = {(contact.name, contact.phone) for contact in after.contacts}
    assert cores == {(contact.name, contact.phone) for contact in (*first.contacts, *second.contacts)}
    for name in CHOSEN:
        assert getattr(after, name) in (getattr(first, name), getattr(second, name))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_orders_placed_while_customers_merge_are_the_survivors() -> None:
    """Many orders for the one who goes, invoices for its orders, and the merge, all at once: nothing stays behind."""
    first, second = make_customer("KEEP"), make_customer("GONE")
    goods, channel = stocked(1000, price="10.00"), make_channel()
    known = [place("GONE", goods, channel).pk for _ in range(6)]
    start, failed = threading.Barrier(4), []

    def run(act: Any) -> None:
        try:
            start.wait()
            act()
        except Exception as error:  # noqa: BLE001 - a thread's failure must not be lost
            failed.append(error)
        finally:
            connections.close_all()

    def sell() -> None:
        for _ in range(12):
            place("GONE", goods, channel)

    def bill() -> None:
        for pk in known:
            issue_invoice(order_id=pk, actor=owner(), now=NOW)

    threads = [threading.Thread(target=run, args=(act,)) for act in (sell, sell, bill, lambda: merge((first, second)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not failed, failed
    assert Order.objects.filter(customer=second).count() == 0
    assert Order.objects.filter(customer=first).count() == 30
    assert Invoice.objects.filter(customer=first).count() == 6
    assert LedgerEntry.objects.filter(customer=second).count() == 0
    assert differences() == []
    assert connection.vendor in ("sqlite", "postgresql")
