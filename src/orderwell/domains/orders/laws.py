"""What must always hold of orders; `orderwell verify` recomputes it from the causes and names every difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.derivation import GoodsLine, fulfilment_state, payment_state
from orderwell.domains.orders.models import Backorder, Cancellation, Hold, Order, OrderLine
from orderwell.domains.orders.pricing import Amounts, line_amounts
from orderwell.platform.verify import Difference, LawResult, law

ZERO = Decimal(0)
CHUNK = 5_000
_PROMISING = (Order.State.PLACED, Order.State.COMPLETED, Order.State.CANCELLED)


def _sums(rows: QuerySet[Any], key: str, value: str) -> dict[Any, Decimal]:
    return dict(rows.order_by().values_list(key).annotate(total=Sum(value)).values_list(key, "total"))


@law("orders.order_is_the_sum_of_its_lines")
def order_is_the_sum_of_its_lines() -> LawResult:
    """Net, tax and total of every order are the sums over its lines."""
    orders = Order.objects.annotate(
        net=Sum("lines__net_amount", default=ZERO, output_field=Order._meta.get_field("net_amount")),
        tax=Sum("lines__tax_amount", default=ZERO, output_field=Order._meta.get_field("tax_amount")),
    )
    wrong = orders.exclude(net_amount=F("net"), tax_amount=F("tax")).defer("ship_to").order_by("pk")
    found = [
        Difference(f"order {order.number}", f"{order.net} + {order.tax}", f"{order.net_amount} + {order.tax_amount}")
        for order in wrong.iterator(CHUNK)
    ]
    return LawResult(Order.objects.count(), found)


@law("orders.line_amounts_follow_from_price")
def line_amounts_follow_from_price() -> LawResult:
    """Every line's amounts are what price, discounts and tax rate give for its units that money is asked for.

    Where all of them are invoiced it is what they were charged: with the rounding that an invoice taken back left.
    """
    checked, found = 0, []
    lines = OrderLine.objects.select_related("order").only(
        *(
            "order__number",
            "order__currency",
            "order__prices_include_tax",
            "position",
            "quantity",
            "quantity_cancelled",
            "quantity_unbilled",
            "quantity_invoiced",
            "rounding_net",
            "rounding_tax",
        ),
        *(
            "unit_price",
            "line_discount",
            "order_discount_share",
            "tax_rate",
            "net_amount",
            "tax_amount",
            "gross_amount",
        ),
    )
    for line in lines.order_by("pk").iterator(CHUNK):
        checked += 1
        right = line_amounts(line.order, line)
        stored = Amounts(line.net_amount, line.tax_amount, line.gross_amount)
        if right != stored:
            found.append(Difference(f"order {line.order.number} line {line.position}", right, stored))
    return LawResult(checked, found)


@law("orders.discount_is_spread_over_lines")
def discount_is_spread_over_lines() -> LawResult:
    """The discount of an order is the sum of its lines' shares."""
    orders = Order.objects.annotate(
        spread=Sum("lines__order_discount_share", default=ZERO, output_field=Order._meta.get_field("order_discount"))
    )
    wrong = orders.exclude(order_discount=F("spread")).order_by("pk").values_list("number", "spread", "order_discount")
    return LawResult(Order.objects.count(), [Difference(f"order {n}", spread, kept) for n, spread, kept in wrong])


@law("orders.cancelled_is_the_sum_of_cancellations")
def cancelled_is_the_sum_of_cancellations() -> LawResult:
    """The cancelled quantity of every line is the sum of its cancellations."""
    causes = _sums(Cancellation.objects.all(), "line_id", "quantity")
    kept = dict(OrderLine.objects.exclude(quantity_cancelled=0).values_list("pk", "quantity_cancelled"))
    return LawResult(OrderLine.objects.count(), list(_compare(causes, kept)))


@law("orders.promises_cover_demand")
def promises_cover_demand() -> LawResult:
    """Of every goods line, what is neither cancelled nor shipped is reserved or backordered. Bundles: see fulfilment."""
    promised: dict[int, Decimal] = defaultdict(Decimal)
    for rows in (Reservation.objects.all(), Backorder.objects.all()):
        for line_id, quantity in _sums(rows, "line_id", "quantity").items():
            promised[line_id] += quantity
    lines = OrderLine.objects.filter(
        kind=OrderLine.Kind.GOODS, is_bundle=False, order__history=False, order__state__in=_PROMISING
    )
    still_open = lines.exclude(quantity=F("quantity_cancelled") + F("quantity_shipped"))
    wanted = {
        pk: quantity - cancelled - shipped
        for pk, quantity, cancelled, shipped in still_open.values_list(
            "pk", "quantity", "quantity_cancelled", "quantity_shipped"
        ).iterator(CHUNK)
    }
    bundles = set(OrderLine.objects.filter(is_bundle=True).values_list("pk", flat=True))
    plain = {pk: quantity for pk, quantity in promised.items() if pk not in bundles}
    return LawResult(lines.count(), list(_compare(wanted, plain)))


