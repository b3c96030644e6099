"""Reading shipments and returns, already filtered for the actor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from orderwell.domains.catalog.models import Variant
from orderwell.domains.fulfilment.components import complete_units
from orderwell.domains.fulfilment.models import Return, ReturnLine, Shipment, ShipmentLine
from orderwell.domains.inventory.models import Reservation, Warehouse
from orderwell.domains.orders.documents import counted, named_by
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.services.promises import demand_of
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission

ONE = Decimal(1)
# What a shipment is measured by: the date promised for its order or, without one, the date the customer asked for.
DUE = Coalesce("order__promised_at", "order__requested_at")


def kept_its_date() -> Q:
    """Shipments, annotated with DUE as `due_at`, that left on its day at the latest."""
    return Q(shipped_at__lte=F("due_at")) | Q(LessThanOrEqual(*_days()))


def left_late() -> Q:
    # Most left before that moment: only of the others the days are worked out.
    return Q(shipped_at__gt=F("due_at")) & Q(GreaterThan(*_days()))


def _days() -> tuple[TruncDate, TruncDate]:
    """The business days on which it left and was due."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return TruncDate("shipped_at", tzinfo=zone), TruncDate("due_at", tzinfo=zone)


# Everything that was to be shipped has left, whether or not it has arrived or come back.
_FILLED = (Order.FulfilmentState.SHIPPED, Order.FulfilmentState.DELIVERED, Order.FulfilmentState.RETURNED)


def first_of_order() -> Q:
    """Shipments with which the first goods of an order left."""
    others = Shipment.objects.filter(order=OuterRef("order"))
    earlier = others.filter(
        Q(shipped_at__lt=OuterRef("shipped_at")) | Q(shipped_at=OuterRef("shipped_at"), id__lt=OuterRef("id"))
    )
    return ~Q(Exists(earlier))


def whole_order() -> Q:
    """First shipments with which everything left. What leaves several warehouses at one moment is one departure."""
    later = Shipment.objects.filter(order=OuterRef("order"), shipped_at__gt=OuterRef("shipped_at"))
    filled = Order.objects.filter(pk=OuterRef("order"), fulfilment_state__in=_FILLED)
    return Q(Exists(filled)) & ~Q(Exists(later))


def visible_shipments(actor: Actor) -> QuerySet[Shipment]:
    """Shipments of orders the actor may know of, from warehouses it may see."""
    shipments = rows_within(Shipment.objects.all(), actor, warehouse="warehouse")
    if actor.channel_ids is not None or actor.team_ids is not None:
        shipments = shipments.filter(Exists(visible_orders(actor).filter(pk=OuterRef("order_id"))))
    return shipments


def visible_returns(actor: Actor) -> QuerySet[Return]:
    """Returns in channels the actor may see; those without an order belong to no team."""
    returns = rows_within(Return.objects.all(), actor, channel="channel")
    if actor.team_ids is not None:
        returns = returns.filter(Exists(visible_orders(actor).filter(pk=OuterRef("order_id"))))
    return returns


def shipment_list(
    actor: Actor,
    *,
    order_id: int | None = None,
    state: str = "",
    warehouse: str = "",
    text: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Shipment]:
    """Newest first. `text` is a number, its beginning or count, a tracking number, or an order or customer. Raises
    PermissionDenied, UnknownCursor."""
    rows = shipments(actor, order_id=order_id, state=state, warehouse=warehouse, text=text)
    rows = rows.select_related("order", "warehouse")
    return keyset_page(rows, order=("-shipped_at", "-id"), cursor=cursor, limit=limit)


