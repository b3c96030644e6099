"""What must always hold of shipments and returns; `orderwell verify` recomputes it from the causes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from orderwell.domains.fulfilment.components import complete_units
from orderwell.domains.fulfilment.models import Return, ReturnedItem, ReturnLine, Shipment, ShipmentLine
from orderwell.domains.fulfilment.queries import shipped_components
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.domains.inventory.models import Reservation, StockMovement
from orderwell.domains.orders.models import Backorder, LineComponent, Order, OrderLine
from orderwell.platform.verify import Difference, LawResult, law

ZERO = Decimal(0)
CHUNK = 5_000
_LIVE = (Order.State.PLACED, Order.State.COMPLETED)


def _sums(rows: QuerySet[Any], key: str, value: str) -> dict[Any, Decimal]:
    return dict(rows.order_by().values_list(key).annotate(total=Sum(value)).values_list(key, "total"))


def _line_differences(right: Mapping[int, Decimal], kept: Mapping[int, Decimal]) -> list[Difference]:
    wrong = sorted(pk for pk in right.keys() | kept.keys() if right.get(pk, ZERO) != kept.get(pk, ZERO))
    rows = OrderLine.objects.filter(pk__in=wrong).values_list("pk", "order__number", "position")
    names = {pk: f"order {number} line {position}" for pk, number, position in rows}
    return [Difference(names.get(pk, f"line {pk}"), right.get(pk, ZERO), kept.get(pk, ZERO)) for pk in wrong]


@law("fulfilment.shipped_is_the_sum_of_shipments")
def shipped_is_the_sum_of_shipments() -> LawResult:
    """The shipped quantity of every line is what its shipments make: of a bundle, the units that are complete."""
    lines = OrderLine.objects.filter(order__history=False, kind=OrderLine.Kind.GOODS)
    plain = ShipmentLine.objects.filter(order_line__is_bundle=False)
    right = _sums(plain, "order_line_id", "quantity")
    shipped_lines = lines.exclude(quantity_shipped=0)
    kept = dict(shipped_lines.filter(is_bundle=False).values_list("pk", "quantity_shipped"))
    bundles = lines.filter(is_bundle=True).select_related("variant").prefetch_related("components")
    for line in bundles.order_by("pk").iterator(CHUNK):
        gone = shipped_components([line.pk])[line.pk]
        per_unit = {part.variant_id: part.quantity for part in line.components.all()}
        places = line.variant.quantity_places if line.variant else 0
        right[line.pk] = complete_units(gone, per_unit, places)
        kept[line.pk] = line.quantity_shipped
    return LawResult(lines.count(), _line_differences(right, kept))


@law("fulfilment.bundles_are_shipped_reserved_or_backordered")
def bundles_are_shipped_reserved_or_backordered() -> LawResult:
    """Of every component of a bundle line, all that is not cancelled has been shipped, is reserved or is backordered."""
    parts = LineComponent.objects.filter(
        line__order__history=False, line__order__state__in=_LIVE, line__kind=OrderLine.Kind.GOODS
    )
    covered: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    sources: list[tuple[QuerySet[Any], str, str]] = [
        (ShipmentLine.objects.filter(order_line__is_bundle=True), "order_line_id", "stock_item__variant_id"),
        (Reservation.objects.all(), "line_id", "stock_item__variant_id"),
        (Backorder.objects.filter(line__is_bundle=True), "line_id", "variant_id"),
    ]
    for rows, line, variant in sources:
        sums = rows.order_by().values_list(line, variant).annotate(total=Sum("quantity"))
        for line_id, variant_id, total in sums.values_list(line, variant, "total"):
            covered[line_id, variant_id] += total
    found, checked = [], 0
    columns = ("line_id", "variant_id", "quantity", "line__quantity", "line__quantity_cancelled")
    rows = parts.values_list(*columns, "line__order__number", "line__position", "variant__sku")
    for line_id, variant_id, each, quantity, cancelled, number, position, sku in rows.iterator(CHUNK):
        checked += 1
        wanted, there = each * (quantity - cancelled), covered[line_id, variant_id]
        if wanted != there:
            found.append(Difference(f"order {number} line {position} component {sku}", wanted, there))
    return LawResult(checked, found)


@law("fulfilment.returned_is_the_sum_of_returns")
def returned_is_the_sum_of_returns() -> LawResult:
    """The returned quantity of every line is the sum of its return lines; what was undone counts nothing."""
    standing = ReturnLine.objects.filter(order_line__isnull=False, return_document__undone_at=None)
    right = _sums(standing, "order_line_id", "quantity")
    kept = dict(OrderLine.objects.exclude(quantity_returned=0).values_list("pk", "quantity_returned"))
    return LawResult(OrderLine.objects.count(), _line_differences(right, kept))


@law("fulfilment.returned_items_match_shipments")
def returned_items_match_shipments() -> LawResult:
    """What a shipment line has back is the sum of the returned items that name it; what was undone counts nothing."""
    standing = ReturnedItem.objects.filter(shipment_line__isnull=False, return_line__return_document__undone_at=None)
    right = _sums(standing, "shipment_line_id", "quantity")
    kept = dict(ShipmentLine.objects.exclude(quantity_returned=0).values_list("pk", "quantity_returned"))
    wrong = sorted(pk for pk in right.keys() | kept.keys() if right.get(pk, ZERO) != kept.get(pk, ZERO))
    names = dict(ShipmentLine.objects.filter(pk__in=wrong).values_list("pk", "shipment__number"))
    found = [Difference(f"shipment {names.get(pk)}", right.get(pk, ZERO), kept.get(pk, ZERO)) for pk in wrong]
    return LawResult(ShipmentLine.objects.count(), found)


@law("fulfilment.unbilled_is_the_sum_of_settled_returns")
def unbilled_is_the_sum_of_settled_returns() -> LawResult:
    """What a line leaves unbilled came back with returns that stand and need no credit note; no other leaves any so."""
    rows = ReturnLine.objects.filter(quantity_unbilled__gt=0)
    right = _sums(rows, "order_line_id", "quantity_unbilled")
    lines = OrderLine.objects.filter(quantity_unbilled__gt=0)
    found = _line_differences(right, dict(lines.values_list("pk", "quantity_unbilled")))
    wrong = rows.filter(Q(return_document__settled_without="") | Q(return_document__undone_at__isnull=False))
    numbers = wrong.values_list("return_document__number", "quantity_unbilled").order_by("pk")
    found += [Difference(f"return {number}", ZERO, quantity) for number, quantity in numbers]
    return LawResult(lines.count(), found)


@law("fulfilment.waiting_returns_stand")
def waiting_returns_stand() -> LawResult:
    """What waits to be credited is of an order, stands, and nobody has said that nothing is to be credited for it."""
    rows = Return.objects.filter(awaits_credit=True)
    wrong = rows.exclude(history=False, order__isnull=False, undone_at=None, settled_without="")
    found = [Difference(f"return {number}", False, True) for number in wrong.values_list("number", flat=True)]
    return LawResult(rows.count(), found)


@law("fulfilment.stock_moves_with_goods")
def stock_moves_with_goods() -> LawResult:
    """Every shipment took from stock exactly its lines, and every return put back exactly what was restocked.

    A return that was undone has taken it out again: its movements come to nothing.
    """
    right: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    out = ShipmentLine.objects.order_by().values_list("shipment_id", "stock_item_id").annotate(total=Sum("quantity"))
    for shipment_id, item, total in out.values_list("shipment_id", "stock_item_id", "total"):
        right[f"shipment:{shipment_id}", item] -= total
    back = ReturnedItem.objects.filter(stock_item__isnull=False, return_line__return_document__undone_at=None)
    back_sums = (
        back.order_by().values_list("return_line__return_document_id", "stock_item_id").annotate(total=Sum("quantity"))
    )
    for return_id, item, total in back_sums.values_list("return_line__return_document_id", "stock_item_id", "total"):
        right[f"return:{return_id}", item] += total
    kinds = (StockMovement.Kind.SHIPMENT, StockMovement.Kind.RETURN)
    moves = StockMovement.objects.filter(kind__in=kinds).order_by()
    kept: dict[tuple[str, int], Decimal] = {}
    for cause, item, total in (
        moves.values_list("cause", "stock_item_id")
        .annotate(total=Sum("quantity"))
        .values_list("cause", "stock_item_id", "total")
    ):
        kept[cause, item] = total
    wrong = sorted(key for key in right.keys() | kept.keys() if right.get(key, ZERO) != kept.get(key, ZERO))
    found = [Difference(f"{key[0]} stock item {key[1]}", right.get(key, ZERO), kept.get(key, ZERO)) for key in wrong]
    return LawResult(len(right.keys() | kept.keys()), found)


@law("fulfilment.return_is_the_sum_of_its_lines")
def return_is_the_sum_of_its_lines() -> LawResult:
    """Net, tax and total of every return are the sums over its lines."""
    amounts = {name: Return._meta.get_field(name) for name in ("net_amount", "tax_amount", "gross_amount")}
    returns = Return.objects.annotate(
        net=Sum("lines__net_amount", default=ZERO, output_field=amounts["net_amount"]),
        tax=Sum("lines__tax_amount", default=ZERO, output_field=amounts["tax_amount"]),
    )
    wrong = returns.exclude(net_amount=F("net"), tax_amount=F("tax")).order_by("pk")
    found = [
        Difference(
            f"return {document.number}",
            f"{document.net} + {document.tax}",
            f"{document.net_amount} + {document.tax_amount}",
        )
        for document in wrong.iterator(CHUNK)
    ]
    return LawResult(Return.objects.count(), found)


@law("fulfilment.delivered_orders_arrived")
def delivered_orders_arrived() -> LawResult:
    """No order counts as delivered while one of its shipments is under way."""
    orders = Order.objects.filter(history=False, fulfilment_state=Order.FulfilmentState.DELIVERED)
    under_way = Shipment.objects.filter(order=OuterRef("pk")).exclude(state__in=SHIPMENT.final)
    wrong = orders.filter(Exists(under_way)).order_by("pk").values_list("number", "fulfilment_state")
    found = [Difference(f"order {number}", str(Order.FulfilmentState.SHIPPED), kept) for number, kept in wrong]
    return LawResult(orders.count(), found)
