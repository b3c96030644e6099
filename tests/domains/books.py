"""What tests of order to cash share: a placed order with stock, and the question whether all books agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from orderwell.domains.catalog.models import Variant
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.platform.verify import run_laws
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_channel, make_customer, make_variant, make_warehouse, stock_up

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
D = Decimal


def place(
    lines: Sequence[tuple[Variant, int | str]],
    *,
    discount: str = "0",
    line_discount: str = "0",
    shipping: str = "0",
    prices_include_tax: bool = True,
    backorder: bool = False,
    warehouses: Sequence[Warehouse] = (),
) -> Order:
    channel = make_channel(prices_include_tax=prices_include_tax, backorder=backorder, warehouses=warehouses)
    draft = OrderDraft(
        channel=channel.code,
        customer=make_customer().number,
        lines=tuple(LineDraft(variant.sku, D(quantity), None, D(line_discount)) for variant, quantity in lines),
        discount=D(discount),
        shipping=D(shipping),
    )
    (outcome,) = place_orders([draft], actor=owner(), now=NOW)
    assert isinstance(outcome, Placed), outcome
    return Order.objects.get(pk=outcome.order_id)


def stocked(quantity: int = 100, price: str = "10.00", warehouse: Warehouse | None = None, **more: object) -> Variant:
    variant = make_variant(price=price, **more)  # type: ignore[arg-type]
    stock_up(variant, warehouse or make_warehouse(), quantity)
    return variant


def lines_of(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=order).order_by("position"))


def differences() -> list[object]:
    """Everything any law finds wrong; the books agree when it is empty."""
    return [(verdict.law, item) for verdict in run_laws() for item in verdict.result.differences]
