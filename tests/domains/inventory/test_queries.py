"""Stock lists, movements, and stock as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from orderwell.domains.catalog.models import Variant
from orderwell.domains.inventory.drafts import TransferDraft, TransferLineDraft
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.inventory.queries import (
    MovementFilters,
    StockFilters,
    adjustments,
    expected_receipts,
    movement_list,
    stock,
    stock_as_of,
    stock_detail,
    stock_list,
    transfer_list,
    warehouses,
)
from orderwell.domains.inventory.services.transfer_stock import create_transfer
from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import hold

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def skus(**filters: object) -> list[str]:
    return [item.variant.sku for item in stock(owner(), StockFilters(**filters)).order_by("variant__sku")]  # type: ignore[arg-type]


def test_stock_is_found_however_the_sound_of_green_is_typed() -> None:
    stock_up(make_variant("GREEN", name_zh="绿茶"), make_warehouse("main"), 1)
    assert skus(text="lvcha") == skus(text="lücha") == skus(text="lucha") == skus(text="lyucha") == ["GREEN"]


def test_stock_is_filtered_by_what_is_free() -> None:
    main, east = make_warehouse("main"), make_warehouse("east", allow_negative=True)
    many = stock_up(make_variant("MANY", name_zh="茶杯"), main, 50)
    stock_up(make_variant("FEW"), main, 3)
    below = stock_up(make_variant("BELOW"), east, 1)
    hold(many, 45)
    hold(below, 4, line_id=2)
    assert skus() == ["BELOW", "FEW", "MANY"]
    assert skus(state="low") == ["BELOW", "FEW", "MANY"]
    assert skus(state="low", low_level=Decimal(4)) == ["BELOW", "FEW"]
    assert skus(state="negative") == ["BELOW"]
    assert skus(state="available") == ["FEW", "MANY"]
    assert skus(state="reserved") == ["BELOW", "MANY"]
    assert skus(warehouse="east") == ["BELOW"]
    assert skus(text="50 pieces of tea") == []
    assert "MANY" in skus(text="chabei")
    assert stock(owner(), StockFilters(variant_id=many.variant_id)).get().free == 5
    with pytest.raises(InvalidValue):
        skus(state="full")


@pytest.mark.parametrize("warehouse", ["", "main", "east"])
def test_what_is_below_nothing_is_looked_for_only_where_it_may_be(warehouse: str) -> None:
    """However much lies in the warehouses that don't oversell."""
    main, east = make_warehouse("main"), make_warehouse("east", allow_negative=True)
    product = make_variant("FIRST").product
    times = {"created_at": NOW, "updated_at": NOW}
    made = [Variant(product=product, sku=f"V{number:04}", **times) for number in range(2_000)]
    variants = Variant.objects.bulk_create(made)
    StockItem.objects.bulk_create(StockItem(variant=variant, warehouse=main, on_hand=1) for variant in variants)
    hold(stock_up(variants[7], east, 1), 4)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE inventory_stockitem, catalog_variant")
    rows = stock(owner(), StockFilters(state="negative", warehouse=warehouse)).order_by("variant__sku", "id")[:51]
    assert [item.variant.sku for item in rows] == ([] if warehouse == "main" else ["V0007"])
    assert "stock_item_oversold" in rows.explain(), rows.explain()


def test_pages_of_stock_follow_each_other() -> None:
    places = [make_warehouse(), make_warehouse()]
    variants = [make_variant(f"V{number}") for number in range(4)]
    made = [stock_up(variant, place, 1).pk for variant in variants for place in places]
    seen, cursor = [], None
    while True:
        page = stock_list(owner(), cursor=cursor, limit=3)
        seen += [item.pk for item in page.rows]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == made


def test_movements_newest_first_and_stock_as_it_was() -> None:
    cup, main, east = make_variant("CUP"), make_warehouse("main"), make_warehouse("east")
    item = stock_up(cup, main, 10, now=NOW)
    stock_up(cup, main, 5, now=NOW + 2 * DAY)
    stock_up(cup, east, 7, now=NOW + DAY)
    page = movement_list(owner(), MovementFilters(variant_id=cup.pk), limit=2)
    assert [m.quantity for m in page.rows] == [5, 7]
    assert [m.quantity for m in movement_list(owner(), cursor=page.next_cursor).rows] == [10]
    assert [m.quantity for m in movement_list(owner(), MovementFilters(since=NOW, until=NOW + DAY)).rows] == [10]
    assert [m.quantity for m in movement_list(owner(), MovementFilters(stock_item_id=item.pk)).rows] == [5, 10]

    def then(moment: datetime, **limits: object) -> dict[str, Decimal]:
        return {row.warehouse: row.on_hand for row in stock_as_of(owner(), moment, **limits)}  # type: ignore[arg-type]

    assert then(NOW - DAY) == {}
    assert then(NOW) == {"main": 10}
    assert then(NOW + DAY) == {"main": 10, "east": 7}
    assert then(NOW + 2 * DAY) == {"main": 15, "east": 7}
    assert then(NOW + 2 * DAY, warehouse_ids=[east.pk]) == {"east": 7}
    assert then(NOW + 2 * DAY, variant_ids=[]) == {}
    assert item.variant_id == cup.pk


def test_detail_says_for_whom_goods_are_held() -> None:
    item = stock_up(make_variant("CUP"), make_warehouse("main"), 10)
    hold(item, 4, line_id=77)
    assert [(r.line_id, r.quantity) for r in stock_detail(owner(), item.pk).reservations] == [(77, 4)]


def test_rows_are_for_those_who_work_there() -> None:
    cup, main, east = make_variant("CUP"), make_warehouse("main"), make_warehouse("east")
    stock_up(cup, main, 10)
    there = stock_up(cup, east, 7)
    actor = limited(owner(), warehouses=frozenset({main.pk}))
    assert [item.warehouse.code for item in stock_list(actor).rows] == ["main"]
    assert [m.quantity for m in movement_list(actor).rows] == [10]
    assert [row.warehouse for row in stock_as_of(actor, datetime(2100, 1, 1, tzinfo=UTC))] == ["main"]
    assert [place.code for place in warehouses(actor)] == ["main"]
    with pytest.raises(NotFound):
        stock_detail(actor, there.pk)
    west = make_warehouse("west")
    lines = (TransferLineDraft(sku="CUP", quantity=Decimal(1)),)
    for origin, destination in (("east", "west"), ("east", "main")):
        create_transfer(TransferDraft(origin=origin, destination=destination, lines=lines), actor=owner(), now=NOW)
    assert [t.origin.code for t in transfer_list(actor).rows] == ["east"]
    assert len(transfer_list(limited(owner(), warehouses=frozenset({west.pk}))).rows) == 1
    assert StockItem.objects.count() == 2


@pytest.mark.parametrize("call", [stock_list, movement_list, transfer_list, warehouses, adjustments, expected_receipts])
def test_an_outsider_sees_nothing(call: object) -> None:
    with pytest.raises(PermissionDenied):
        call(outsider())  # type: ignore[operator]
