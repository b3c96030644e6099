"""Whatever is done to an order in whatever sequence, after every step all books agree to the cent.

Hypothesis makes up orders (discounts, odd prices, tax in or on top, bundles, charges) and the steps. A step that is refused
must have changed nothing; a step that is not must have kept every law.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from orderwell.domains.automation.services.bill import invoice_shipment, ship_and_invoice
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.take_back import credit_return, take_back
from orderwell.domains.billing.models import Invoice, InvoiceLine, Payment
from orderwell.domains.billing.queries import order_money
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.catalog.models import Variant
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.drafts import ChargeDraft, LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import LineChange, OrderChange, change_order
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.errors import DomainError
from orderwell.testing.actors import owner
from orderwell.testing.factories import (
    make_bundle,
    make_channel,
    make_customer,
    make_tax_category,
    make_variant,
    make_warehouse,
    stock_up,
)
from tests.domains.books import NOW, D, differences, lines_of

pytestmark = pytest.mark.django_db
PRICES = st.sampled_from(["0.01", "0.035", "3.335", "9.99", "10.00", "33.333333", "100.00"])
RATES = st.sampled_from(["0", "0.06", "0.13", "0.2"])
ACTOR = owner()
EXAMPLES = int(os.environ.get("ORDERWELL_TEST_EXAMPLES", "20"))


@dataclass(frozen=True)
class Recipe:
    prices: list[str]
    quantities: list[int]
    bundle: bool
    rate: str
    prices_include_tax: bool
    line_discount: str
    discount: str
    shipping: str
    rebate: str
    stock: int


RECIPES = st.builds(
    Recipe,
    prices=st.lists(PRICES, min_size=2, max_size=2),
    quantities=st.lists(st.integers(1, 7), min_size=3, max_size=3),
    bundle=st.booleans(),
    rate=RATES,
    prices_include_tax=st.booleans(),
    line_discount=st.sampled_from(["0", "0.01", "0.99"]),
    discount=st.sampled_from(["0", "0.05", "1.00", "7.77"]),
    shipping=st.sampled_from(["0", "8.00"]),
    rebate=st.sampled_from(["0", "-0.33"]),
    stock=st.integers(4, 40),
)
# Steps that others need come up more often, so that not everything is refused for want of a shipment or an invoice.
STEP = st.sampled_from([0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 13, 14, 15])
STEPS = st.lists(st.tuples(STEP, st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=14)


def build(recipe: Recipe) -> Order | None:
    tax = make_tax_category("probe", rate=recipe.rate)
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    variants: list[Variant] = [make_variant(price=price, tax=tax) for price in recipe.prices]
    places: list[Warehouse] = [north, south]
    for variant, place in zip(variants, places, strict=True):
        stock_up(variant, place, recipe.stock)
        stock_up(variant, south if place is north else north, 3)
    if recipe.bundle:
        variants.append(make_bundle({variants[0]: 2, variants[1]: 1}, price="10.01"))
    channel = make_channel(prices_include_tax=recipe.prices_include_tax, backorder=True)
    draft = OrderDraft(
        channel=channel.code,
        customer=make_customer().number,
        lines=tuple(
            LineDraft(variant.sku, D(quantity), None, D(recipe.line_discount))
            for variant, quantity in zip(variants, recipe.quantities, strict=False)
        ),
        discount=D(recipe.discount),
        shipping=D(recipe.shipping),
        charges=(ChargeDraft("REBATE", "Rebate", D(recipe.rebate)),) if D(recipe.rebate) else (),
    )
    (outcome,) = place_orders([draft], actor=ACTOR, now=NOW)
    return Order.objects.get(pk=outcome.order_id) if isinstance(outcome, Placed) else None


def actions(order: Order, which: int, quantity: int) -> list[Callable[[], object]]:
    """Everything that can be tried on an order; `which` chooses a line or document."""
    lines = lines_of(order)
    line = lines[which % len(lines)]
    units = {line.pk: D(quantity)}
    back = [ReturnedUnits(line.pk, D(quantity), "scrap" if which == 2 else "restock")]
    more = {"actor": ACTOR, "now": NOW}

    def pick(model: type) -> int:
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        return keys[which % len(keys)] if keys else 0

    def some_of_an_invoice(*, reverses: bool) -> object:
        row = InvoiceLine.objects.filter(pk=pick(InvoiceLine)).first()
        given_back = {row.pk: D(quantity)} if row else {}
        invoice_id = row.invoice_id if row else 0
        return issue_credit_note(
            invoice_id=invoice_id, quantities=given_back, reason="probe", reverses=reverses, **more
        )

    def change() -> object:
        wish = OrderChange(lines=(LineChange(line.pk, quantity=line.quantity + quantity - 2),))
        return change_order(order_id=order.pk, change=wish, version=None, **more)

    return [
        lambda: ship(order_id=order.pk, lines=units, **more),
        lambda: ship(order_id=order.pk, **more),
        lambda: ship_and_invoice(order_id=order.pk, lines=units, **more),
        lambda: invoice_shipment(shipment_id=pick(Shipment), **more),
        lambda: issue_invoice(order_id=order.pk, quantities=units, **more),
        lambda: issue_invoice(order_id=order.pk, **more),
        lambda: record_return(order_id=order.pk, lines=back, reason="probe", **more),
        lambda: take_back(order_id=order.pk, lines=back, reason="probe", refund=which == 0, **more),
        lambda: credit_return(return_id=pick(Return), **more),
        lambda: some_of_an_invoice(reverses=False),
        lambda: some_of_an_invoice(reverses=True),
        lambda: cancel_units(order_id=order.pk, lines=units, reason="probe", **more),
        lambda: cancel_and_credit(order_id=order.pk, lines=units if which else None, reason="probe", **more),
        lambda: record_payment(payment=PaymentDraft(order.pk, D(quantity) * D("3.33"), "cash"), **more),
        lambda: record_refund(payment_id=pick(Payment), amount=D(quantity) * D("1.11"), reason="probe", **more),
        change if which else lambda: deliver(shipment_id=pick(Shipment), **more),
    ]


def finish(order: Order) -> None:
    """Bring what is left to its end: ship, invoice and take back everything that can be."""
    for step in (
        lambda: cancel_units(order_id=order.pk, lines=None, reason="end", actor=ACTOR, now=NOW),
        lambda: ship(order_id=order.pk, actor=ACTOR, now=NOW),
        lambda: issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW),
    ):
        try:
            with transaction.atomic():
                step()
        except DomainError:
            continue


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(recipe=RECIPES, steps=STEPS)
def test_every_sequence_keeps_every_law(recipe: Recipe, steps: list[tuple[int, int, int]]) -> None:
    with transaction.atomic():
        order = build(recipe)
        if order is not None:
            for action, which, quantity in steps:
                before = figures()
                try:
                    with transaction.atomic():
                        actions(order, which, quantity)[action]()
                    event(f"done {action}")
                except DomainError as refusal:
                    event(f"refused {action} {refusal.code}")
                    assert figures() == before
                assert differences() == [], (action, which, quantity)
            finish(order)
            assert differences() == []
            check_totals(order)
        transaction.set_rollback(True)


def figures() -> list[tuple[object, ...]]:
    columns = ("total_amount", "invoiced_amount", "credited_amount", "paid_amount", "state", "version")
    return [*Order.objects.values_list(*columns), *Invoice.objects.values_list("pk"), *Return.objects.values_list("pk")]


def check_totals(order: Order) -> None:
    """With everything invoiced, the ledger and the order name the same debt, and no line was charged a cent too much."""
    order.refresh_from_db()
    if order.state == Order.State.CANCELLED:
        return
    uninvoiced: Decimal = sum(
        (line.quantity - line.quantity_cancelled - line.quantity_invoiced for line in lines_of(order)), D(0)
    )
    assert uninvoiced == 0
    money = order_money(ACTOR, order.pk)
    assert money.invoiced == money.total
    assert money.balance == money.due
