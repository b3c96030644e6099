"""Reading orders, already filtered for the actor. Lists are paged by key and never counted without a cap."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from orderwell.domains.catalog.models import Channel
from orderwell.domains.customers.models import Customer, Tag
from orderwell.domains.inventory.models import Reservation, StockItem, Warehouse
from orderwell.domains.inventory.promising import Owed
from orderwell.domains.orders.due import ReadyDue, past_date
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Backorder, Hold, Order, OrderLine
from orderwell.domains.orders.to_invoice import to_invoice
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.crypto import email_index, phone_index, phone_last4_index
from orderwell.platform.events.models import Event
from orderwell.platform.paging import Page, capped_count, keyset_page_of_parts
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.search import prefix

# Matches of one search that are looked at; a search that finds more is too vague to be read anyway.
SEARCH_LIMIT = 500
# With more of them than this, walking the list in its order and asking each order is faster than finding all that match.
FEW_RESERVATIONS = 5_000
FEW_CUSTOMERS = 1_000
# There is something to ship.
WAITING = (Order.FulfilmentState.BACKORDERED, Order.FulfilmentState.RESERVED, Order.FulfilmentState.PARTIAL)


@dataclass(frozen=True)
class OrderFilters:
    """What a list of orders is narrowed to; empty means all, several states mean any. `since` is inclusive, `until` exclusive."""

    state: str | tuple[str, ...] = ""
    fulfilment_state: str | tuple[str, ...] = ""
    payment_state: str | tuple[str, ...] = ""
    channel: str = ""
    currency: str = ""
    # Code of a warehouse in which something is reserved for the order.
    warehouse: str = ""
    customer_id: int | None = None
    on_hold: bool | None = None
    history: bool | None = None
    late: bool | None = None
    # Only what `can_leave` and is not on hold. Its rows have `due`, in the order of due.MOST_URGENT_FIRST.
    ready: bool = False
    # Only what left and is not invoiced.
    to_invoice: bool = False
    since: datetime | None = None
    until: datetime | None = None
    # Name of the team that looks after the order; name of a tag of its customer.
    team: str = ""
    tag: str = ""
    text: str = ""


def visible_orders(actor: Actor) -> QuerySet[Order]:
    """The orders an actor may know of, by channel and team. The row filter of every list, report and export."""
    return rows_within(Order.objects.all(), actor, channel="channel", team="team")


def visible_lines(actor: Actor) -> QuerySet[OrderLine]:
    """The lines of these orders, for questions that begin with a product: asked for as "in visible orders", a database
    may first look at every order there is."""
    return rows_within(OrderLine.objects.all(), actor, order__channel="channel", order__team="team")


def order_list(
    actor: Actor, filters: OrderFilters, *, cursor: str | None = None, limit: int = 50, now: datetime
) -> Page[Order]:
    """Newest first; drafts by creation, others by placement. Raises PermissionDenied, UnknownCursor."""
    parts = [part.select_related("channel", "customer") for part in order_parts(actor, filters, now=now)]
    key = ("-created_at", "-id") if filters.state == Order.State.DRAFT else ("-placed_at", "-id")
    return keyset_page_of_parts(parts, order=key, cursor=cursor, limit=limit)


def order_parts(
    actor: Actor, filters: OrderFilters, *, now: datetime, among: Collection[int] | None = None
) -> list[QuerySet[Order]]:
    """What matches as disjoint parts, each of which an index in the order of the list can serve; see `matching`."""
    return [matching(actor, part, now=now, among=among) for part in _one_state_each(filters)]


def _one_state_each(filters: OrderFilters) -> list[OrderFilters]:
    """The same orders as filters of a single state each, which an index in the order of the list can serve."""
    # Only what waits can be late or have stock reserved; an index holds it apart.
    if (filters.late or filters.warehouse) and not filters.fulfilment_state and not filters.ready:
        filters = replace(filters, fulfilment_state=tuple(map(str, WAITING)))
    parts = [filters]
    for name in ("state", "fulfilment_state", "payment_state"):
        value = getattr(filters, name)
        if isinstance(value, tuple) and value:
            parts = [replace(part, **{name: one}) for part in parts for one in value]
    return parts


def order_count(actor: Actor, filters: OrderFilters, *, now: datetime, cap: int = 1000) -> int:
    """How many match, or `cap` + 1 when more do: bounded work whatever the size of the table."""
    return capped_count(matching(actor, filters, now=now), cap)


# Filter -> the condition that it stands for; those that need more than a value are in `matching`.
_CONDITIONS = {
    "state": "state",
    "fulfilment_state": "fulfilment_state",
    "payment_state": "payment_state",
    "currency": "currency",
    "customer_id": "customer_id",
    "on_hold": "on_hold",
    "history": "history",
    "team": "team__name",
    "since": "placed_at__gte",
    "until": "placed_at__lt",
}


def matching(
    actor: Actor, filters: OrderFilters, *, now: datetime, among: Collection[int] | None = None
) -> QuerySet[Order]:
    """The visible orders that pass the filters. Drafts appear only when asked for by state or by a search.

    `among` are the orders that the search text names, where the caller has asked `orders_named` for them.
    """
    actor.require(Permission.ORDERS_ORDER_VIEW)
    if among is None and filters.text.strip():
        among = orders_named(filters.text)
    orders = visible_orders(actor)
    if filters.ready:
        orders = ready_orders(orders, actor.warehouse_ids)
    elif not filters.state and among is None:
        orders = orders.filter(placed_at__isnull=False)
    given = {name: getattr(filters, name) for name in _CONDITIONS}
    for name, value in given.items():
        if value not in ("", None, ()):
            path = _CONDITIONS[name]
            orders = orders.filter(**{f"{path}__in" if isinstance(value, tuple) else path: value})
    if filters.channel:
        orders = _of_channel(orders, filters)
    if filters.warehouse:
        orders = orders.filter(_reserved_in(filters.warehouse))
    if filters.tag:
        orders = orders.filter(_of_tagged(filters.tag))
    orders = _that_wait(orders, filters, now)
    return orders if among is None else orders.filter(pk__in=among)


def _that_wait(orders: QuerySet[Order], filters: OrderFilters, now: datetime) -> QuerySet[Order]:
    """For the bookkeeper, or past their date."""
    if filters.to_invoice:
        orders = to_invoice(orders)
    if filters.late:
        orders = orders.filter(past_date(now) if filters.ready else late_orders(now))
    return orders


def _of_channel(orders: QuerySet[Order], filters: OrderFilters) -> QuerySet[Order]:
    """The channel's own index serves it alone. Beside a state of fulfilment that one is to be read, whose index knows the
    channel too: all that a channel ever sold is more than all that waits."""
    channel = Channel.objects.filter(code=filters.channel).values("pk")[:1]
    if not filters.fulfilment_state and not filters.ready:
        return orders.filter(channel_id=channel)
    return orders.alias(of_channel=F("channel_id") + 0).filter(of_channel=channel)


def _reserved_in(warehouse: str) -> Q:
    """Orders for which something is reserved there: by their keys while these are few. Where there are many, the newest
    are among the first in the order of the list, and each is asked."""
    few = few_reserved_in(warehouse)
    if few is not None:
        return Q(pk__in=OrderLine.objects.filter(pk__in=few).values("order_id"))
    there = Reservation.objects.filter(stock_item__warehouse=warehouse_key(warehouse), line_id=OuterRef("pk"))
    return Q(Exists(OrderLine.objects.filter(Exists(there), order_id=OuterRef("pk"))))


def few_reserved_in(warehouse: str) -> list[int] | None:
    """The order lines for which something is reserved there; None for so many that they are better met on the way
    through the orders. Asked for step by step, because PostgreSQL takes every warehouse for one that has its share of
    all reservations."""
    reserved = StockItem.objects.filter(warehouse=warehouse_key(warehouse), reserved__gt=0)
    items = list(reserved.values_list("pk", flat=True)[: FEW_RESERVATIONS + 1])
    if len(items) > FEW_RESERVATIONS:
        return None
    lines = Reservation.objects.filter(stock_item__in=items).values_list("line_id", flat=True)
    found = list(lines[: FEW_RESERVATIONS + 1])
    return found if len(found) <= FEW_RESERVATIONS else None


def warehouse_key(code: str) -> int | None:
    return Warehouse.objects.filter(code=code).values_list("pk", flat=True).first()


def _of_tagged(tag: str) -> Q:
    """Orders of customers with a tag; see `_reserved_in`."""
    marks = Customer.tags.through.objects.filter(tag__name=tag)
    if capped_count(marks, FEW_CUSTOMERS) <= FEW_CUSTOMERS:
        return Q(customer__in=marks.values("customer_id"))
    number = Tag.objects.filter(name=tag).values_list("pk", flat=True).first() or 0
    return Q(Exists(Customer.tags.through.objects.filter(tag_id=number, customer_id=OuterRef("customer_id"))))


def late_orders(now: datetime) -> Q:
    """Placed, not fully shipped, and the day that the customer asked for or was promised is over."""
    return still_waiting() & past_date(now)


def still_waiting() -> Q:
    return Q(state=Order.State.PLACED, fulfilment_state__in=WAITING)


def ready_orders(orders: QuerySet[Order], warehouses: Collection[int] | None) -> QuerySet[Order]:
    """Those of `orders` that can leave from `warehouses` (keys; None: from any), each with the moment on which it is `due`.

    They are met in the order of an index of all that waits.
    """
    return orders.annotate(due=ReadyDue()).filter(can_leave(warehouses), due__isnull=False)


def can_leave(warehouses: Collection[int] | None) -> Q:
    """Something is reserved for the order there; and nothing is missing, if its customer takes no part of an order."""
    reserved = Reservation.objects.filter(line_id=OuterRef("pk"))
    if warehouses is not None:
        reserved = reserved.filter(stock_item__warehouse_id__in=warehouses)
    some = OrderLine.objects.filter(Exists(reserved), order_id=OuterRef("pk"))
    # Begins with what is missing: of customers only those are looked at that wait for something.
    unwanted = Backorder.objects.filter(
        line__order_id=OuterRef("pk"), line__order__customer__preferences__partial_delivery=False
    )
    return Q(Exists(some)) & ~Q(Exists(unwanted))


def orders_named(text: str) -> list[int]:
    """Orders that a search text names, the visible and the others: by number, external id, phone, its last four digits,
    e-mail or customer.

    Each is one bounded look-up in an index of its own; together they stay fast however many orders there are.
    """
    text = text.strip()
    found = {*_of_number(text.upper()), *_of_external_id(text)}
    digits = "".join(character for character in text if character.isdigit())
    index: bytes | None = None
    if "@" in text:
        orders, customers, index = _of_email, _customers_of_email, email_index(text)
    elif len(digits) == 4 and digits == text:
        orders, customers, index = _of_last4, _customers_of_last4, phone_last4_index(text)
    elif len(digits) >= 7:
        orders, customers, index = _of_phone, _customers_of_phone, phone_index(text)
    else:
        return list(found.union(_bought_by(_customers_named(text))))
    if index is not None:
        found.update(orders(index), _bought_by(customers(index)))
    return list(found)


def _bought_by(customers: list[int]) -> list[int]:
    return _of_customers(customers) if customers else []


def newest_orders(condition: Q) -> QuerySet[Order, int]:
    """Keys for a search, of all orders: who may see which is asked afterwards. No more than anybody reads."""
    return Order.objects.filter(condition).order_by("-id").values_list("pk", flat=True)[:SEARCH_LIMIT]


def _some_customers(condition: Q) -> QuerySet[Customer, int]:
    return Customer.objects.filter(condition).values_list("pk", flat=True)[:SEARCH_LIMIT]


_of_number = prepared(str)(lambda text: newest_orders(prefix("number", text)))
_of_external_id = prepared(str)(lambda text: newest_orders(prefix("external_id", text)))
_of_email = prepared(bytes)(lambda index: newest_orders(Q(email_index=index)))
_of_last4 = prepared(bytes)(lambda index: newest_orders(Q(phone_last4_index=index)))
_of_phone = prepared(bytes)(lambda index: newest_orders(Q(phone_index=index)))
_of_customers = prepared([int])(lambda pks: newest_orders(Q(customer_id__in=pks)))
_customers_of_email = prepared(bytes)(lambda index: _some_customers(Q(contacts__email_index=index)))
_customers_of_last4 = prepared(bytes)(lambda index: _some_customers(Q(contacts__phone_last4_index=index)))
_customers_of_phone = prepared(bytes)(lambda index: _some_customers(Q(contacts__phone_index=index)))
_customers_named = prepared(str)(lambda text: _some_customers(prefix("name", text) | prefix("number", text)))


def order_detail(actor: Actor, order_id: int) -> Order | None:
    """The order with channel, customer, owner and team; None when the actor may not know of it."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    return next((order for order in _order_of_key(order_id) if _may_know(actor, order)), None)


