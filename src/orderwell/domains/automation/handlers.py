"""What follows from events across domains. A handler may run more than once for one event and must not mind."""

from __future__ import annotations

from orderwell.domains.automation.services.merge_customers import sweep
from orderwell.domains.billing.services.ledger import came_in
from orderwell.domains.customers.merges import merge_in_force
from orderwell.domains.fulfilment.services.track import everything_arrived
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.loading import lock_orders
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.database import atomic
from orderwell.platform.events.models import Event

DELIVERY = system_actor(label="delivery")
MONEY = system_actor(label="money")


def settle_delivery(event: Event) -> None:
    """What had not been shipped is cancelled: the order is delivered when all that was shipped has arrived."""
    order_id = int(event.stream.removeprefix("order:"))
    with atomic():
        if everything_arrived(order_id):
            refresh_states([order_id], actor=DELIVERY, now=utc_now(), delivered={order_id: True})


def settle_refunds(event: Event) -> None:
    """Money went back while something was still owed, and now nothing is: the order is refunded, not one without money."""
    order_id = int(event.stream.removeprefix("order:"))
    with atomic():
        order = lock_orders([order_id]).get(order_id)
        if order is None or order.history or order.payment_state != Order.PaymentState.NONE:
            return
        received = came_in(order_id)
        if received[order_id]:
            refresh_states([order_id], actor=MONEY, now=utc_now(), received=received)


def finish_merge(event: Event) -> None:
    """What was written to a merged customer in the very moment follows it."""
    merge = merge_in_force(int(event.data["merge_id"]))
    if merge is not None:
        sweep(merge)
