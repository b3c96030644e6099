"""A template with `{year}` gives every kind of document the business year in which it was made."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orderwell.domains.billing.queries import invoices
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.past_returns import PastReturn, PastReturnLine, record_past_returns
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.drafts import CountDraft, TransferDraft, TransferLineDraft
from orderwell.domains.inventory.services.count_stock import open_count
from orderwell.domains.inventory.services.transfer_stock import create_transfer
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.finding import find_orders
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.configuration.services import options, set_value
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_channel, make_customer, make_variant, make_warehouse, stock_up

pytestmark = pytest.mark.django_db

# Half past midnight in Shanghai; in UTC it is still the old year.
NOW = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)


@pytest.fixture
def order(settings: Any) -> Order:
    settings.TIME_ZONE = "Asia/Shanghai"
    for option in options():
        if option.kind.name == "number_template":
            set_value(key=option.key, value="N-{year}-{value:06d}", actor=owner(), now=NOW)
    stock_up(make_variant("CUP", price="20.00"), make_warehouse("main"), 10)
    make_warehouse("east")
    make_customer("C1")
    draft = OrderDraft(channel=make_channel("shop").code, customer="C1", lines=(LineDraft("CUP", Decimal(3)),))
    outcome = place_orders([draft], actor=owner(), now=NOW)[0]
    assert isinstance(outcome, Placed), outcome
    return Order.objects.get(pk=outcome.order_id)


def test_every_kind_of_number_has_the_business_year(order: Order) -> None:
    actor = owner()
    shipment = ship(order_id=order.pk, actor=actor, now=NOW)[0]
    units = [ReturnedUnits(order.lines.get().pk, Decimal(1), "scrap", None)]
    past = PastReturn(
        order.channel_id, "OLD-1", None, "CNY", NOW, [PastReturnLine("FEE", "Fee", Decimal(1), Decimal(5))]
    )
    line = TransferLineDraft(sku="CUP", quantity=Decimal(1))
    made = {
        "order": order.number,
        "customer": save_customer(CustomerDraft(name="Yi"), actor=actor, now=NOW).number,
        "shipment": shipment.number,
        "return": record_return(order_id=order.pk, lines=units, reason="broken", actor=actor, now=NOW).number,
        "past return": Return.objects.get(pk=record_past_returns([past], actor=actor, now=NOW)[0]).number,
        "invoice": issue_invoice(order_id=order.pk, actor=actor, now=NOW).number,
        "transfer": create_transfer(
            TransferDraft(origin="main", destination="east", lines=(line,)), actor=actor, now=NOW
        ).number,
        "count": open_count(CountDraft(warehouse="main"), actor=actor, now=NOW).number,
        "case": open_case(
            draft=CaseDraft("question", "Where is it?", order_id=order.pk), actor=system_actor(), now=NOW
        ).number,
    }
    assert {kind: number for kind, number in made.items() if not number.startswith("N-2026-")} == {}


def test_a_short_number_finds_the_order_of_whatever_year_and_template(order: Order) -> None:
    set_value(key="orders.number_template", value="SO{value:08d}", actor=owner(), now=NOW)
    for typed in (str(order.pk), f"n-{order.pk}", order.number.lower()):
        assert [row.pk for row in find_orders(owner(), typed, limit=5)] == [order.pk], typed
    assert find_orders(owner(), f"SO{order.pk}", limit=5) == []
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert invoices(owner(), text=str(order.pk)).count() == 1
