"""Keeping price lists: verdicts per row, whom they are for, copies, undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from orderwell.domains.customers.models import Customer
from orderwell.domains.prices.drafts import CopyDraft, EntryDraft, PriceListDraft, Target
from orderwell.domains.prices.errors import AlreadyUndone, ChangedSince, PriceListExists, TooManyEntries, UnknownSource
from orderwell.domains.prices.models import PriceChange, PriceEntry, PriceList
from orderwell.domains.prices.queries import ListFilters, ask_price, list_detail, lists_of_customer, price_lists
from orderwell.domains.prices.services.copy_list import copy_price_list
from orderwell.domains.prices.services.save_list import archive_price_list, save_price_list
from orderwell.domains.prices.services.set_entries import set_entries
from orderwell.domains.prices.services.undo_change import undo_price_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk
from orderwell.testing.factories import (
    make_channel,
    make_customer,
    make_group,
    make_price_list,
    make_team,
    make_variant,
)
from tests.domains.orders.builders import ACTOR

pytestmark = pytest.mark.django_db
D = Decimal
NOW = utc_now()


def save(code: str = "wholesale", **values) -> PriceList:
    return save_price_list(PriceListDraft(code=code, **values), actor=ACTOR, now=NOW)


def put(row: PriceList, *entries: EntryDraft):
    return set_entries(entries, list_id=row.pk, actor=ACTOR, now=NOW)


def prices(row: PriceList) -> dict[tuple[str, int], Decimal]:
    rows = PriceEntry.objects.filter(price_list=row).values_list("variant__sku", "minimum", "unit_price")
    return {(sku, int(minimum)): price for sku, minimum, price in rows}


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str | None]]:
    return [(error.code, error.pointer) for error in refused.value.errors]


def test_a_list_is_made_changed_and_tells_what_changed():
    group = make_group("retail")
    row = save(name_en="Wholesale", currency="CNY", applies_to=(Target("group", "retail"), Target("everyone")))
    assert (row.name_zh, row.version, row.active) == ("Wholesale", 1, True)
    changed = save(priority=10, valid_from=date(2026, 3, 1), applies_to=(Target("group", group.code),))
    assert (changed.pk, changed.version, changed.name_en) == (row.pk, 2, "Wholesale")
    event = Event.objects.filter(name="prices.list.changed").get()
    assert event.data["changes"]["priority"] == [100, 10]
    assert event.data["changes"]["applies_to"] == [["group:retail", "everyone:"], ["group:retail"]]
    assert save(priority=10).version == 2
    with pytest.raises(StaleVersion):
        save(priority=20, version=1)


def test_everything_that_is_wrong_with_a_list_is_said_at_once():
    with pytest.raises(Refusal) as refused:
        save(
            "a b",
            currency="XX",
            priority=-1,
            valid_from=date(2026, 3, 2),
            valid_until=date(2026, 3, 1),
            applies_to=(Target("customer", "nobody"), Target("channel", "nowhere")),
        )
    assert codes(refused) == [
        ("invalid_value", "/code"),
        ("unknown_currency", "/currency"),
        ("invalid_value", "/priority"),
        ("days_out_of_order", "/valid_until"),
        ("unknown_price_target", "/applies_to/0/code"),
        ("unknown_price_target", "/applies_to/1/code"),
    ]


def test_each_price_gets_its_own_verdict():
    tea, silk = make_variant("TEA"), make_variant("SILK", quantity_places=2)
    row = save(currency="CNY")
    verdicts, change = put(
        row,
        EntryDraft("TEA", D("9.5")),
        EntryDraft("TEA", D("8.5"), D(10)),
        EntryDraft("SILK", D("3"), D("0.5")),
        EntryDraft("NONE", D(1)),
        EntryDraft("TEA", D(-1), D(20)),
        EntryDraft("TEA", D(1), D("1.5")),
        EntryDraft("TEA", D(9), D(1)),
        EntryDraft("SILK", None, D(7)),
    )
    found = [(item.outcome, [(error.code, error.pointer) for error in item.errors]) for item in verdicts]
    assert found == [
        ("created", []),
        ("created", []),
        ("created", []),
        ("refused", [("unknown_sku", "/sku")]),
        ("refused", [("price_out_of_range", "/unit_price")]),
        ("refused", [("quantity_too_precise", "/minimum")]),
        ("refused", [("given_twice", "/sku")]),  # from one piece on is any quantity
        ("refused", [("no_such_price_entry", "/minimum")]),
    ]
    assert PriceEntry.objects.get(variant=silk).minimum == D("0.5")
    assert change is not None
    assert change.after == {f"{tea.pk}:0": "9.5", f"{tea.pk}:10": "8.5", f"{silk.pk}:0.5": "3"}
    again, nothing = put(row, EntryDraft("TEA", D("9.50")))
    assert (again[0].outcome, nothing) == ("unchanged", None)
    gone, _change = put(row, EntryDraft("TEA", None, D(10)))
    assert (gone[0].outcome, prices(row)) == ("updated", {("TEA", 0): D("9.5"), ("SILK", 0): D(3)})


def test_who_saw_another_price_is_told_instead_of_overwriting():
    make_variant("TEA")
    row = save(currency="CNY")
    put(row, EntryDraft("TEA", D(9)))
    verdicts, _change = put(row, EntryDraft("TEA", D(8), was=D(7)))
    assert [error.code for error in verdicts[0].errors] == ["price_entry_changed"]
    assert put(row, EntryDraft("TEA", D(8), was=D(9)))[0][0].outcome == "updated"
    put(row, EntryDraft("TEA", None))
    assert [error.code for error in put(row, EntryDraft("TEA", D(7), was=D(8)))[0][0].errors] == ["price_entry_gone"]


def test_the_currency_is_fixed_once_there_are_prices():
    make_variant("TEA")
    row = save(currency="CNY")
    save(currency="USD")
    put(row, EntryDraft("TEA", D(9)))
    with pytest.raises(Refusal) as refused:
        save(currency="CNY")
    assert codes(refused) == [("price_list_currency_fixed", "/currency")]


def test_too_many_prices_at_once_are_refused_as_a_whole():
    row = save(currency="CNY")
    with pytest.raises(TooManyEntries):
        put(row, *[EntryDraft("TEA", D(1))] * 2001)


def test_changed_prices_are_taken_back_unless_changed_again():
    make_variant("TEA")
    make_variant("CUP")
    row = save(currency="CNY")
    put(row, EntryDraft("TEA", D(9)), EntryDraft("CUP", D(5)))
    put(row, EntryDraft("TEA", D(8)), EntryDraft("CUP", None), EntryDraft("TEA", D(7), D(10)))
    undo_price_change(list_id=row.pk, number=2, actor=ACTOR, now=NOW)
    assert prices(row) == {("TEA", 0): D(9), ("CUP", 0): D(5)}
    with pytest.raises(AlreadyUndone):
        undo_price_change(list_id=row.pk, number=2, actor=ACTOR, now=NOW)
    put(row, EntryDraft("CUP", D(6)))
    with pytest.raises(ChangedSince) as refused:
        undo_price_change(list_id=row.pk, number=1, actor=ACTOR, now=NOW)
    assert refused.value.data["what"] == "CUP"
    assert prices(row) == {("TEA", 0): D(9), ("CUP", 0): D(6)}


def test_changed_terms_are_taken_back_too():
    make_group("retail")
    save(currency="CNY", priority=5, valid_from=date(2026, 1, 1))
    row = save(priority=7, valid_from=None, applies_to=(Target("group", "retail"),))
    undo_price_change(list_id=row.pk, number=1, actor=ACTOR, now=NOW)
    row.refresh_from_db()
    assert (row.priority, row.valid_from, row.assignments.count()) == (5, date(2026, 1, 1), 0)
    archive_price_list(list_id=row.pk, archived=True, actor=ACTOR, now=NOW)
    assert PriceChange.objects.filter(price_list=row).count() == 2
    undo_price_change(list_id=row.pk, number=2, actor=ACTOR, now=NOW)
    assert PriceList.objects.get().active


def test_a_copy_has_every_price_changed_and_rounded_and_is_for_nobody():
    tea = make_variant("TEA", price="20.00")
    source = make_price_list({tea: {0: "19.99", 10: "17.00"}}, code="first", everyone=True, priority=7)
    draft = CopyDraft(code="second", source="first", name_en="Second", percent=D(-15), step=D("0.1"), rounding="up")
    made = copy_price_list(draft, actor=ACTOR, now=NOW)
    assert prices(made) == {("TEA", 0): D("17.0"), ("TEA", 10): D("14.5")}
    assert (made.currency, made.priority, made.assignments.count()) == ("CNY", 7, 0)
    assert prices(source) == {("TEA", 0): D("19.99"), ("TEA", 10): D(17)}
    listed = copy_price_list(CopyDraft(code="third", currency="CNY", percent=D(10), step=D(1)), actor=ACTOR, now=NOW)
    assert prices(listed) == {("TEA", 0): D(22)}
    with pytest.raises(PriceListExists):
        copy_price_list(draft, actor=ACTOR, now=NOW)
    with pytest.raises(UnknownSource):
        copy_price_list(CopyDraft(code="fourth", source="none"), actor=ACTOR, now=NOW)
    with pytest.raises(Refusal) as refused:
        copy_price_list(CopyDraft(code="x", percent=D(-100), step=D(0)), actor=ACTOR, now=NOW)
    assert codes(refused) == [
        ("unknown_currency", "/currency"),
        ("invalid_value", "/percent"),
        ("invalid_value", "/step"),
    ]


def test_customers_of_other_teams_are_counted_never_named_and_stay():
    ours, theirs = make_team(), make_team()
    mine, other = make_customer("C1", team=ours), make_customer("C2", team=theirs)
    row = make_price_list(code="contract", customer=mine)
    row.assignments.create(scope="customer", customer=other)
    limited = replace(ACTOR, team_ids=frozenset({ours.pk}))
    seen = list_detail(limited, row.pk)
    assert ([item.customer.number for item in seen.assignments], seen.hidden) == (["C1"], 1)
    draft = PriceListDraft(code="contract", applies_to=(Target("everyone"),))
    save_price_list(draft, actor=limited, now=NOW)
    assert {item.scope: item.customer for item in row.assignments.all()} == {"customer": other, "everyone": None}
    with pytest.raises(Refusal) as refused:
        wanted = PriceListDraft(code="contract", applies_to=(Target("customer", "C2"),))
        save_price_list(wanted, actor=limited, now=NOW)
    assert codes(refused) == [("unknown_price_target", "/applies_to/0/code")]
    # Taking the change back gives everybody back that it took away.
    number = PriceChange.objects.get(price_list=row).number
    undo_price_change(list_id=row.pk, number=number, actor=limited, now=NOW)
    assert {item.customer for item in row.assignments.all()} == {mine, other}


def test_the_question_says_what_became_of_every_list():
    tea, customer, channel = make_variant("TEA", price="20.00"), make_customer("C1"), make_channel("desk")
    Customer.objects.filter(pk=customer.pk).update(group=make_group("retail"))
    customer.refresh_from_db()
    make_price_list({tea: {0: "18"}}, code="a-all", everyone=True)
    make_price_list({tea: {0: "17"}}, code="b-group", group=customer.group)
    make_price_list({tea: {0: "17.5"}}, code="c-dearer", group=customer.group)
    make_price_list({tea: {0: "16"}}, code="d-second", group=customer.group, priority=200)
    make_price_list({tea: {50: "12"}}, code="e-many", customer=customer)
    make_price_list({tea: {0: "1"}}, code="f-other", customer=make_customer("C2"))
    make_price_list({tea: {0: "1"}}, code="g-over", everyone=True, valid_until=date(2020, 1, 1))
    make_price_list({tea: {0: "1"}}, code="h-dollars", everyone=True, currency="USD")
    make_price_list({tea: {0: "1"}}, code="i-closed", everyone=True, active=False)
    make_price_list({tea: {0: "1"}}, code="j-net", everyone=True, prices_include_tax=False)
    asked = ask_price(ACTOR, sku="TEA", quantity=D(3), day=date(2026, 3, 1), channel=channel.code, customer="C1")
    assert (asked.price, asked.listed) == (17, 20)
    assert (asked.further.minimum, asked.further.price) == (50, 12)
    assert {item.code[0]: item.why_not for item in asked.considered} == {
        "b": "",
        "c": "dearer",
        "d": "priority",
        "a": "narrower",
        "e": "quantity",
        "f": "not_for",
        "g": "over",
        "h": "currency",
        "i": "archived",
        "j": "tax",
    }
    assert [item.code[0] for item in asked.considered][:4] == ["b", "c", "d", "a"]
    with pytest.raises(NotFound):
        ask_price(ACTOR, sku="NONE", quantity=D(1), day=date(2026, 3, 1), channel=channel.code)


def test_a_customer_sees_the_lists_in_the_order_in_which_they_go():
    customer, shop = make_customer("C1"), make_channel("shop")
    make_price_list(code="all", everyone=True)
    make_price_list(code="shop", channel=shop)
    make_price_list(code="own", customer=customer)
    make_price_list(code="other", customer=make_customer("C2"))
    make_price_list(code="over", everyone=True, valid_until=date(2020, 1, 1))
    make_price_list(code="later", everyone=True, valid_from=date(2100, 1, 1))
    found = [(item.price_list.code, item.scope, item.state) for item in lists_of_customer(ACTOR, customer, now=NOW)]
    assert found == [
        ("own", "customer", "now"),
        ("shop", "channel", "now"),
        ("all", "everyone", "now"),
        ("later", "everyone", "later"),
    ]


def test_lists_are_found_by_state_and_circle():
    make_price_list(code="all", everyone=True)
    make_price_list(code="over", valid_until=date(2020, 1, 1))
    make_price_list(code="later", valid_from=date(2100, 1, 1))
    make_price_list(code="closed", active=False)

    def found(**filters: str) -> set[str]:
        return {row.code for row in price_lists(ACTOR, ListFilters(**filters), day=NOW.date())}

    assert found(state="now") == {"all"}
    assert found(state="over") == {"over"}
    assert found(state="later") == {"later"}
    assert found(state="archived") == {"closed"}
    assert found(scope="everyone") == {"all"}
    assert found(text="LAT") == {"later"}


def test_a_clerk_sees_price_lists_and_changes_none():
    actor = replace(clerk(), id=None)
    row = make_price_list()
    assert list_detail(actor, row.pk).entries == 0
    for act in (
        lambda: save_price_list(PriceListDraft(code="x"), actor=actor, now=NOW),
        lambda: set_entries([], list_id=row.pk, actor=actor, now=NOW),
        lambda: archive_price_list(list_id=row.pk, archived=True, actor=actor, now=NOW),
        lambda: copy_price_list(CopyDraft(code="x"), actor=actor, now=NOW),
        lambda: undo_price_change(list_id=row.pk, number=1, actor=actor, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            act()
