"""What a customer sees of an order: plain values, picked one by one, so that nothing else can get onto the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from orderwell.domains.automation.returns import ReturnTerms, return_terms
from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.overview import money_of
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.models import Case, Rating
from orderwell.domains.cases.queries import threads_of
from orderwell.domains.catalog.naming import in_language
from orderwell.domains.fulfilment.models import Shipment, ShipmentLine
from orderwell.domains.fulfilment.overview import shipments_of
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.queries import order_detail
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.permissions import Permission
from orderwell.web.public.tracking import tracking_address
from orderwell.web.templatetags.orderwell import line_name, reads_chinese

F = Order.FulfilmentState
_SEEN = frozenset({Permission.ORDERS_ORDER_VIEW, Permission.FULFILMENT_SHIPMENT_VIEW, Permission.BILLING_INVOICE_VIEW})


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the order's way; `reached` with the moment where it has one."""

    name: str
    reached: bool
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    number: str
    carrier: str
    tracking_number: str
    tracking_address: str
    shipped_at: datetime
    delivered_at: datetime | None
    contents: list[tuple[Decimal, str]]


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    sku: str
    is_charge: bool
    quantity: Decimal
    shipped: Decimal
    returned: Decimal
    cancelled: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice, or a credit note, which has no date by which it is due and takes its amount away.

    Of several invoices each has its `standing`, and what is still `open` of it.
    """

    pk: int
    number: str
    issued_at: datetime
    due_at: datetime | None
    amount: Decimal
    standing: str = ""
    open: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """From the amounts of the lines to the total. `tax` is given where it is not in those amounts yet."""

    discount: Decimal
    net: Decimal | None
    tax: Decimal | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One order as its customer sees it."""

    number: str
    currency: str
    state: str
    city: str
    promised_at: datetime | None
    steps: list[Step]
    parcels: list[Parcel]
    lines: list[Line]
    invoices: list[Paper]
    credit_notes: list[Paper]
    sums: Sums
    total: Decimal
    credited: Decimal
    paid: Decimal
    due: Decimal
    threads: list[Case]
    terms: ReturnTerms
    can_rate: bool
    rating: Rating | None


def reader(access: OrderAccess) -> Actor:
    """Reads on behalf of a customer. Only for documents of the one order that the proof is about."""
    return replace(access.actor, permissions=_SEEN)


def _invoice(row: Invoice, standing: str) -> Paper:
    return Paper(row.pk, row.number, row.issued_at, row.due_at, row.gross_amount, standing, row.open_amount)


def see_order(access: OrderAccess, now: datetime) -> Seen:
    """Raises NotFound."""
    actor = reader(access)
    order = order_detail(actor, access.order_id)
    if order is None or order.placed_at is None:
        raise NotFound(kind="order", reference=str(access.order_id))
    shipments = shipments_of(actor, order.pk)
    rating = Rating.objects.filter(order_id=order.pk).first()
    money = money_of(actor, order.pk)
    lines = [_line(order, line) for line in order.lines.select_related("variant").order_by("position")]
    return Seen(
        number=order.number,
        currency=order.currency,
        state=order.state if order.state == Order.State.CANCELLED else order.fulfilment_state,
        city=order.ship_city,
        promised_at=order.promised_at or order.requested_at,
        steps=_steps(order, shipments),
        parcels=[_parcel(shipment) for shipment in shipments],
        lines=lines,
        invoices=[_invoice(row, standing) for row, standing in money.standing],
        credit_notes=[Paper(row.pk, row.number, row.issued_at, None, -row.gross_amount) for row in money.credit_notes],
        sums=_sums(order, lines),
        total=order.total_amount,
        credited=order.credited_amount,
        paid=order.paid_amount,
        due=due_amount(order),
        threads=threads_of(order.pk),
        terms=return_terms(order, now),
        can_rate=rating is None and order.fulfilment_state in (F.DELIVERED, F.RETURNED),
        rating=rating,
    )


def _sums(order: Order, lines: list[Line]) -> Sums:
    shown = sum((line.amount for line in lines), Decimal(0))
    if order.prices_include_tax:
        return Sums(shown - order.total_amount, None, None)
    return Sums(shown - order.net_amount, order.net_amount, order.tax_amount)


def _steps(order: Order, shipments: list[Shipment]) -> list[Step]:
    gone = [shipment.shipped_at for shipment in shipments]
    arrived = [shipment.delivered_at for shipment in shipments if shipment.delivered_at is not None]
    state = order.fulfilment_state
    delivered = state in (F.DELIVERED, F.RETURNED) and bool(arrived)
    return [
        Step("placed", True, order.placed_at),
        Step("reserved", state != F.BACKORDERED or bool(gone)),
        Step("shipped", bool(gone), min(gone, default=None)),
        Step("delivered", delivered, max(arrived) if delivered else None),
    ]


def _parcel(shipment: Shipment) -> Parcel:
    address = tracking_address(
        configuration.get("public.tracking_addresses"), shipment.carrier, shipment.tracking_number
    )
    return Parcel(
        shipment.number,
        shipment.carrier,
        shipment.tracking_number,
        address,
        shipment.shipped_at,
        shipment.delivered_at,
        [(row.quantity, _content(row)) for row in shipment.lines.all()],
    )


def _content(row: ShipmentLine) -> str:
    """What lies in the parcel: of a bundle the component that is counted there, and then what it is a part of."""
    name = line_name(row.order_line)
    if not row.order_line.is_bundle:
        return name
    return f"{in_language(row.stock_item.variant, chinese=reads_chinese())} · {name}"


def _line(order: Order, line: OrderLine) -> Line:
    return Line(
        line_name(line),
        line.sku,
        line.kind != OrderLine.Kind.GOODS,
        line.quantity,
        line.quantity_shipped,
        line.quantity_returned,
        line.quantity_cancelled,
        line.gross_amount if order.prices_include_tax else line.net_amount,
    )
