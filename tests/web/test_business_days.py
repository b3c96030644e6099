"""A moment beside midnight belongs to one and the same business day wherever it shows, also when the clocks change."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from orderwell.domains.analytics.figures import every_cell
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.queries import sales
from orderwell.domains.automation.printing.invoices import invoices as printed_invoices
from orderwell.domains.automation.printing.orders import confirmations
from orderwell.domains.automation.printing.shipments import delivery_notes
from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.statement import account_statement
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import business_day, day_bounds, utc_now
from orderwell.platform.printing.contents import Say
from orderwell.testing.actors import owner as boss
from orderwell.web.lists import source
from tests.web.test_lists import exported_from

SAY = Say("en")
# A zone, and the day on which its clocks change; the others have none, and one is 14 hours ahead.
DAYS = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Asia/Shanghai", date(2026, 3, 29)),
    ("Pacific/Kiritimati", date(2026, 1, 1)),
]


@pytest.fixture(autouse=True)
def kept_statements() -> Iterator[None]:
    """They hold the bounds of days in the zone of their process, which has only one outside of tests."""
    source._steady.clear()
    yield
    source._steady.clear()


def days_of(client: Client, name: str, column: str, day: date) -> list[str]:
    text = exported_from(client, name, f"?columns={column}&from={day}&to={day}").decode("utf-8-sig")
    return [row[0][:10] for row in list(csv.reader(io.StringIO(text)))[1:]]


@pytest.mark.parametrize(("zone", "middle"), DAYS)
def test_a_day_begins_and_ends_where_its_list_its_figure_and_its_papers_say(
    zone: str, middle: date, settings: Any, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    settings.TIME_ZONE = zone
    here, actor = ZoneInfo(zone), boss()
    days = [middle + timedelta(days=step) for step in (-1, 0, 1)]
    moments: list[tuple[date, datetime]] = []
    for day in days:
        first, after = day_bounds(day, here)
        moments += [(day, first), (day, after - timedelta(seconds=1))]
    client = browse("administrator")
    for day, now in moments:
        order_id = place(CUP=1, now=now)
        (shipment,) = ship(order_id=order_id, actor=actor, now=now)
        invoice = issue_invoice(order_id=order_id, actor=actor, now=now)
        order = Order.objects.get(pk=order_id)
        draft = PaymentDraft(order_id=order_id, amount=order.total_amount, method="bank", reference=f"R{order_id}")
        record_payment(payment=draft, actor=actor, now=now)
        for paper in (
            confirmations([order_id], actor, SAY)[0],
            delivery_notes([shipment.pk], actor, SAY)[0],
            printed_invoices([invoice.pk], actor, SAY)[0],
        ):
            assert day.isoformat() in [value for _title, value in paper.facts], paper.title
    assert Shipment.objects.count() == Invoice.objects.count() == len(moments)
    for day in days:
        for name, column in (
            ("orders", "placed"),
            ("invoices", "issued"),
            ("payments", "received"),
            ("shipments", "shipped"),
        ):
            assert days_of(client, name, column, day) == [day.isoformat()] * 2, name
        cells = list(every_cell(Period(day, day), here))
        assert [(cell.day, cell.figure.orders) for cell in cells] == [(day, 2)]
        found = sales(actor=actor, period=Period(day, day), zone=here, now=utc_now())
        assert found["CNY"].total.orders == 2
        account = account_statement(actor, order.customer_id or 0, first=day, last=day, currency="CNY", zone=here)
        assert {business_day(line.occurred_at, here) for line in account.lines} == {day} and len(account.lines) == 4
    cells = list(every_cell(Period(days[0], days[-1]), here))
    by_day = {day: sum(cell.figure.orders for cell in cells if cell.day == day) for day in days}
    assert by_day == dict.fromkeys(days, 2)