@prepared(int)
def _order_of_key(pk: int) -> QuerySet[Order]:
    return Order.objects.select_related("channel", "customer", "owner", "team").filter(pk=pk)


def _may_know(actor: Actor, order: Order) -> bool:
    """What `visible_orders` asks, of an order that is at hand."""
    limits = ((actor.channel_ids, order.channel_id), (actor.team_ids, order.team_id))
    return all(allowed is None or found in allowed for allowed, found in limits)


def was_placed_by(actor: Actor, order_id: int) -> bool:
    """Whether the order came into being by this actor's hand."""
    born = (OrderEvent.PLACED, OrderEvent.QUOTED, OrderEvent.RECORDED)
    told = Event.objects.filter(stream=f"order:{order_id}", name__in=born)
    return told.filter(actor_kind=actor.kind, actor_id=actor.id).exists()


def lines_with_promises(order_id: int) -> QuerySet[OrderLine]:
    """Lines by position with components and backorders loaded."""
    return (
        OrderLine.objects.filter(order_id=order_id)
        .order_by("position")
        .select_related("variant")
        .prefetch_related("components__variant", "backorders")
    )


def active_holds(order_id: int) -> QuerySet[Hold]:
    return Hold.objects.filter(order_id=order_id, released_at=None).order_by("placed_at")


