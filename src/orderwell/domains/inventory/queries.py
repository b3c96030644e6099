"""Reads of stock, filtered by the actor's warehouses. Every function takes the actor first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db.models import ExpressionWrapper, F, Model, Prefetch, Q, QuerySet, Sum, Value

from orderwell.domains.inventory.models import (
    Adjustment,
    ChannelBuffer,
    ExpectedReceipt,
    Reservation,
    StockItem,
    StockMovement,
    Transfer,
    TransferLine,
    Warehouse,
)
from orderwell.domains.inventory.past_transit import left_for_another
from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.database import is_postgresql
from orderwell.platform.fields import QuantityField
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.search import found_by, prefix

Row = TypeVar("Row", bound=Model)
LOW_STOCK = Decimal(10)
STATES = ("low", "negative", "available", "reserved")
# Of so many stock items in a warehouse a page is found by walking all SKUs sooner than by putting them in order.
MUCH = 2_000


@dataclass(frozen=True)
class StockFilters:
    """`state`: "low" (at most `low_level` free), "negative" (less than nothing free), "available" or "reserved".

    `along_skus`: most rows match, so a page in the order of SKUs is soon found by walking them.
    """

    text: str = ""
    warehouse: str = ""
    variant_id: int | None = None
    product_id: int | None = None
    state: str = ""
    low_level: Decimal = LOW_STOCK
    along_skus: bool = False


@dataclass(frozen=True)
class MovementFilters:
    """`cause` is a document such as "shipment:12". From `since` on, before `until`."""

    variant_id: int | None = None
    warehouse: str = ""
    stock_item_id: int | None = None
    kind: str = ""
    cause: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastStock:
    """What was on hand at some moment, recomputed from the movements, and what had left for another warehouse."""

    stock_item_id: int
    variant_id: int
    sku: str
    warehouse: str
    on_hand: Decimal
    in_transit: Decimal


@dataclass(frozen=True)
class StockDetail:
    item: StockItem
    reservations: list[Reservation]
    expected: list[ExpectedReceipt]
    on_the_way: list[TransferLine]


def warehouses(actor: Actor, *, active: bool | None = None) -> QuerySet[Warehouse]:
    """The warehouses whose rows the actor may see, in order of preference."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    rows = rows_within(Warehouse.objects.order_by("priority", "id"), actor, pk="warehouse")
    return rows if active is None else rows.filter(active=active)


def _along(rows: QuerySet[StockItem], filters: StockFilters) -> QuerySet[StockItem]:
    """Those of the warehouse, led through the SKUs where that is asked for."""
    if filters.along_skus:
        # Says nothing, and leads a database without statistics through the SKUs in their order: it stops after a page,
        # where it would otherwise put all stock in order. Where few rows match that would be the longer way.
        rows = rows.filter(variant__sku__gte="")
    if not filters.warehouse:
        return rows
    if (filters.along_skus or filters.state == "negative") and not is_postgresql():
        # The sum keeps the index of the warehouse out, which would lead away from the SKUs, or through all that lies there.
        place = Warehouse.objects.filter(code=filters.warehouse).values("pk")[:1]
        return rows.alias(place=F("warehouse_id") + Value(0)).filter(place=place)
    return rows.filter(warehouse__code=filters.warehouse)


def stock(actor: Actor, filters: StockFilters | None = None) -> QuerySet[StockItem]:
    """Stock items with `free` (on hand - reserved), variant and warehouse at hand."""
    filters = filters or StockFilters()
    rows = (
        _along(_of_warehouses(actor, StockItem.objects.all(), "warehouse"), filters)
        .select_related("variant", "warehouse")
        .annotate(free=ExpressionWrapper(F("on_hand") - F("reserved"), output_field=QuantityField()))
    )
    if filters.variant_id is not None:
        rows = rows.filter(variant=filters.variant_id)
    if filters.product_id is not None:
        rows = rows.filter(variant__product=filters.product_id)
    if filters.text.strip():
        rows = rows.filter(found_by("variant__search_key", filters.text))
    match filters.state:
        case "":
            return rows
        case "low":
            return rows.filter(free__lte=filters.low_level)
        case "negative":
            # Nothing else can be: a CHECK forbids it, and the policy can't be taken back while something is.
            return rows.filter(allow_negative=True, free__lt=Decimal(0))
        case "available":
            return rows.filter(free__gt=Decimal(0))
        case "reserved":
            return rows.filter(reserved__gt=Decimal(0))
        case _:
            raise InvalidValue(pointer="/state", value=filters.state[:20], expected=", ".join(STATES))


