"""What customers think, in figures: of a customer, a product, a period. Hidden ratings count nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from orderwell.domains.cases.models import Rating
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import one_row, prepared

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """How many ratings of each score, and their mean to one decimal; `average` is None without any."""

    by_score: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.by_score.values())

    @property
    def average(self) -> Decimal | None:
        if not self.count:
            return None
        total = sum(score * count for score, count in self.by_score.items())
        return (Decimal(total) / self.count).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def visible_ratings(actor: Actor) -> QuerySet[Rating]:
    rows = Rating.objects.all()
    if actor.channel_ids is not None or actor.team_ids is not None:
        rows = rows.filter(Exists(visible_orders(actor).filter(pk=OuterRef("order_id"))))
    return rows


def _narrowed(
    rows: QuerySet[Rating],
    customer_id: int | None,
    product_id: int | None,
    since: datetime | None,
    until: datetime | None,
) -> QuerySet[Rating]:
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if product_id is not None:
        lines = OrderLine.objects.filter(order_id=OuterRef("order_id"), variant__product_id=product_id)
        # What was cancelled before it left is not what the customer speaks of.
        lines = lines.filter(quantity__gt=F("quantity_cancelled"))
        rows = rows.filter(Exists(lines))
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    return rows.filter(created_at__lt=until) if until is not None else rows


def rating_summary(
    actor: Actor,
    *,
    customer_id: int | None = None,
    product_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> RatingSummary:
    """Of one customer, one product (over the orders that have it on a line not cancelled), a period, or all. Raises PermissionDenied."""
    actor.require(Permission.CASES_RATING_VIEW)
    match customer_id, product_id, since, until:
        case int(), None, None, None:
            (counts,) = _of_customer(actor, customer_id)
        case None, int(), None, None:
            (counts,) = _of_product(actor, product_id)
        case _:
            counts = _counted(actor, customer_id, product_id, since, until).get()
    return RatingSummary(dict(zip(SCORES, counts, strict=True)))


@prepared(Actor, int)
def _of_customer(actor: Actor, customer_id: int) -> QuerySet[Any, tuple[int, ...]]:
    return _counted(actor, customer_id, None, None, None)


@prepared(Actor, int)
def _of_product(actor: Actor, product_id: int) -> QuerySet[Any, tuple[int, ...]]:
    return _counted(actor, None, product_id, None, None)


def _counted(
    actor: Actor, customer_id: int | None, product_id: int | None, since: datetime | None, until: datetime | None
) -> QuerySet[Any, tuple[int, ...]]:
    rows = _narrowed(visible_ratings(actor).filter(hidden_at=None), customer_id, product_id, since, until)
    return one_row(rows, **{f"score_{score}": Count("pk", filter=Q(score=score)) for score in SCORES})


def ratings(
    actor: Actor,
    *,
    customer_id: int | None = None,
    product_id: int | None = None,
    score: int | None = None,
    hidden: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Rating]:
    """Hidden ones included unless said otherwise. Raises PermissionDenied."""
    actor.require(Permission.CASES_RATING_VIEW)
    rows = _narrowed(visible_ratings(actor), customer_id, product_id, since, until)
    if score is not None:
        rows = rows.filter(score=score)
    if hidden is not None:
        rows = rows.filter(hidden_at__isnull=not hidden)
    return rows


def rating_list(actor: Actor, *, cursor: str | None = None, limit: int = 50, **filters: Any) -> Page[Rating]:
    """Newest first; the filters of `ratings`. Raises PermissionDenied, UnknownCursor."""
    rows = ratings(actor, **filters).select_related("order", "customer")
    return keyset_page(rows, order=("-created_at", "-id"), cursor=cursor, limit=limit)
