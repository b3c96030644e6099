"""Returns and credits that happened elsewhere: recorded with their money, without touching stock or receivables.

A file seldom says which sale was returned. A line of goods is linked to the customer's latest earlier sale of the same
product that has enough units not returned yet; without one it stands alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.services.progress import record_returned
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PastReturnLine:
    """Goods when `variant_id` is given, otherwise a charge that was credited. `amount` is what was credited, untaxed."""

    sku: str
    name: str
    quantity: Decimal
    amount: Decimal
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class PastReturn:
    channel_id: int
    external_id: str
    customer_id: int | None
    currency: str
    received_at: datetime
    lines: Sequence[PastReturnLine]
    reason: str = ""


@dataclass(slots=True)
class _Sale:
    line_id: int
    order_id: int
    placed_at: datetime
    left: Decimal


def record_past_returns(returns: Sequence[PastReturn], *, actor: Actor, now: datetime) -> list[int]:
    """Record returns whose external ids are new to their channels; their ids. A fixed handful of statements."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        links = _link(returns)
        ids = allocate_ids({Return: len(returns)})[Return]
        numbers = numbers_of_keys("fulfilment.return_number_template", ids, now=now)
        bulk_insert(
            Return,
            (
                *("id", "number", "order", "customer", "channel", "external_id", "history", "reason", "currency"),
                *("net_amount", "tax_amount", "gross_amount", "received_at", "actor_label"),
            ),
            [
                (
                    *(pk, numbers[index], _single_order(index, past, links), past.customer_id),
                    *(past.channel_id, past.external_id, True, past.reason[:240], past.currency),
                    *((total := sum((line.amount for line in past.lines), ZERO)), ZERO, total),
                    *(past.received_at, actor.label),
                )
                for index, (pk, past) in enumerate(zip(ids, returns, strict=True))
            ],
        )
        bulk_insert(
            ReturnLine,
            (
                *("return_document", "order_line", "variant", "sku", "name", "quantity", "disposition", "tax_rate"),
                *("net_amount", "tax_amount", "gross_amount"),
            ),
            [
                (
                    *(pk, sale.line_id if (sale := links.get((index, at))) else None, line.variant_id, line.sku),
                    *(line.name[:240], line.quantity, ReturnLine.Disposition.NONE, ZERO),
                    *(line.amount, ZERO, line.amount),
                )
                for index, (pk, past) in enumerate(zip(ids, returns, strict=True))
                for at, line in enumerate(past.lines)
            ],
        )
        returned: dict[int, Decimal] = defaultdict(Decimal)
        for (index, at), sale in links.items():
            returned[sale.line_id] += returns[index].lines[at].quantity
        record_returned(returned)
        facts = [
            _fact(pk, numbers[index], past, _single_order(index, past, links))
            for index, (pk, past) in enumerate(zip(ids, returns, strict=True))
        ]
        record(facts, actor=actor, now=now)
    return list(ids)


def _fact(pk: int, number: str, past: PastReturn, order_id: int | None) -> Fact:
    subject = f"return:{pk}"
    amount = format(sum((line.amount for line in past.lines), ZERO), "f")
    data = {"number": number, "amount": amount, "currency": past.currency, "reason": past.reason}
    stream = subject if order_id is None else f"order:{order_id}"
    return Fact(FulfilmentEvent.RETURNED, stream, subject, data)


def _single_order(index: int, past: PastReturn, links: Mapping[tuple[int, int], _Sale]) -> int | None:
    """The order that a return as a whole belongs to: when all its goods came from one."""
    orders = {
        links[index, at].order_id if (index, at) in links else None
        for at, line in enumerate(past.lines)
        if line.variant_id
    }
    return orders.pop() if len(orders) == 1 else None


def _link(returns: Sequence[PastReturn]) -> dict[tuple[int, int], _Sale]:
    """(index of return, index of line) -> the sale it is linked to."""
    wanted = [
        (index, at, past, line)
        for index, past in enumerate(returns)
        if past.customer_id is not None
        for at, line in enumerate(past.lines)
        if line.variant_id is not None
    ]
    sales = _sales(
        {past.customer_id for _, _, past, _ in wanted if past.customer_id},
        {line.variant_id for _, _, _, line in wanted if line.variant_id},
    )
    links: dict[tuple[int, int], _Sale] = {}
    for index, at, past, line in sorted(wanted, key=lambda item: item[2].received_at):
        for sale in sales.get((past.channel_id, past.customer_id, line.variant_id), ()):
            if sale.placed_at <= past.received_at and sale.left >= line.quantity:
                sale.left -= line.quantity
                links[index, at] = sale
                break
    return links


def _sales(customers: set[int], variants: set[int]) -> dict[tuple[int, int | None, int | None], list[_Sale]]:
    """Past sales with something left to return, latest first, by channel, customer and product."""
    found: dict[tuple[int, int | None, int | None], list[_Sale]] = defaultdict(list)
    if not customers:
        return found
    rows = OrderLine.objects.filter(
        order__customer_id__in=customers, order__history=True, variant_id__in=variants
    ).values_list(
        "id",
        "order_id",
        "order__placed_at",
        "order__channel_id",
        "order__customer_id",
        "variant_id",
        "quantity_shipped",
        "quantity_returned",
    )
    for line, order, placed_at, channel, customer, variant, shipped, back in rows:
        if placed_at is not None and shipped > back:
            found[channel, customer, variant].append(_Sale(line, order, placed_at, shipped - back))
    for sales in found.values():
        sales.sort(key=lambda sale: (sale.placed_at, sale.line_id), reverse=True)
    return found


def remove_past_returns(return_ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Remove recorded past returns as if they had never been brought in."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        given_back: dict[int, Decimal] = defaultdict(Decimal)
        lines = ReturnLine.objects.filter(return_document__in=return_ids, return_document__history=True)
        for order_line, quantity in lines.filter(order_line__isnull=False).values_list("order_line_id", "quantity"):
            given_back[order_line] -= quantity
        record_returned(given_back)
        gone = Return.objects.filter(pk__in=return_ids, history=True)
        moments = list(gone.values_list("received_at", flat=True))
        gone.delete()
        if moments:
            # One event tells of all of them and of the days they had come back on.
            days = sorted({moment.astimezone(UTC).date().isoformat() for moment in moments})
            data = {"count": len(moments), "days": days}
            fact = Fact(FulfilmentEvent.RETURNS_REMOVED, "returns:removed", "returns:removed", data)
            record(fact, actor=actor, now=now)
