"""Facts from the database: what rules are told of real orders, customers and goods, with a fixed number of queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderwell.domains.automation.hints.finding import (
    hints_of_customers,
    hints_of_draft,
    hints_of_orders,
    hints_of_variants,
    newest_orders_with_hints,
)
from orderwell.domains.automation.hints.hint import Hint
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.services.set_substitutes import Substitute, set_substitutes
from orderwell.domains.customers.models import Address, Contact, Customer
from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.preview import preview_order
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from orderwell.testing.factories import (
    make_bundle,
    make_channel,
    make_customer,
    make_price_list,
    make_product,
    make_team,
    make_variant,
    make_warehouse,
    stock_up,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
D = Decimal
RIGHT = AddressDraft(
    recipient="王小明",
    phone="13800138000",
    street="人民路1号",
    district="黄浦区",
    city="上海市",
    region="上海市",
    postcode="200001",
)


class Shop:
    def __init__(self) -> None:
        self.house = make_warehouse()
        self.channel = make_channel(backorder=True)
        self.cup = make_variant("CUP", price="10.00")
        stock_up(self.cup, self.house, 1000)
        self.customer = make_customer("C1")

    def draft(self, *lines: tuple[Variant, Any], customer: Customer | None = None, **more: Any) -> OrderDraft:
        return OrderDraft(
            channel=self.channel.code,
            customer=(customer or self.customer).number,
            lines=tuple(LineDraft(variant.sku, D(str(quantity))) for variant, quantity in lines),
            **{"ship_to": RIGHT, **more},
        )

    def place(self, *lines: tuple[Variant, Any], now: datetime = NOW, **more: Any) -> Order:
        (outcome,) = place_orders([self.draft(*lines, **more)], actor=owner(), now=now)
        assert isinstance(outcome, Placed), outcome
        return Order.objects.select_related("channel", "customer").get(pk=outcome.order_id)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def of(order: Order, actor: Actor | None = None, now: datetime = NOW) -> list[Hint]:
    return hints_of_orders(actor or owner(), [order], now=now).get(f"order:{order.pk}", [])


def rules(hints: list[Hint]) -> list[str]:
    return [hint.rule for hint in hints]


def test_an_order_like_any_other_has_none(shop: Shop) -> None:
    assert of(shop.place((shop.cup, 2))) == []


def test_quantity_and_price_are_compared_with_earlier_orders_of_this_customer_alone(shop: Shop) -> None:
    for days in (40, 30, 20):
        shop.place((shop.cup, 10), now=NOW - timedelta(days=days))
    other = make_customer()
    for days in (40, 30, 20):
        shop.place((shop.cup, 100), now=NOW - timedelta(days=days), customer=other)
    order = shop.place((shop.cup, 100))
    assert rules(of(order)) == ["unusual_quantity"]
    assert of(shop.place((shop.cup, 100), customer=other)) == []
    # What came after doesn't alter what was noticed.
    before = of(order)[0].fingerprint
    shop.place((shop.cup, 50), now=NOW + timedelta(days=1))
    assert of(order)[0].fingerprint == before


def test_the_later_of_two_alike_is_the_duplicate(shop: Shop) -> None:
    first = shop.place((shop.cup, 2), now=NOW - timedelta(hours=3))
    second = shop.place((shop.cup, 2))
    assert of(first) == []
    (hint,) = of(second)
    assert (hint.rule, hint.inputs["twin"]) == ("likely_duplicate", first.number)
    assert of(shop.place((shop.cup, 2), now=NOW + timedelta(hours=25))) == []


def test_the_same_external_number_in_another_channel(shop: Shop) -> None:
    shop.place((shop.cup, 2), external_id="A-1", now=NOW - timedelta(days=9))
    shop.channel = make_channel(backorder=True)
    (hint,) = of(shop.place((shop.cup, 5), external_id="A-1", customer=make_customer()))
    assert hint.inputs["reasons"] == ["reference"]


def test_phone_and_postcode_of_the_same_place_are_offered(shop: Shop) -> None:
    Address.objects.filter(customer=shop.customer).update(country="DE", city="Berlin", postcode="10115")
    bare = AddressDraft(recipient="王小明", street="人民路1号", city="Berlin", country="DE")
    found = {hint.rule: hint for hint in of(shop.place((shop.cup, 1), ship_to=bare))}
    assert set(found) == {"missing_phone", "missing_postcode"}
    assert found["missing_phone"].remedies[0].data["value"] == "13800138000"
    assert found["missing_postcode"].remedies[0].data["value"] == "10115"


def test_nothing_personal_is_said_to_who_may_not_see_it(shop: Shop) -> None:
    bare = AddressDraft(recipient="王小明", street="王小明", city="上海市", postcode="100001", region="上海市")
    order = shop.place((shop.cup, 1), ship_to=bare)
    blind = Actor("user", 9, "blind", frozenset(owner().permissions) - {Permission.CUSTOMERS_PERSONAL_DATA_VIEW})
    assert [hint.inputs["part"] for hint in of(order, blind)] == ["postcode"]
    assert len(of(order)) == 3


def test_a_credit_limit_counts_what_is_typed_and_what_is_open(shop: Shop) -> None:
    Customer.objects.filter(pk=shop.customer.pk).update(credit_limit=Decimal(45))
    shop.customer.refresh_from_db()
    assert of(shop.place((shop.cup, 3))) == []
    typed = shop.draft((shop.cup, 2))
    preview = preview_order(draft=typed, actor=owner(), now=NOW)
    found = hints_of_draft(owner(), typed, preview, key="a", customer=shop.customer, now=NOW)
    assert [hint.rule for hint in found if hint.rule == "credit_limit"] and "¥5.00 over" in found[0].reason
    order = shop.place((shop.cup, 2))
    assert "credit_limit" in [hint.rule for hint in of(order)]
    assert of(order, warehouse_worker()) == []


def test_an_overdue_balance_is_told_before_more_leaves(shop: Shop) -> None:
    old = shop.place((shop.cup, 3), now=NOW - timedelta(days=60))
    issue_invoice(order_id=old.pk, actor=owner(), now=NOW - timedelta(days=60))
    order = shop.place((shop.cup, 1))
    (hint,) = of(order)
    assert hint.rule == "overdue_balance" and "¥30.00" in hint.reason
    assert hints_of_customers(owner(), [shop.customer], now=NOW)[f"customer:{shop.customer.pk}"][0].rule == hint.rule
    assert of(order, warehouse_worker()) == []  # who may not see invoices isn't told
    young = shop.place((shop.cup, 3), customer=make_customer())
    issue_invoice(order_id=young.pk, actor=owner(), now=NOW - timedelta(days=6))
    assert of(young) == []  # within the days of grace


def test_missing_goods_that_come_too_late_and_a_substitute_that_is_there(shop: Shop) -> None:
    pot, mug = make_variant("POT", price="90"), make_variant("MUG", price="80")
    stock_up(mug, shop.house, 5)
    set_substitutes(variant_id=pot.pk, substitutes=[Substitute("MUG", "smaller")], actor=owner(), now=NOW)
    order = shop.place((pot, 3), requested_at=NOW + timedelta(days=4))
    ExpectedReceipt.objects.create(
        variant=pot,
        warehouse=shop.house,
        quantity=D(3),
        due_at=NOW + timedelta(days=9),
        reference="PO-1",
    )
    found = {hint.rule: hint for hint in of(order)}
    assert set(found) == {"promise_at_risk", "substitute_in_stock"}
    assert "expected on 2026-03-11; the order is due on 2026-03-06" in found["promise_at_risk"].reason
    assert found["substitute_in_stock"].remedies[0].data["quantity"] == "3"
    late = hints_of_variants(owner(), [pot.pk], now=NOW + timedelta(days=10))[f"variant:{pot.pk}"]
    assert rules(late) == ["promise_at_risk", "substitute_in_stock"]
    assert "PO-1" in late[0].reason
    Customer.objects.filter(pk=shop.customer.pk).update(preferences={"substitutes": "never"})
    order = Order.objects.select_related("channel", "customer").get(pk=order.pk)
    assert "substitute_in_stock" not in rules(of(order))


def test_a_larger_pack_and_a_bundle_that_cost_less(shop: Shop) -> None:
    tea = make_product()
    small, large = make_variant("TEA-100", price="30", product=tea), make_variant("TEA-250", price="60", product=tea)
    Variant.objects.filter(pk=small.pk).update(option_values={"weight": "100 g"})
    Variant.objects.filter(pk=large.pk).update(option_values={"weight": "250 g"})
    stock_up(large, shop.house, 9)
    box = make_bundle({shop.cup: 12}, sku="BOX", price="100")
    gift = make_bundle({small: 1, shop.cup: 2}, sku="GIFT", price="40")
    found = {hint.rule: hint for hint in of(shop.place((small, 5), (shop.cup, 13)))}
    assert set(found) == {"cheaper_pack", "bundle_saves"}
    packs = {
        hint.line: hint
        for hint in of(shop.place((small, 5), (shop.cup, 13), customer=make_customer()))
        if hint.rule == "cheaper_pack"
    }
    assert {hint.remedies[0].data["sku"] for hint in packs.values()} == {"TEA-250", box.sku}
    assert found["bundle_saves"].remedies[0].data["sku"] == gift.sku


def test_offers_are_reckoned_at_the_prices_of_the_customer_on_the_day_of_the_order(shop: Shop) -> None:
    box = make_bundle({shop.cup: 12}, sku="BOX", price="100")
    mine = make_customer("C8", phone="13900000008")

    def packs(*orders: Order, now: datetime = NOW) -> list[str]:
        """What the hint of each says, empty for none."""
        found = hints_of_orders(owner(), orders, now=now)
        said = [[h.reason for h in found.get(f"order:{order.pk}", []) if h.rule == "cheaper_pack"] for order in orders]
        return ["".join(map(str, reasons)) for reasons in said]

    def twelve(now: datetime = NOW) -> Order:
        return shop.place((shop.cup, 12), customer=mine, now=now)

    # 12 cups at 10.00 cost more than the box at 100; who pays 8 a cup saves nothing by it.
    assert packs(shop.place((shop.cup, 12))) != [""]
    make_price_list({shop.cup: {1: "8"}}, customer=mine, valid_from=NOW.date())
    assert packs(twelve()) == [""]
    # Who has a price for the box as well saves again, as long as it holds.
    make_price_list({box: {1: "90"}}, customer=mine, valid_until=NOW.date())
    (said,) = packs(twelve())
    assert "90" in said
    later, earlier = NOW + timedelta(days=1), NOW - timedelta(days=1)
    orders = [twelve(earlier), twelve(), twelve(later)]
    found = packs(*orders, now=later)
    assert [bool(text) for text in found] == [True, True, False]
    # In another currency neither list says anything, and there is no list price.
    make_price_list({box: {1: "1"}}, customer=mine, currency="USD")
    assert packs(*orders, now=later) == found


def test_a_price_is_unusual_against_the_list_of_the_customer(shop: Shop) -> None:
    mine = make_customer("C9", phone="13900000009")
    make_price_list({shop.cup: {1: "5"}}, customer=mine)
    # Three times the old price was paid; the list that holds now makes 5 the usual one.
    assert "unusual_price" not in rules(of(shop.place((shop.cup, 2), customer=mine)))
    draft = shop.draft((shop.cup, 3), customer=mine)
    dear = msgspec.structs.replace(draft, lines=(LineDraft("CUP", D(3), D(10)),))
    (outcome,) = place_orders([dear], actor=owner(), now=NOW)
    assert isinstance(outcome, Placed)
    (hint,) = [
        hint
        for hint in of(Order.objects.select_related("channel", "customer").get(pk=outcome.order_id))
        if hint.rule == "unusual_price"
    ]
    assert "100 % above" in hint.reason and "price list" in hint.reason


def test_what_is_typed_has_the_hints_of_the_order_it_becomes(shop: Shop) -> None:
    for days in (40, 30, 20):
        shop.place((shop.cup, 10), now=NOW - timedelta(days=days))
    draft = shop.draft((shop.cup, 100), ship_to=AddressDraft(recipient="王小明", street="人民路1号", city="上海市"))
    seen = preview_order(draft=draft, actor=clerk(), now=NOW)
    typed = hints_of_draft(clerk(), draft, seen, key="k", customer=shop.customer, now=NOW)
    assert rules(typed) == ["unusual_quantity", "missing_phone"]
    assert [remedy.name for hint in typed for remedy in hint.remedies] == ["set-quantity", "fill-address"]
    (outcome,) = place_orders([draft], actor=clerk(), now=NOW)
    assert isinstance(outcome, Placed)
    placed = of(Order.objects.select_related("channel", "customer").get(pk=outcome.order_id))
    assert {hint.key for hint in placed} == {hint.key for hint in typed}


def test_customers_who_share_a_phone_and_have_a_wrong_address(shop: Shop) -> None:
    twin = make_customer("C2", name="小明")
    Address.objects.filter(customer=twin).update(postcode="1")
    found = hints_of_customers(owner(), [twin], now=NOW)[f"customer:{twin.pk}"]
    assert rules(found) == ["likely_duplicate", "suspect_address"]
    mine = limited(owner(), teams=frozenset({make_team().pk}))
    assert rules(hints_of_customers(mine, [twin], now=NOW)[f"customer:{twin.pk}"]) == ["suspect_address"]
    Contact.objects.filter(customer=twin).delete()
    Address.objects.filter(customer=twin).update(phone="", postcode="200001")
    assert rules(hints_of_customers(owner(), [twin], now=NOW)[f"customer:{twin.pk}"]) == ["missing_phone"]


@pytest.mark.usefixtures("timeless_caches")
def test_many_orders_take_as_many_queries_as_two(shop: Shop) -> None:
    pot, mug = make_variant("POT", price="90"), make_variant("MUG", price="80")
    stock_up(mug, shop.house, 500)
    make_bundle({shop.cup: 12}, price="100")
    set_substitutes(variant_id=pot.pk, substitutes=[Substitute("MUG")], actor=owner(), now=NOW)
    bare = AddressDraft(recipient="王小明", street="人民路1号", city="Berlin", country="DE")
    for number in range(15):
        customer = make_customer(phone=f"138{number:08d}")
        old = shop.place((shop.cup, 12), customer=customer, now=NOW - timedelta(days=60))
        issue_invoice(order_id=old.pk, actor=owner(), now=NOW - timedelta(days=60))
        shop.place((shop.cup, 24), (pot, 2), customer=customer, ship_to=bare, requested_at=NOW)
    orders = list(Order.objects.select_related("channel", "customer").filter(placed_at=NOW))
    hints_of_orders(owner(), orders, now=NOW)  # what is kept for two seconds is read
    counts = []
    for some in (orders[:2], orders):
        with CaptureQueriesContext(connection) as seen:
            found = hints_of_orders(owner(), some, now=NOW)
        counts.append(len(seen))
        assert len(found) == len(some) and all(len(hints) >= 5 for hints in found.values())
    assert counts[0] == counts[1] <= 30
    assert len(newest_orders_with_hints(owner(), limit=6, now=NOW)) == 6
