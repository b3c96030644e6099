"""The work of one warehouse as a handheld keeps it: what is to be picked, what is on its way here, what is counted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from orderwell.domains.catalog.matching import Match, match_variants
from orderwell.domains.fulfilment.finding import find_shipments
from orderwell.domains.fulfilment.picking import Item, items_of, pick_tasks, warehouse_called
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.counts import count_detail, count_lines, counts
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.queries import StockFilters, expected_receipts, stock, transfers
from orderwell.domains.orders.finding import find_orders
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.overview import order_overview
from orderwell.domains.orders.queries import lines_with_promises
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.orders.cash_forms import CARRIERS
from orderwell.web.templatetags.countries import country
from orderwell.web.templatetags.orderwell import localname

P = Permission
MOST = 60
COUNT_LINES = 2000
TASKS = {
    "pick": P.FULFILMENT_SHIPMENT_CREATE,
    "pack": P.FULFILMENT_SHIPMENT_CREATE,
    "receive": P.INVENTORY_STOCK_ADJUST,
    "count": P.INVENTORY_STOCK_ADJUST,
    "look": P.INVENTORY_STOCK_VIEW,
    "return": P.FULFILMENT_RETURN_CREATE,
}


def warehouses_of(actor: Actor) -> list[dict[str, str]]:
    return [{"code": row.code, "name": localname(row)} for row in visible_warehouses(actor)]


def work(actor: Actor, code: str, *, now: datetime) -> dict[str, Any]:
    """Everything at once: whoever walks out of reach of the network has all of it."""
    warehouse = warehouse_called(actor, code)
    return {
        "user": actor.id,
        "name": actor.label,
        "warehouse": warehouse.code,
        "warehouses": warehouses_of(actor),
        "carriers": CARRIERS,
        "tasks": [name for name, permission in TASKS.items() if actor.may(permission)],
        "at": now.isoformat(),
        "picks": _picks(actor, warehouse, now) if actor.may(P.FULFILMENT_SHIPMENT_VIEW) else [],
        "transfers": _transfers(actor, warehouse) if actor.may(P.INVENTORY_STOCK_TRANSFER) else [],
        "receipts": _receipts(actor, warehouse) if actor.may(P.INVENTORY_STOCK_ADJUST) else [],
        "counts": _counts(actor, warehouse) if actor.may(P.INVENTORY_STOCK_ADJUST) else [],
    }


def item(found: Item) -> dict[str, Any]:
    return {
        "variant": found.variant_id,
        "sku": found.sku,
        "name": localname(found),
        "unit": found.unit,
        "places": found.places,
        "codes": {code: plain(units) for code, units in found.codes},
    }


def _picks(actor: Actor, warehouse: Warehouse, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": task.order_id,
            "number": task.number,
            "due": task.due.isoformat() if task.due else None,
            "late": task.late,
            "customer": task.customer,
            "city": task.city,
            "lines": [
                {"line": pick.line_id, "quantity": plain(pick.quantity), "of": pick.of, **item(pick.item)}
                for pick in sorted(task.picks, key=lambda pick: pick.item.sku)
            ],
        }
        for task in pick_tasks(actor, warehouse, now=now, limit=MOST)
    ]


def address_of(actor: Actor, order_id: int) -> dict[str, Any]:
    """To whom a parcel goes, for who may see it: asked for when it is packed, and never kept on the device."""
    found = order_overview(actor, order_id, with_stock=False)
    order, ship_to = found.order, found.ship_to
    street = (order.ship_region, order.ship_city, ship_to.get("district", ""), ship_to.get("street", ""))
    lines = (
        (ship_to.get("recipient", "") or order.customer_name, ship_to.get("phone", "")),
        street,
        (order.ship_postcode, country(order.ship_country)),
    )
    return {"lines": [text for parts in lines if (text := " ".join(filter(None, parts)))]}


def _transfers(actor: Actor, warehouse: Warehouse) -> list[dict[str, Any]]:
    rows = list(transfers(actor, state="dispatched").filter(destination=warehouse).order_by("expected_at", "id")[:MOST])
    items = items_of({line.variant_id for row in rows for line in row.lines.all()})
    found = []
    for row in rows:
        open_lines = [(line, line.quantity - line.quantity_received - line.quantity_lost) for line in row.lines.all()]
        lines = [
            {"line": line.pk, "quantity": plain(left), **item(items[line.variant_id])}
            for line, left in open_lines
            if left
        ]
        found.append({"id": row.pk, "number": row.number, "from": localname(row.origin), "lines": lines})
    return found


def _receipts(actor: Actor, warehouse: Warehouse) -> list[dict[str, Any]]:
    """What suppliers have announced, together by their reference."""
    rows = list(expected_receipts(actor).filter(warehouse=warehouse)[: MOST * 5])
    items = items_of({row.variant_id for row in rows})
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        document = found.setdefault(
            row.reference,
            {"reference": row.reference, "supplier": row.supplier, "due": row.due_at.isoformat(), "lines": []},
        )
        left = plain(row.quantity - row.quantity_received)
        document["lines"].append({"line": row.pk, "quantity": left, **item(items[row.variant_id])})
    return list(found.values())


def _counts(actor: Actor, warehouse: Warehouse) -> list[dict[str, Any]]:
    rows = counts(actor, state="open").filter(warehouse=warehouse).order_by("-id")[:MOST]
    return [{"id": row.pk, "number": row.number, "note": row.note, "blind": row.blind} for row in rows]


def count_work(actor: Actor, count_id: int) -> dict[str, Any]:
    """The lines of one count with their barcodes. What the ledger says is not told: it would be counted at."""
    count = count_detail(actor, count_id)
    page = count_lines(actor, count, limit=COUNT_LINES)
    items = items_of({line.stock_item.variant_id for line in page.rows})
    return {
        "id": count.pk,
        "number": count.number,
        "warehouse": count.warehouse.code,
        "open": count.state == "open",
        "whole": page.next_cursor is None,
        "lines": [
            {
                "counted": plain(line.counted) if line.counted is not None else None,
                "again": line.disturbed,
                **item(items[line.stock_item.variant_id]),
            }
            for line in page.rows
        ],
    }


def look_up(actor: Actor, text: str) -> dict[str, Any]:
    """What a scanned code means: goods with their stock, or an order with what may come back of it."""
    found = match_variants(actor, [text]).get(text.strip(), [])
    goods = [_goods(actor, match) for match in found[:5]]
    order = None if goods else _order_called(actor, text)
    return {"code": text, "goods": goods, "order": _returnable(order) if order else None}


def _goods(actor: Actor, match: Match) -> dict[str, Any]:
    rows = [
        row
        for row in stock(actor, StockFilters(text=match.sku)).order_by("warehouse__priority")
        if row.variant.sku == match.sku
    ]
    return {
        "sku": match.sku,
        "name": localname(match),
        "pack": plain(match.pack) if match.pack else None,
        "stock": [
            {
                "warehouse": localname(row.warehouse),
                "on_hand": plain(row.on_hand),
                "reserved": plain(row.reserved),
                "free": plain(row.on_hand - row.reserved),
            }
            for row in rows
        ],
    }


def _order_called(actor: Actor, text: str) -> Order | None:
    """By its number, or by the number or tracking number of one of its shipments; only exactly."""
    if not actor.may(P.ORDERS_ORDER_VIEW):
        return None
    wanted = text.strip()
    order = next((row for row in find_orders(actor, wanted, limit=3) if row.number == wanted.upper()), None)
    if order is None and actor.may(P.FULFILMENT_SHIPMENT_VIEW):
        shipment = next(
            (row for row in find_shipments(actor, wanted, limit=3) if wanted in (row.tracking_number, row.number)), None
        )
        order = shipment.order if shipment else None
    return order


def _returnable(order: Order) -> dict[str, Any]:
    lines = [
        (line, line.quantity_shipped - line.quantity_returned)
        for line in lines_with_promises(order.pk)
        if line.kind == OrderLine.Kind.GOODS and line.variant_id
    ]
    items = items_of({line.variant_id for line, _left in lines if line.variant_id})
    return {
        "id": order.pk,
        "number": order.number,
        "state": order.fulfilment_state,
        "lines": [
            {"line": line.pk, "quantity": plain(left), **item(items[line.variant_id])}
            for line, left in lines
            if left > Decimal(0) and line.variant_id
        ],
    }
