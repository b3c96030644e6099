"""Which products a rating speaks of."""

from __future__ import annotations

import pytest

from orderwell.domains.cases.ratings import rating_list, rating_summary
from orderwell.domains.cases.services.speak import rate
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.testing.actors import owner
from tests.domains.books import NOW, lines_of, place, stocked
from tests.domains.cases.desk import access

pytestmark = pytest.mark.django_db


def test_a_line_that_was_cancelled_is_not_rated() -> None:
    order = place([(stocked(20), 3), (stocked(20), 2)])
    kept, gone = lines_of(order)
    cancel_units(order_id=order.pk, lines={gone.pk: gone.quantity}, reason="sold out", actor=owner(), now=NOW)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    deliver(shipment_id=Shipment.objects.get().pk, actor=owner(), now=NOW)
    rate(access=access(Order.objects.get()), score=2, now=NOW)
    of_kept, of_gone = (line.variant.product_id for line in (kept, gone))  # type: ignore[union-attr]
    assert rating_summary(owner(), product_id=of_kept).average == 2
    assert rating_summary(owner(), product_id=of_gone).count == 0
    assert rating_list(owner(), product_id=of_gone).rows == []