def _compare(right: dict[int, Decimal], kept: dict[int, Decimal]) -> Iterator[Difference]:
    """Differences between two sums by line id, named by order and line."""
    wrong = [pk for pk in right.keys() | kept.keys() if right.get(pk, ZERO) != kept.get(pk, ZERO)]
    names = _line_names(wrong)
    for pk in sorted(wrong):
        yield Difference(names.get(pk, f"line {pk}, which does not exist"), right.get(pk, ZERO), kept.get(pk, ZERO))


def _line_names(line_ids: Iterable[int]) -> dict[int, str]:
    rows = OrderLine.objects.filter(pk__in=list(line_ids)).values_list("pk", "order__number", "position")
    return {pk: f"order {number} line {position}" for pk, number, position in rows}


@law("orders.reservations_belong_to_lines")
def reservations_belong_to_lines() -> LawResult:
    """Every reservation is for the stocked variant of an existing line of an order that is placed."""
    line = OrderLine.objects.filter(pk=OuterRef("line_id"), order__state=Order.State.PLACED)
    item = OuterRef("stock_item__variant_id")
    fits = line.filter(Q(variant_id=item) | Q(components__variant_id=item))
    wrong = Reservation.objects.filter(~Exists(fits)).values_list("pk", "line_id", "quantity")
    found = [Difference(f"reservation {pk} of line {line_id}", ZERO, quantity) for pk, line_id, quantity in wrong]
    return LawResult(Reservation.objects.count(), found)


@law("orders.promises_are_as_urgent_as_their_order")
def promises_are_as_urgent_as_their_order() -> LawResult:
    """What is reserved and what is waited for has the priority that the order has now."""
    of_line = OrderLine.objects.filter(pk=OuterRef("line_id")).values("order__priority")[:1]
    kept = Reservation.objects.annotate(wanted=Subquery(of_line)).exclude(priority=F("wanted"))
    waiting = Backorder.objects.exclude(priority=F("line__order__priority"))
    found = [
        Difference(f"reservation {pk} of line {line}", wanted, priority)
        for pk, line, wanted, priority in kept.values_list("pk", "line_id", "wanted", "priority")
    ]
    found += [
        Difference(f"backorder {pk} of line {line}", wanted, priority)
        for pk, line, wanted, priority in waiting.values_list("pk", "line_id", "line__order__priority", "priority")
    ]
    return LawResult(Reservation.objects.count() + Backorder.objects.count(), found)


@law("orders.hold_flag_follows_holds")
def hold_flag_follows_holds() -> LawResult:
    """An order is marked as held exactly while a hold is active."""
    active = Hold.objects.filter(order=OuterRef("pk"), released_at=None)
    wrong = (
        Order.objects.annotate(held=Exists(active)).exclude(on_hold=F("held")).values_list("number", "held", "on_hold")
    )
    return LawResult(Order.objects.count(), [Difference(f"order {n}", held, kept) for n, held, kept in wrong])


@law("orders.states_follow_from_lines_and_money")
def states_follow_from_lines_and_money() -> LawResult:
    """Fulfilment and payment states are those that lines and money give."""
    waiting = set(Backorder.objects.values_list("line_id", flat=True))
    checked, found = 0, []
    chunk: list[Order] = []
    orders = Order.objects.filter(history=False).exclude(state=Order.State.DRAFT).defer("ship_to").order_by("pk")
    for order in orders.iterator(CHUNK):
        checked += 1
        chunk.append(order)
        if len(chunk) == CHUNK:
            found += _state_differences(chunk, waiting)
            chunk = []
    return LawResult(checked, found + _state_differences(chunk, waiting))


def _state_differences(orders: list[Order], waiting: set[int]) -> list[Difference]:
    lines: dict[int, list[GoodsLine]] = defaultdict(list)
    rows = OrderLine.objects.filter(order_id__in=[order.pk for order in orders], kind=OrderLine.Kind.GOODS).values_list(
        "pk", "order_id", "quantity", "quantity_cancelled", "quantity_shipped", "quantity_returned"
    )
    for pk, order_id, quantity, cancelled, shipped, returned in rows:
        lines[order_id].append(GoodsLine(quantity, cancelled, shipped, returned, pk in waiting))
    found = []
    for order in orders:
        if order.state == Order.State.CANCELLED and not lines[order.pk]:
            continue
        # Whether everything arrived, and whether money that went back ever came in, is for fulfilment and billing to say.
        arrived = order.fulfilment_state == Order.FulfilmentState.DELIVERED
        came_in = order.paid_amount > 0 or order.payment_state == Order.PaymentState.REFUNDED
        right = (
            str(fulfilment_state(lines[order.pk], all_delivered=arrived)),
            str(
                payment_state(
                    total=order.total_amount, credited=order.credited_amount, paid=order.paid_amount, received=came_in
                )
            ),
        )
        kept = (order.fulfilment_state, order.payment_state)
        if right != kept:
            found.append(Difference(f"order {order.number}", " / ".join(right), " / ".join(kept)))
    return found


@law("orders.merged_customers_own_none")
def merged_customers_own_none() -> LawResult:
    """No order belongs to a customer who became part of another: all of theirs moved along."""
    wrong = Order.objects.filter(customer__merged_into__isnull=False).order_by("pk")
    rows = wrong.values_list("number", "customer__merged_into__number", "customer__number")
    found = [Difference(f"order {number}", survivor, merged) for number, survivor, merged in rows.iterator(CHUNK)]
    return LawResult(Order.objects.count(), found)