def shipments(
    actor: Actor,
    *,
    order_id: int | None = None,
    state: str = "",
    warehouse: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    timely: bool | None = None,
    first: bool = False,
    whole: bool | None = None,
) -> QuerySet[Shipment]:
    """The visible shipments that pass the filters; shipped from `since` on and before `until`.

    `timely` asks for those with a date to keep: that left by then, or after it. `first` asks for the first of each order,
    `whole` for those of them with which everything left, or not everything.
    """
    actor.require(Permission.FULFILMENT_SHIPMENT_VIEW)
    rows = visible_shipments(actor)
    wanted = {
        "order_id": order_id,
        "state": state or None,
        "warehouse": Warehouse.objects.filter(code=warehouse).values("pk")[:1] if warehouse else None,
        "shipped_at__gte": since,
        "shipped_at__lt": until,
    }
    rows = rows.filter(**{column: value for column, value in wanted.items() if value is not None})
    if timely is not None:
        rows = rows.annotate(due_at=DUE).filter(kept_its_date() if timely else left_late())
    if first or whole is not None:
        rows = rows.filter(first_of_order())
    if whole is not None:
        rows = rows.filter(whole_order() if whole else ~whole_order())
    if text.strip():
        own = [Q(tracking_number=one) for one in dict.fromkeys((text.strip(), text.strip().upper()))]
        rows = rows.filter(named_by(Shipment.objects.all(), text, exact=[*own, *_counted(text)], customers=False))
    return rows


def shipments_of_orders(actor: Actor, order_ids: Sequence[int]) -> list[int]:
    """Keys of the visible shipments of these orders, in the order of the orders, the first of each first."""
    actor.require(Permission.FULFILMENT_SHIPMENT_VIEW)
    place = {pk: at for at, pk in enumerate(order_ids)}
    found = visible_shipments(actor).filter(order_id__in=list(place)).values_list("order_id", "pk")
    return [pk for order_id, pk in sorted(found, key=lambda row: (place[row[0]], row[1]))]


def shipment_detail(actor: Actor, shipment_id: int) -> Shipment:
    """A shipment with its lines. Raises PermissionDenied, NotFound."""
    actor.require(Permission.FULFILMENT_SHIPMENT_VIEW)
    found = (
        visible_shipments(actor)
        .select_related("order", "warehouse")
        .prefetch_related("lines__order_line", "lines__stock_item__variant")
        .filter(pk=shipment_id)
        .first()
    )
    if found is None:
        raise NotFound(kind="shipment", reference=str(shipment_id))
    return found


def return_list(
    actor: Actor, *, order_id: int | None = None, text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Return]:
    """Newest first. `text` is a number, its beginning or count, or an order or customer. Raises PermissionDenied,
    UnknownCursor."""
    rows = returns(actor, order_id=order_id, text=text).select_related("order", "customer", "channel")
    return keyset_page(rows, order=("-received_at", "-id"), cursor=cursor, limit=limit)


def returns(
    actor: Actor,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    channel: str = "",
    currency: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    standing: bool = False,
) -> QuerySet[Return]:
    """The visible returns that pass the filters; received from `since` on and before `until`. `standing` leaves out what
    was undone."""
    actor.require(Permission.FULFILMENT_RETURN_VIEW)
    rows = visible_returns(actor)
    wanted = {
        "order_id": order_id,
        "customer_id": customer_id,
        "channel__code": channel or None,
        "currency": currency or None,
        "received_at__gte": since,
        "received_at__lt": until,
    }
    rows = rows.filter(**{column: value for column, value in wanted.items() if value is not None})
    if standing:
        rows = rows.filter(undone_at=None)
    if text.strip():
        own = [Q(external_id=text.strip()), *_counted(text)]
        rows = rows.filter(named_by(Return.objects.all(), text, exact=own))
    return rows


def _counted(text: str) -> list[Q]:
    """Shipments and returns are numbered by their keys: 19 means RT000019 as well."""
    value = counted(text)
    return [] if value is None else [Q(pk=value)]


def return_detail(actor: Actor, return_id: int) -> Return:
    """A return with its lines and items. Raises PermissionDenied, NotFound."""
    actor.require(Permission.FULFILMENT_RETURN_VIEW)
    found = (
        visible_returns(actor)
        .select_related("order", "customer", "channel")
        .prefetch_related(
            Prefetch("lines", ReturnLine.objects.select_related("variant")), "lines__items__stock_item__warehouse"
        )
        .filter(pk=return_id)
        .first()
    )
    if found is None:
        raise NotFound(kind="return", reference=str(return_id))
    return found


