"""Every list for somebody who sees one channel, one warehouse or one team: the page and its files have the same rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.testing.actors import limited
from orderwell.testing.actors import owner as the_owner
from orderwell.web.lists.registry import specs
from tests.web.test_every_list import NAMES, check_every_look
from tests.web.test_export_cells import check_files

LIMITS = ("channel", "warehouse", "team")


@pytest.fixture(scope="module")
def kept_halves(kept_every_list: Actor) -> dict[str, int]:
    """The company once more in another channel, another warehouse and another team; the keys of those three."""
    from orderwell.domains.automation.services.take_back import take_back
    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
    from orderwell.domains.cases.models import Rating
    from orderwell.domains.cases.services.open_case import CaseDraft, open_case
    from orderwell.domains.fulfilment.models import ShipmentLine
    from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
    from orderwell.domains.fulfilment.services.ship import ship
    from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
    from orderwell.domains.inventory.models import Warehouse
    from orderwell.domains.inventory.services.expect_receipt import expect_receipt
    from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
    from orderwell.domains.orders.models import Order
    from orderwell.domains.orders.outcomes import Placed
    from orderwell.domains.orders.services.place import place_orders
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.testing import factories

    actor, now = the_owner(), utc_now()
    south, team = Warehouse.objects.get(code="south"), factories.make_team("north team")
    north = factories.make_channel("north", backorder=True, warehouses=[south])
    factories.make_customer("C2", name="李雷", phone="13900000000", team=team)
    vase = factories.make_variant("VASE", price="30.00")
    factories.stock_up(vase, south, 10)
    expect_receipt(
        ExpectedReceiptDraft(
            reference="PO-2", sku="VASE", warehouse="south", quantity=Decimal(4), due_at=now + timedelta(days=2)
        ),
        actor=actor,
        now=now,
    )
    orders = []
    for count in (2, 1, 1, 30):
        draft = OrderDraft(
            channel="north",
            customer="C2",
            ship_to=AddressDraft(recipient="李雷", phone="13900000000", street="中山路2号", city="南京市"),
            lines=(LineDraft("VASE", Decimal(count)),),
        )
        outcome = place_orders([draft], actor=actor, now=now)[0]
        assert isinstance(outcome, Placed)
        orders.append(outcome.order_id)
    for order_id in orders[:2]:
        ship(order_id=order_id, actor=actor, now=now)
        issue_invoice(order_id=order_id, actor=actor, now=now)
        amount = Order.objects.get(pk=order_id).total_amount
        record_payment(payment=PaymentDraft(order_id=order_id, amount=amount, method="bank"), actor=actor, now=now)
    line = ShipmentLine.objects.get(shipment__order_id=orders[0]).order_line_id
    take_back(order_id=orders[0], lines=[ReturnedUnits(line, Decimal(1), "scrap")], reason="late", actor=actor, now=now)
    Rating.objects.create(order_id=orders[0], score=2, comment="bad", created_at=now)
    asked = CaseDraft(kind="question", subject="north", body="Where?", direction="in", order_id=orders[0])
    open_case(draft=asked, actor=system_actor(source="test", label="post"), now=now)
    return {"channel": north.pk, "warehouse": south.pk, "team": team.pk}


@pytest.fixture
def halves(kept_halves: dict[str, int], every_list: Actor) -> dict[str, int]:
    return kept_halves


# What a limit takes from a list, "some" or "all" of it: all of what nobody can tell whose it is. The lists that are not
# named are the same to everybody.
TAKEN = {
    "cases": {"channel": "some", "team": "some"},
    "credit-notes": {"channel": "some", "team": "some"},
    "customers": {"team": "some"},
    "dead-letters": {"channel": "all", "team": "all"},
    "events": dict.fromkeys(LIMITS, "some"),
    "expected": {"warehouse": "some"},
    "imports": dict.fromkeys(LIMITS, "all"),
    "invoices": {"channel": "some", "team": "some"},
    "jobs": dict.fromkeys(LIMITS, "all"),
    "lines-to-ship": dict.fromkeys(LIMITS, "some"),
    "movements": {"warehouse": "some"},
    "order-lines": {"channel": "some", "team": "some"},
    "orders": {"channel": "some", "team": "some"},
    "payments": {"channel": "some", "team": "some"},
    "ratings": {"channel": "some", "team": "some"},
    "returns": {"channel": "some", "team": "some"},
    "shipments": dict.fromkeys(LIMITS, "some"),
    "stock": {"warehouse": "some"},
    "to-ship": dict.fromkeys(LIMITS, "some"),
    "users": dict.fromkeys(LIMITS, "some"),
}
# Columns that say less of a row to who knows less: what a customer owes, what a movement is for, what lies in warehouses.
BY_WHO_LOOKS = {("customers", "balance"), ("movements", "cause"), ("products", "on_hand"), ("products", "free")}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("name", NAMES)
def test_who_sees_some_rows_exports_the_rows_of_the_list_and_no_other(
    name: str, limit: str, halves: dict[str, int], browse: Callable[..., Client]
) -> None:
    """Cell by cell, beside somebody who sees every row and asks before and after."""
    spec = specs()[name]
    query = f"?view=all&columns={','.join(column.key for column in spec.columns)}"
    boss = browse("administrator", username="boss")
    one = browse("administrator", username="one", limits={limit: [halves[limit]]})
    every, few, again = (check_files(client, name, query, spec.columns, "en") for client in (boss, one, boss))
    assert every == again and every
    own = [(name, column.key) in BY_WHO_LOOKS for column in spec.columns]
    known = [[cell for cell, skip in zip(row, own, strict=False) if not skip] for row in every]
    assert all([cell for cell, skip in zip(row, own, strict=False) if not skip] in known for row in few)
    taken = TAKEN.get(name, {}).get(limit)
    assert {"some": 0 < len(few) < len(every), "all": not few, None: len(few) == len(every)}[taken]


@pytest.mark.parametrize("name", NAMES)
def test_every_filter_and_order_leaves_who_sees_some_rows_the_same_in_list_count_and_file(
    name: str, halves: dict[str, int]
) -> None:
    alone = [limited(the_owner(), **{f"{kind}s": frozenset({halves[kind]})}) for kind in LIMITS]
    together = limited(the_owner(), **{f"{kind}s": frozenset({halves[kind]}) for kind in LIMITS})
    for actor in (*alone, together):
        check_every_look(specs()[name], actor)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_worker_exports_with_the_limits_of_who_asked(limit: str, halves: dict[str, int]) -> None:
    from orderwell.domains.fulfilment.models import Shipment
    from orderwell.platform.accounts.actor import actor_as_json
    from orderwell.platform.views.models import Export
    from orderwell.platform.views.queries import holder_of
    from orderwell.platform.views.services.exports import run_export

    actor = limited(the_owner(), **{f"{limit}s": frozenset({halves[limit]})})
    waiting = Export.objects.create(
        token="t",
        list_name="shipments",
        format="csv",
        columns=["number"],
        language="en",
        holder=holder_of(actor),
        actor_label=actor.label,
        file_name="shipments.csv",
        created_at=utc_now(),
    )
    run_export.func(waiting.pk, actor_as_json(actor))
    waiting.refresh_from_db()
    assert (
        0 < waiting.rows == Shipment.objects.filter(order__channel=halves["channel"]).count() < Shipment.objects.count()
    )
