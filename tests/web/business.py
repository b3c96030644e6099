"""A company that did a little of everything, for what holds of every list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from tests.web.conftest import open_company, place_order

FORMULA = '=HYPERLINK("http://x")'


def do_business() -> Actor:
    """A few rows in every list: orders in several states, what was shipped, returned, invoiced, paid."""
    from orderwell.domains.automation.services.take_back import take_back
    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
    from orderwell.domains.customers.drafts import CustomerDraft
    from orderwell.domains.customers.services.save_customer import save_customer
    from orderwell.domains.fulfilment.models import ShipmentLine
    from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
    from orderwell.domains.fulfilment.services.ship import ship
    from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
    from orderwell.domains.inventory.services.expect_receipt import expect_receipt
    from orderwell.domains.orders.models import Order
    from orderwell.domains.orders.services.hold import place_hold
    from orderwell.testing.actors import owner
    from orderwell.testing.factories import make_price_list

    open_company()
    actor, now = owner(), utc_now()
    due_at = now + timedelta(days=3)
    announced = ExpectedReceiptDraft(
        reference="PO-1", sku="CUP", warehouse="main", quantity=Decimal(40), due_at=due_at, supplier="Jingdezhen"
    )
    expect_receipt(announced, actor=actor, now=now)
    make_price_list(code="wholesale", everyone=True)
    make_price_list(code="over", currency="USD", valid_until=date(2020, 1, 1))
    save_customer(CustomerDraft(name="Acme", kind="company", tags=("gold",)), actor=actor, now=now)
    orders = [place_order(CUP=1, external_id=f"E{n}") for n in range(5)] + [place_order(CUP=50)]
    place_hold(order_id=orders[0], kind="address", reason="look", actor=actor, now=now)
    for order_id in orders[1:3]:
        ship(order_id=order_id, actor=actor, now=now)
        issue_invoice(order_id=order_id, actor=actor, now=now)
        amount = Order.objects.get(pk=order_id).total_amount
        record_payment(
            payment=PaymentDraft(order_id=order_id, amount=amount, method="bank", reference=f"R{order_id}"),
            actor=actor,
            now=now,
        )
    shipped = ShipmentLine.objects.filter(shipment__order_id=orders[1]).get()
    take_back(
        order_id=orders[1],
        lines=[ReturnedUnits(shipped.order_line_id, Decimal(1), "scrap")],
        reason="broken",
        actor=actor,
        now=now,
    )
    said_and_moved(actor, orders[1], now)
    return actor


def said_and_moved(actor: Actor, order_id: int, now: datetime) -> None:
    """Two cases, a rating and a transfer."""
    from orderwell.domains.cases.models import Rating
    from orderwell.domains.cases.services.open_case import CaseDraft, open_case
    from orderwell.domains.inventory.drafts import TransferDraft, TransferLineDraft
    from orderwell.domains.inventory.services.transfer_stock import create_transfer
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.testing.factories import make_warehouse

    for kind, about in (("question", order_id), ("complaint", None)):
        draft = CaseDraft(kind=kind, subject=kind, body="Where is it?", direction="in", order_id=about)
        open_case(draft=draft, actor=system_actor(source="test", label="post"), now=now)
    Rating.objects.create(order_id=order_id, score=4, comment="good", created_at=now)
    make_warehouse("south")
    pots = (TransferLineDraft(sku="POT", quantity=Decimal(1)),)
    create_transfer(TransferDraft(origin="main", destination="south", lines=pots), actor=actor, now=now)


def fill_every_list() -> None:
    """Rows also where work in the background leaves them, and texts that a spreadsheet would take for formulas."""
    from django_tasks_db.models import DBTaskResult

    from orderwell.domains.customers.models import Customer
    from orderwell.domains.integrations.models import ImportBatch
    from orderwell.domains.orders.models import Order
    from orderwell.platform.events.models import Delivery, Event

    now = utc_now()
    ImportBatch.objects.create(
        entity="orders",
        mode="live",
        state="done",
        file_name="+orders.csv",
        file_path="x",
        sha256="0" * 64,
        lines=1200,
        done=1199,
        refused=1,
        actor_label="@boss",
        created_at=now,
    )
    DBTaskResult.objects.create(
        task_path="orderwell.platform.views.services.exports.run_export",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        queue_name="default",
        run_after=now,
        exception_class_path="builtins.ValueError",
        traceback="",
    )
    event = Event.objects.filter(stream__startswith="order:").order_by("pk")[0]
    Delivery.objects.create(
        event=event,
        stream=event.stream,
        subscriber="s",
        state="dead",
        attempts=10,
        next_attempt_at=now,
        last_error="-x",
    )
    Customer.objects.filter(name="Acme").update(name=FORMULA)
    Order.objects.update(note="-1+1", ship_city="@Home", ship_country="CN")
