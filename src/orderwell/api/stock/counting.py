"""Stock counts: what is really there, line by line, until the differences are posted together."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import state_asked
from orderwell.api.bodies import ApiRequest, Draft
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page, shown
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Exact, Id, Moment, Shape
from orderwell.domains.inventory import counts as reading
from orderwell.domains.inventory.drafts import CountDraft, CountEntry
from orderwell.domains.inventory.models import StockCount, StockCountLine
from orderwell.domains.inventory.services import count_stock
from orderwell.domains.inventory.states import COUNT
from orderwell.domains.orders.services.displace import settle_count
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("stock counts")
VIEW, ADJUST = Permission.INVENTORY_STOCK_VIEW, Permission.INVENTORY_STOCK_ADJUST


class CountShape(Shape):
    id: int
    number: str
    warehouse: str
    state: str
    blind: bool
    note: str
    created_at: Moment
    closed_at: Moment | None
    adjustment_id: int | None
    lines: int
    counted: int
    different: int | None = Field(description="Not told while a blind count is open")
    disturbed: int


class CountLineShape(Shape):
    sku: str
    counted: Exact | None
    expected: Exact | None = Field(
        description="What the ledger said at that moment; not told while a blind count is open"
    )
    disturbed: bool
    counted_at: Moment | None
    counted_by: str


class Posting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With `displace`, orders that were promised what isn't there go back to backorder."""

    displace: bool = False


class Entries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entries: tuple[CountEntry, ...]


def _count(count: StockCount, request: ApiRequest) -> dict[str, Any]:
    sums = reading.count_sums(may_also(request.actor, VIEW), count)
    names = ("id", "number", "state", "blind", "note", "created_at", "closed_at", "adjustment_id")
    hidden = count.blind and count.state == "open"
    return {
        **{name: getattr(count, name) for name in names},
        "warehouse": count.warehouse.code,
        "lines": sums.lines,
        "counted": sums.counted,
        "different": None if hidden else sums.different,
        "disturbed": sums.disturbed,
    }


def _line(line: StockCountLine, count: StockCount) -> dict[str, Any]:
    hidden = count.blind and count.state == "open"
    names = ("counted", "disturbed", "counted_at", "counted_by")
    return {
        **{name: getattr(line, name) for name in names},
        "sku": line.stock_item.variant.sku,
        "expected": None if hidden else line.expected,
    }


@routes.read("/counts", permission=VIEW, response=Page[CountShape])
def list_counts(
    request: ApiRequest,
    response: HttpResponse,
    state: Annotated[str, Field(max_length=12)] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first."""
    rows = reading.counts(request.actor, state=state_asked(COUNT, state))
    show = lambda count: _count(count, request)  # noqa: E731
    return page(rows, order=("-id",), cursor=cursor, limit=limit, show=show, request=request, response=response)


@routes.read("/counts/{count_id}", permission=VIEW, response=CountShape)
def get_count(request: ApiRequest, count_id: Id) -> dict[str, Any]:
    return _count(reading.count_detail(request.actor, count_id), request)


@routes.read("/counts/{count_id}/lines", permission=VIEW, response=Page[CountLineShape])
def list_count_lines(
    request: ApiRequest,
    response: HttpResponse,
    count_id: Id,
    show: Literal["", "open", "counted", "different", "disturbed"] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """By SKU: all, those not counted yet ("open"), "counted", "different", or to be counted again ("disturbed")."""
    count = reading.count_detail(request.actor, count_id)
    visible = "" if count.blind and count.state == "open" and show == "different" else show
    found = reading.count_lines(request.actor, count, show=visible, cursor=cursor, limit=limit)
    return shown(found, show=lambda line: _line(line, count), request=request, response=response)


@routes.write("POST", "/counts", permission=ADJUST, response=CountShape, body=Draft(CountDraft), status=201)
def open_stock_count(request: ApiRequest) -> dict[str, Any]:
    """Begin to count. Nothing is moved or blocked; work goes on."""
    return _count(count_stock.open_count(request.draft, actor=request.actor, now=utc_now()), request)


@routes.write("POST", "/counts/{count_id}/entries", permission=ADJUST, response=CountShape, body=Draft(Entries))
def enter_stock_counts(request: ApiRequest, count_id: Id) -> dict[str, Any]:
    """What was counted, by SKU or barcode. The ledger of this moment is noted with each line."""
    count_stock.enter_counts(count_id=count_id, entries=request.draft.entries, actor=request.actor, now=utc_now())
    return _count(reading.count_detail(may_also(request.actor, VIEW), count_id), request)


@routes.write(
    "POST",
    "/counts/{count_id}/post",
    permission=ADJUST,
    response=CountShape,
    body=Draft(Posting, optional=True),
)
def post_stock_count(request: ApiRequest, count_id: Id) -> dict[str, Any]:
    """Bring the ledger to what was counted, in one correction. What nobody counted stays as it is.

    Below what is reserved it is refused (`stock_reserved`), and `data.orders` names who would lose how much. With `displace`
    these orders go back to backorder; that takes the permission to put orders on hold.
    """
    displace = request.draft.displace
    return _count(settle_count(count_id=count_id, displace=displace, actor=request.actor, now=utc_now()), request)


@routes.write("POST", "/counts/{count_id}/cancel", permission=ADJUST, response=CountShape)
def cancel_stock_count(request: ApiRequest, count_id: Id) -> dict[str, Any]:
    return _count(count_stock.cancel_count(count_id=count_id, actor=request.actor, now=utc_now()), request)