def timeline(actor: Actor, order_id: int, *, limit: int = 200) -> list[Event]:
    """What happened to the order, newest first. Raises PermissionDenied; empty when the actor may not know of it."""
    if order_detail(actor, order_id) is None:
        return []
    return timeline_of(order_id, limit=limit)


def timeline_of(order_id: int, *, limit: int = 200) -> list[Event]:
    """The same of an order that the caller has already looked up."""
    return list(Event.objects.filter(stream=f"order:{order_id}").order_by("-id")[:limit])


def owed_to_backorders(variant_id: int) -> list[Owed]:
    """What waits without being reserved, for dated availability: the most urgent first."""
    rows = Backorder.objects.filter(variant_id=variant_id).select_related("line__order").order_by("priority", "since")
    return [Owed(row.quantity, row.line.order.requested_at, row.line.order.number) for row in rows]


def owed_by_variant(variant_ids: Collection[int]) -> dict[int, list[Owed]]:
    """The same of many variants, in one query."""
    found: dict[int, list[Owed]] = {pk: [] for pk in variant_ids}
    rows = Backorder.objects.filter(variant_id__in=list(variant_ids)).order_by("priority", "since")
    for row in rows.select_related("line__order"):
        found[row.variant_id].append(Owed(row.quantity, row.line.order.requested_at, row.line.order.number))
    return found


def orders_of_lines(actor: Actor, line_ids: Collection[int]) -> dict[int, Order]:
    """Line id -> its order, for lines of orders the actor may know of."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    lines = OrderLine.objects.filter(pk__in=list(line_ids), order__in=visible_orders(actor)).select_related("order")
    return {line.pk: line.order for line in lines}
