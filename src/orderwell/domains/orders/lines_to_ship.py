"""What is reserved, line by line, in the order of `MOST_URGENT_FIRST`: the lines of the order that is due first come first.

When an order is due stands at the order alone, and no index spans two tables. So the orders are read in the order of their
index, and the reservations of each are looked up: a page takes as many steps as it has rows, however many wait, and placing an
order writes nothing for it. Where few reservations can match, these are read and put in order.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Exists, Field, IntegerField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from orderwell.domains.inventory.models import Reservation, StockItem
from orderwell.domains.orders.due import ReadyDue
from orderwell.domains.orders.line_list import reserved_lines
from orderwell.domains.orders.queries import few_reserved_in, warehouse_key
from orderwell.platform.accounts.actor import Actor

# As rows are annotated: when the order is due, how urgent it is, its key.
BY_URGENCY = ("due", "urgency", "of_order", "id")
COMPUTED: dict[str, Field[Any, Any]] = {
    "due": DateTimeField(),
    "urgency": IntegerField(),
    "of_order": BigIntegerField(),
}
_ORDER, _LINE = "orders_order", "orders_orderline"
_COLUMNS = [f'"{_ORDER}"."{name}"' for name in ReadyDue.columns]
_DUE = f"COALESCE({', '.join(_COLUMNS[2:])})"
_STANDING = f'"{_ORDER}"."state" = \'placed\''
_HELD = f'"{_ORDER}"."on_hold"'
# Joined so that only the right side can be looked up by the left: orders, their lines, what is reserved for these.
_FROM_ORDERS = (f'"{_LINE}"."order_id" = + "{_ORDER}"."id"', f'"inventory_reservation"."line_id" = + "{_LINE}"."id"')
_FROM_RESERVATIONS = (
    f'"{_LINE}"."id" = + "inventory_reservation"."line_id"',
    f'"{_ORDER}"."id" = + "{_LINE}"."order_id"',
)


def lines_by_urgency(
    actor: Actor, *, product_id: int | None = None, warehouse: str = "", sku: str = "", held: bool = False
) -> list[QuerySet[Reservation]]:
    """Disjoint parts of `reserved_lines`, annotated for `BY_URGENCY`; `held` has also those of orders on hold."""
    few = few_reserved_in(warehouse) if warehouse else None
    if product_id is not None or sku or few is not None:
        rows = reserved_lines(actor, product_id=product_id, warehouse=warehouse, sku=sku, ready=False)
        if few is not None:
            rows = rows.filter(line_id__in=few)
        which = (_STANDING,) if held else (_STANDING, f"NOT {_HELD}")
        return [_joined(rows, _DUE, *_FROM_RESERVATIONS, *which)]
    rows = reserved_lines(actor, ready=False)
    if warehouse:  # asked of each row: joined, all that the warehouse has would be read first
        there = StockItem.objects.filter(pk=OuterRef("stock_item_id"), warehouse=warehouse_key(warehouse))
        rows = rows.filter(Exists(there))
    due = ReadyDue.template.format(*_COLUMNS)
    ready = _joined(rows, due, *_FROM_ORDERS, f"{due} IS NOT NULL")
    return [ready, _joined(rows, _DUE, *_FROM_ORDERS, _HELD)] if held else [ready]


def _joined(rows: QuerySet[Reservation], due: str, *conditions: str) -> QuerySet[Reservation]:
    """`rows` with their line and order. Inventory knows of neither, so the join is written out."""
    joined: QuerySet[Reservation] = rows.extra(tables=[_LINE, _ORDER], where=list(conditions))  # noqa: S610  names of columns alone
    annotated: QuerySet[Reservation] = joined.annotate(
        due=RawSQL(due, (), output_field=DateTimeField()),  # noqa: S611
        urgency=RawSQL(f'"{_ORDER}"."priority"', (), output_field=IntegerField()),  # noqa: S611
        of_order=RawSQL(f'"{_ORDER}"."id"', (), output_field=BigIntegerField()),  # noqa: S611
    )
    return annotated