def returned_units(document: Return) -> dict[int, Decimal]:
    """Order line -> units of it that came back with a return."""
    return _by_order_line(ReturnLine.objects.filter(return_document=document), "quantity")


def unbilled_units(document: Return) -> dict[int, Decimal]:
    """Order line -> units of it that a return left unbilled; none where it left none."""
    return _by_order_line(
        ReturnLine.objects.filter(return_document=document, quantity_unbilled__gt=0), "quantity_unbilled"
    )


def _by_order_line(rows: QuerySet[ReturnLine], column: str) -> dict[int, Decimal]:
    units: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, quantity in rows.filter(order_line__isnull=False).order_by("pk").values_list("order_line_id", column):
        units[line_id or 0] += quantity
    return units


def return_named(actor: Actor, return_id: int) -> Return | None:
    """A return that another document names, for who sees that document; None when it is out of the actor's reach."""
    return visible_returns(actor).filter(pk=return_id).first()


def shipped_components(line_ids: Collection[int], *, until: int | None = None) -> dict[int, dict[int, Decimal]]:
    """{line id: {stocked variant id: quantity}} over all shipments, or those up to the shipment with the id `until`."""
    rows = ShipmentLine.objects.filter(order_line_id__in=list(line_ids))
    if until is not None:
        rows = rows.filter(shipment_id__lte=until)
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    sums = rows.order_by().values_list("order_line_id", "stock_item__variant_id").annotate(total=Sum("quantity"))
    for line_id, variant_id, total in sums.values_list("order_line_id", "stock_item__variant_id", "total"):
        found[line_id][variant_id] = total
    return found


def units_completed_by(shipment_id: int) -> dict[int, Decimal]:
    """{line id: units} that became complete with this shipment: for a bundle with its last component."""
    line_ids = set(ShipmentLine.objects.filter(shipment_id=shipment_id).values_list("order_line_id", flat=True))
    lines = OrderLine.objects.filter(pk__in=line_ids).prefetch_related("components")
    places = _places_of(lines)
    after, before = (shipped_components(line_ids, until=until) for until in (shipment_id, shipment_id - 1))
    made = {
        line.pk: _units_of(line, after[line.pk], places) - _units_of(line, before[line.pk], places) for line in lines
    }
    return {line_id: units for line_id, units in made.items() if units}


def bundles_ready(line_ids: Collection[int], *, warehouse: str = "") -> dict[int, Decimal]:
    """{bundle line id: whole units that its components reserved in this warehouse, or in any, make up with what has gone before}."""
    if not line_ids:
        return {}
    lines = OrderLine.objects.filter(pk__in=line_ids).prefetch_related("components")
    kept = Reservation.objects.filter(line_id__in=line_ids)
    if warehouse:
        kept = kept.filter(stock_item__warehouse__code=warehouse)
    together = shipped_components(line_ids)
    for line_id, variant, quantity in kept.values_list("line_id", "stock_item__variant_id", "quantity"):
        together[line_id][variant] = together[line_id].get(variant, Decimal(0)) + quantity
    places = _places_of(lines)
    return {line.pk: _units_of(line, together[line.pk], places) - line.quantity_shipped for line in lines}


def _places_of(lines: Iterable[OrderLine]) -> dict[int, int]:
    """{variant id: decimal places to which these lines are divisible}."""
    rows = Variant.objects.filter(pk__in=[line.variant_id for line in lines])
    return dict(rows.values_list("pk", "quantity_places"))


def _units_of(line: OrderLine, components: Mapping[int, Decimal], places: Mapping[int, int]) -> Decimal:
    return complete_units(components, demand_of(line, ONE), places.get(line.variant_id or 0, 0))
