"""Reads of stock counts and of stock at a past moment, filtered by the actor's warehouses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from orderwell.domains.inventory.models import StockCount, StockCountLine, StockItem, StockMovement
from orderwell.domains.inventory.past_transit import sent_by
from orderwell.domains.inventory.queries import StockFilters, stock_list
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission

SHOWS = ("", "open", "counted", "different", "disturbed")
ZERO = Decimal(0)
# Up to this age it is less work to take away what moved since than to add up all that came before.
RECENT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class CountSums:
    lines: int
    counted: int
    different: int
    disturbed: int


@dataclass(frozen=True, slots=True)
class PastItem:
    """A stock item as it is, what was on hand of it then, and what it had sent elsewhere that had not arrived by then.

    What is on its way counts where it left: where it goes to there may be no such stock item yet.
    """

    item: StockItem
    then: Decimal
    sent: Decimal


def counts(actor: Actor, *, state: str = "") -> QuerySet[StockCount]:
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    rows = rows_within(StockCount.objects.select_related("warehouse"), actor, warehouse="warehouse")
    return rows.filter(state=state) if state else rows


def count_list(actor: Actor, *, state: str = "", cursor: str | None = None, limit: int = 50) -> Page[StockCount]:
    """One page of stock counts, newest first."""
    return keyset_page(counts(actor, state=state), order=("-id",), cursor=cursor, limit=limit)


def count_detail(actor: Actor, count_id: int) -> StockCount:
    found = counts(actor).filter(pk=count_id).first()
    if found is None:
        raise NotFound(kind="stock count", reference=count_id)
    return found


def count_lines(
    actor: Actor, count: StockCount, *, show: str = "", cursor: str | None = None, limit: int = 50
) -> Page[StockCountLine]:
    """One page of a count's lines by SKU: all, or those not counted yet, counted, different, or to be counted again."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    rows = StockCountLine.objects.filter(count=count).select_related("stock_item__variant")
    match show:
        case "open":
            rows = rows.filter(counted__isnull=True)
        case "counted":
            rows = rows.filter(counted__isnull=False)
        case "different":
            rows = rows.filter(counted__isnull=False).exclude(counted=F("expected"))
        case "disturbed":
            rows = rows.filter(disturbed=True)
    return keyset_page(rows, order=("stock_item__variant__sku", "id"), cursor=cursor, limit=limit)


def count_sums(actor: Actor, count: StockCount) -> CountSums:
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    there = Q(counted__isnull=False)
    sums = StockCountLine.objects.filter(count=count).aggregate(
        n_lines=Count("id"),
        n_counted=Count("id", filter=there),
        n_different=Count("id", filter=there & ~Q(counted=F("expected"))),
        n_disturbed=Count("id", filter=Q(disturbed=True)),
    )
    return CountSums(*(sums[name] for name in ("n_lines", "n_counted", "n_different", "n_disturbed")))


def stock_at(
    actor: Actor,
    moment: datetime,
    filters: StockFilters | None = None,
    *,
    now: datetime,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PastItem]:
    """One page of stock by SKU with what was on hand and on its way at the end of `moment`, from the ledger of these
    items alone.
    """
    page = stock_list(actor, filters, cursor, limit)
    recent = moment >= now - RECENT
    moved = StockMovement.objects.filter(stock_item__in=[item.pk for item in page.rows])
    moved = moved.filter(occurred_at__gt=moment) if recent else moved.filter(occurred_at__lte=moment)
    sums = dict(moved.order_by().values_list("stock_item_id").annotate(total=Sum("quantity")))
    sent = sent_by(page.rows, moment)
    rows = [
        PastItem(
            item, item.on_hand - sums.get(item.pk, ZERO) if recent else sums.get(item.pk, ZERO), sent.get(item.pk, ZERO)
        )
        for item in page.rows
    ]
    return Page(rows, page.next_cursor)