def holds_much(warehouse: str) -> bool:
    """Whether so much lies there that a page of it is soon found among all stock."""
    return StockItem.objects.filter(warehouse__code=warehouse)[:MUCH].count() == MUCH


def stock_of_products(actor: Actor, product_ids: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """{product id: (on hand, free)} over its variants and the actor's warehouses."""
    rows = _of_warehouses(actor, StockItem.objects.filter(variant__product__in=list(product_ids)), "warehouse")
    sums = rows.order_by().values_list("variant__product_id").annotate(hand=Sum("on_hand"), kept=Sum("reserved"))
    return {product: (hand, hand - kept) for product, hand, kept in sums}


def stock_list(
    actor: Actor, filters: StockFilters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[StockItem]:
    """One page of stock by SKU."""
    return keyset_page(stock(actor, filters), order=("variant__sku", "id"), cursor=cursor, limit=limit)


def stock_detail(actor: Actor, stock_item_id: int) -> StockDetail:
    """A stock item with what is reserved of it and what is on its way to it."""
    item = stock(actor).filter(pk=stock_item_id).first()
    if item is None:
        raise NotFound(kind="stock item", reference=stock_item_id)
    expected = ExpectedReceipt.objects.filter(
        variant=item.variant_id,
        warehouse=item.warehouse_id,
        cancelled_at=None,
        quantity__gt=F("quantity_received"),
    )
    lines = TransferLine.objects.filter(
        variant=item.variant_id,
        transfer__destination=item.warehouse_id,
        transfer__state="dispatched",
        quantity__gt=F("quantity_received") + F("quantity_lost"),
    )
    return StockDetail(
        item,
        list(item.reservations.order_by("priority", "reserved_at", "id")),
        list(expected.order_by("due_at", "id")),
        list(lines.select_related("transfer").order_by("transfer__expected_at", "id")),
    )


def movements(actor: Actor, filters: MovementFilters | None = None) -> QuerySet[StockMovement]:
    filters = filters or MovementFilters()
    rows = _of_warehouses(actor, StockMovement.objects.all(), "stock_item__warehouse").select_related(
        "stock_item__variant", "stock_item__warehouse"
    )
    wanted = {
        "stock_item__variant": filters.variant_id,
        "stock_item__warehouse__code": filters.warehouse or None,
        "stock_item": filters.stock_item_id,
        "kind": filters.kind or None,
        "cause": filters.cause or None,
        "occurred_at__gte": filters.since,
        "occurred_at__lt": filters.until,
    }
    return rows.filter(**{column: value for column, value in wanted.items() if value is not None})


def movement_list(
    actor: Actor, filters: MovementFilters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[StockMovement]:
    """One page of movements, newest first."""
    return keyset_page(movements(actor, filters), order=("-occurred_at", "-id"), cursor=cursor, limit=limit)


def stock_as_of(
    actor: Actor,
    moment: datetime,
    *,
    variant_ids: Collection[int] | None = None,
    warehouse_ids: Collection[int] | None = None,
) -> list[PastStock]:
    """What was on hand and on its way at the end of `moment`, by SKU and warehouse; items without any movement until then
    are left out.
    """
    rows = _of_warehouses(actor, StockMovement.objects.filter(occurred_at__lte=moment), "stock_item__warehouse")
    if variant_ids is not None:
        rows = rows.filter(stock_item__variant__in=list(variant_ids))
    if warehouse_ids is not None:
        rows = rows.filter(stock_item__warehouse__in=list(warehouse_ids))
    names = ("variant_id", "variant__sku", "warehouse__code", "warehouse_id")
    sums = list(
        rows.order_by()
        .values_list("stock_item_id", *(f"stock_item__{name}" for name in names))
        .annotate(total=Sum("quantity"))
        .order_by("stock_item__variant__sku", "stock_item_id")
    )
    left = left_for_another(moment, variants=variant_ids, warehouses={place for *_, place, _total in sums})
    return [
        PastStock(item, variant, sku, code, total, left.get((variant, place), Decimal(0)))
        for item, variant, sku, code, place, total in sums
    ]


def transfers(actor: Actor, *, state: str = "", warehouse: str = "", text: str = "") -> QuerySet[Transfer]:
    """Transfers that begin or end in a warehouse of the actor, and in `warehouse`, with their lines."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    lines = Prefetch("lines", TransferLine.objects.select_related("variant").order_by("id"))
    rows = Transfer.objects.select_related("origin", "destination").prefetch_related(lines)
    if actor.warehouse_ids is not None:
        rows = rows.filter(origin__in=actor.warehouse_ids) | rows.filter(destination__in=actor.warehouse_ids)
    if warehouse:
        rows = rows.filter(Q(origin__code=warehouse) | Q(destination__code=warehouse))
    if text.strip():
        of_goods = TransferLine.objects.filter(variant__sku__iexact=text.strip()).values("transfer")
        rows = rows.filter(prefix("number", text.strip().upper()) | Q(pk__in=of_goods))
    return rows.filter(state=state) if state else rows


def transfer_list(actor: Actor, *, state: str = "", cursor: str | None = None, limit: int = 50) -> Page[Transfer]:
    """One page of transfers, newest first."""
    return keyset_page(transfers(actor, state=state), order=("-id",), cursor=cursor, limit=limit)


def adjustments(actor: Actor) -> QuerySet[Adjustment]:
    return _of_warehouses(actor, Adjustment.objects.select_related("warehouse"), "warehouse")


def expected_receipts(actor: Actor, *, only_open: bool = True) -> QuerySet[ExpectedReceipt]:
    rows = ExpectedReceipt.objects.select_related("variant", "warehouse").order_by("due_at", "id")
    rows = _of_warehouses(actor, rows, "warehouse")
    return rows.filter(cancelled_at=None, quantity__gt=F("quantity_received")) if only_open else rows


def announced(
    actor: Actor,
    *,
    state: str = "open",
    text: str = "",
    warehouse: str = "",
    product_id: int | None = None,
    now: datetime,
) -> QuerySet[ExpectedReceipt]:
    """Announced receipts. `state`: "open", "overdue" (open and past their date), "received", "cancelled"; empty for all."""
    rows = expected_receipts(actor, only_open=state in {"open", "overdue"}).order_by()
    match state:
        case "overdue":
            rows = rows.filter(due_at__lt=now)
        case "received":
            rows = rows.filter(quantity_received__gte=F("quantity"))
        case "cancelled":
            rows = rows.filter(cancelled_at__isnull=False)
    if text.strip():
        rows = rows.filter(
            Q(reference__icontains=text.strip())
            | Q(supplier__icontains=text.strip())
            | found_by("variant__search_key", text)
        )
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse)
    return rows if product_id is None else rows.filter(variant__product=product_id)


def find_expected(actor: Actor, text: str, *, limit: int) -> list[ExpectedReceipt]:
    """By the beginning of the reference, as the search box looks for them, what is open first."""
    if len(text) < 3:
        return []
    wanted = [prefix("reference", one) for one in dict.fromkeys((text, text.upper()))]
    ids = [pk for one in wanted for pk in ExpectedReceipt.objects.filter(one).values_list("pk", flat=True)[:60]]
    if not ids:
        return []
    rows = expected_receipts(actor, only_open=False).filter(pk__in=ids)
    return sorted(rows[:60], key=lambda row: row.quantity_received >= row.quantity)[:limit]


def expected_receipt(actor: Actor, receipt_id: int) -> ExpectedReceipt:
    found = expected_receipts(actor, only_open=False).filter(pk=receipt_id).first()
    if found is None:
        raise NotFound(kind="expected receipt", reference=receipt_id)
    return found


def channel_buffers(actor: Actor) -> QuerySet[ChannelBuffer]:
    """Buffers of the actor's channels, the widest first."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    rows = ChannelBuffer.objects.select_related("channel", "variant", "warehouse").order_by("channel__code", "id")
    return rows_within(rows, actor, channel="channel")


def _of_warehouses(actor: Actor, rows: QuerySet[Row], column: str) -> QuerySet[Row]:
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    return rows_within(rows, actor, **{column: "warehouse"})
