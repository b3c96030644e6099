"""Orders of which something left that is not invoiced: the list behind the bookkeeper's card has what the card has."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.waiting import orders_to_invoice, shipped_uninvoiced
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import OrderFilters, matching, order_count, order_list, order_parts
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from tests.domains.books import NOW, D, lines_of, place, stocked

pytestmark = pytest.mark.django_db
ACTOR = owner()
FILTERS = OrderFilters(to_invoice=True)


def sent(units: int, of: int) -> Order:
    order = place([(stocked(), of)])
    ship(order_id=order.pk, lines={lines_of(order)[0].pk: D(units)}, actor=ACTOR, now=NOW)
    return order


def invoice(order: Order, units: int | None = None) -> None:
    quantities = None if units is None else {lines_of(order)[0].pk: D(units)}
    issue_invoice(order_id=order.pk, quantities=quantities, actor=ACTOR, now=NOW)


def test_what_left_and_is_not_invoiced_and_nothing_else() -> None:
    waiting = [sent(2, 2), sent(1, 2), sent(2, 2), sent(3, 4)]
    invoice(waiting[2], 1)
    invoice(waiting[3], 2)
    done = [sent(2, 2), sent(1, 2), place([(stocked(), 2)])]
    invoice(done[0])
    invoice(done[1], 1)  # what left is invoiced, the rest is still here
    called_off = place([(stocked(), 2)])
    cancel_units(order_id=called_off.pk, lines=None, reason="gone", actor=ACTOR, now=NOW)
    past = sent(2, 2)
    Order.objects.filter(pk=past.pk).update(history=True)

    ids = [order.pk for order in waiting]
    assert [order.pk for order in orders_to_invoice(ACTOR, limit=50)] == ids
    assert [order.pk for order in order_list(ACTOR, FILTERS, now=NOW).rows] == ids[::-1]
    assert order_count(ACTOR, FILTERS, now=NOW) == 4
    mine = limited(owner(), channels=frozenset({waiting[1].channel_id}))
    assert [order.pk for order in orders_to_invoice(mine, limit=50)] == [waiting[1].pk]
    assert matching(mine, FILTERS, now=NOW).get().pk == waiting[1].pk
    with pytest.raises(PermissionDenied):
        orders_to_invoice(outsider(), limit=1)
    # Sums are those of the rows.
    left = sum((order.total_amount - order.invoiced_amount for order in orders_to_invoice(ACTOR, limit=50)), Decimal(0))
    assert left == 20 + 20 + 10 + 20


def test_what_is_shipped_and_not_invoiced_comes_to_what_an_invoice_over_it_does() -> None:
    variant = stocked(price="3.33")
    order = place([(variant, 7), (stocked(), 5)], shipping="12.00", discount="1.00")
    first, second, charge = lines_of(order)
    for units in (2, 3):
        ship(order_id=order.pk, lines={first.pk: D(units)}, actor=ACTOR, now=NOW)
        (row,) = orders_to_invoice(ACTOR, limit=5)
        waiting = shipped_uninvoiced(ACTOR, [row])
        made = issue_invoice(order_id=order.pk, quantities={first.pk: D(units)}, actor=ACTOR, now=NOW)
        assert waiting == {order.pk: made.gross_amount} and made.gross_amount < 19
    assert charge.kind == "shipping"
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    (row,) = orders_to_invoice(ACTOR, limit=5)
    assert shipped_uninvoiced(ACTOR, [row]) == {order.pk: row.total_amount - row.invoiced_amount}
    assert shipped_uninvoiced(outsider(), [row]) == {}
    assert second.quantity == 5


def test_an_index_of_its_own_has_them_in_the_order_of_the_list() -> None:
    for rows in (
        order_parts(ACTOR, FILTERS, now=NOW)[0].order_by("-placed_at", "-id"),
        matching(ACTOR, FILTERS, now=NOW),
    ):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
        assert "order_uninvoiced" in rows.explain()
