"""Short ways to say what the order tests need."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orderwell.domains.catalog.models import Channel, Variant
from orderwell.domains.inventory.models import Reservation, StockItem
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Outcome, Placed, Refused
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.snapshots import take_snapshot
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.verify import run_laws

ACTOR = system_actor(source="api", label="tests")


def draft(channel: Channel, *lines: tuple[Variant | str, Any], **values: Any) -> OrderDraft:
    return OrderDraft(
        channel=channel.code,
        lines=tuple(
            LineDraft(item if isinstance(item, str) else item.sku, Decimal(str(quantity))) for item, quantity in lines
        ),
        **values,
    )


def place(*drafts: OrderDraft, actor: Actor = ACTOR) -> list[Outcome]:
    return place_orders(drafts, actor=actor, now=utc_now())


def placed(order_draft: OrderDraft, actor: Actor = ACTOR) -> Order:
    outcome = place(order_draft, actor=actor)[0]
    assert isinstance(outcome, Placed), outcome
    return Order.objects.get(pk=outcome.order_id)


def refusal(order_draft: OrderDraft, actor: Actor = ACTOR) -> list[tuple[str, str | None]]:
    outcome = place(order_draft, actor=actor)[0]
    assert isinstance(outcome, Refused), outcome
    return [(error.code, error.pointer) for error in outcome.errors]


def lines(order: Order) -> list[OrderLine]:
    return list(order.lines.order_by("position"))


def reserved(line: OrderLine) -> dict[str, Decimal]:
    rows = Reservation.objects.filter(line_id=line.pk).values_list("stock_item__warehouse__code", "quantity")
    return dict(rows)


def stock(variant: Variant) -> dict[str, tuple[Decimal, Decimal]]:
    rows = StockItem.objects.filter(variant=variant).values_list("warehouse__code", "on_hand", "reserved")
    return {code: (on_hand, kept) for code, on_hand, kept in rows}


def state_of(order: Order) -> Any:
    """Money, tax, lines, reservations, backorders and promises as they are now, and the order's states."""
    row = Order.objects.get(pk=order.pk)
    return take_snapshot(order.pk), row.state, row.fulfilment_state, row.payment_state


def assert_lawful() -> None:
    broken = {verdict.law: verdict.result.differences for verdict in run_laws() if verdict.result.differences}
    assert not broken
