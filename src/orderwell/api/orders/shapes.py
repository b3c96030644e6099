"""What an order looks like from outside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from orderwell.api.shapes import Amount, ErrorShape, Exact, InCurrency, Input, Moment, QuantityIn, Reason, Shape
from orderwell.domains.orders.models import Amendment, Attachment, Backorder, Hold, Order, OrderLine, OrderNote
from orderwell.domains.orders.price_reasons import said
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission


class LineResultShape(Shape):
    sku: str
    quantity: Exact
    reserved: Exact
    backordered: Exact


class PlacedOrder(InCurrency):
    verdict: Literal["placed"]
    id: int
    number: str
    state: str
    currency: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    placed_at: Moment | None
    lines: list[LineResultShape]


class DuplicateOrder(InCurrency):
    """The order that has this external id: its state and amounts now, its lines as they were answered. `differs`: what was
    sent has other products or quantities than the order has."""

    verdict: Literal["duplicate"]
    id: int
    number: str
    state: str
    currency: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    placed_at: Moment | None
    lines: list[LineResultShape]
    differs: bool


class BulkResult(InCurrency):
    """What became of one draft, in the order they were sent. A refused one has `errors`, the others what a single call answers;
    `differs` is that of a duplicate."""

    verdict: Literal["placed", "duplicate", "refused"]
    id: int | None = None
    number: str | None = None
    state: str | None = None
    currency: str | None = None
    net_amount: Amount | None = None
    tax_amount: Amount | None = None
    total_amount: Amount | None = None
    placed_at: Moment | None = None
    lines: list[LineResultShape] | None = None
    differs: bool | None = None
    errors: list[ErrorShape] = Field(default=[], description="Pointers lead into the whole body")


class BulkAnswer(Shape):
    placed: int
    duplicate: int
    refused: int
    results: list[BulkResult]


class OrderSummary(InCurrency):
    id: int
    number: str
    version: int
    state: str
    fulfilment_state: str
    payment_state: str
    on_hold: bool
    history: bool
    channel: str
    external_id: str | None
    customer: str | None = Field(description="Customer number")
    customer_name: str
    currency: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    invoiced_amount: Amount
    credited_amount: Amount
    paid_amount: Amount
    priority: int
    created_at: Moment
    placed_at: Moment | None
    requested_at: Moment | None
    promised_at: Moment | None
    updated_at: Moment


class ComponentShape(Shape):
    sku: str
    quantity: Exact


class LineShape(Shape):
    id: int
    position: int
    kind: str
    sku: str
    name: str
    quantity: Exact
    quantity_cancelled: Exact
    quantity_shipped: Exact
    quantity_returned: Exact
    quantity_invoiced: Exact
    quantity_unbilled: Exact = Field(description="Came back without being invoiced, and nothing is asked for it")
    quantity_backordered: Exact = Field(description="For a bundle, in units of its components")
    unit_price: Amount
    line_discount: Amount
    order_discount_share: Amount
    tax_rate: Exact
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount
    promised_at: Moment | None
    components: list[ComponentShape]
    explanation: dict[str, Any]
    price_reason: str = Field(description="Why the line has its price, in the language asked for; empty for charges")


class AddressShape(Shape):
    """Where goods go. Recipient, phone, e-mail and street need the permission to see personal data."""

    recipient: str | None
    phone: str | None
    email: str | None
    street: str | None
    district: str | None
    city: str
    region: str
    postcode: str
    country: str


class HoldShape(Shape):
    id: int
    kind: str
    reason: str
    placed_at: Moment
    placed_by: str
    released_at: Moment | None
    released_by: str
    release_reason: str


class NoteShape(Shape):
    id: int
    body: str
    author_label: str
    created_at: Moment


class AttachmentShape(Shape):
    id: int
    name: str
    content_type: str
    size: int
    sha256: str
    author_label: str
    created_at: Moment


class OrderDetail(OrderSummary):
    prices_include_tax: bool
    order_discount: Amount
    source: str
    note: str
    custom: dict[str, Any]
    owner: str | None
    team: str | None
    ship_to: AddressShape | None
    lines: list[LineShape]
    holds: list[HoldShape]
    notes: list[NoteShape]
    attachments: list[AttachmentShape]


class EventShape(Shape):
    id: int
    name: str
    subject: str
    occurred_at: Moment
    actor_kind: str
    actor_label: str
    source: str
    address: str
    data: dict[str, Any]


class AmountStepShape(Shape):
    """An amount or a price before and after."""

    old: Amount
    new: Amount


class QuantityStepShape(Shape):
    """A quantity before and after."""

    old: Exact
    new: Exact


class LineDifferenceShape(Shape):
    kind: Literal["added", "removed", "changed"]
    line_kind: str
    line_id: int | None = Field(description="In a preview, that of a new line means nothing")
    sku: str
    name: str
    quantity: QuantityStepShape
    unit_price: AmountStepShape
    discount: AmountStepShape
    amount: AmountStepShape
    sourcing: list[dict[str, Any]] = Field(description="Why new goods come from where they come from")
    price: dict[str, Any] = Field(default={}, description="Why a new price is what it is")


class MoveShape(Shape):
    sku: str
    warehouse: str
    quantity: Exact = Field(description="Positive: taken; negative: free again")


class MissingShape(Shape):
    sku: str
    old: Exact
    new: Exact


class FieldDifferenceShape(Shape):
    name: str
    old: Any
    new: Any


class OrderDifferenceShape(InCurrency):
    """What a change does. `fingerprint` names exactly this: send it as `agreed` with the change."""

    currency: str
    net: AmountStepShape
    tax: AmountStepShape
    total: AmountStepShape
    discount: AmountStepShape
    due: AmountStepShape
    lines: list[LineDifferenceShape]
    stock: list[MoveShape]
    missing: list[MissingShape] = Field(description="Units that wait for stock")
    fields: list[FieldDifferenceShape]
    fingerprint: str


class ChangeShape(Shape):
    number: int = Field(description="Counts within the order")
    kind: Literal["change", "cancel"]
    reason: str
    version_before: int
    version_after: int
    made_at: Moment
    actor_label: str
    source: str
    undone_at: Moment | None
    undone_by: str
    difference: OrderDifferenceShape


class ChangeMade(Shape):
    version: int
    change: ChangeShape | None
    difference: OrderDifferenceShape


class Cancelling(Input):
    lines: dict[int, QuantityIn] | None = Field(
        default=None, max_length=2000, description="Units by line id; without it, all that is left"
    )
    charges: bool = Field(
        default=False,
        description="When `lines` take the last of the goods and nothing was shipped, cancel the charges as well; without "
        "`lines` they always go along",
    )
    reason: Reason


class NewHold(Input):
    kind: str = Field(min_length=1, max_length=20)
    reason: Reason


class Releasing(Input):
    reason: Reason


class NewNote(Input):
    body: str = Field(min_length=1, max_length=10_000)


def show_summary(order: Order) -> dict[str, Any]:
    plain = {name: getattr(order, name) for name in OrderSummary.model_fields if name not in ("channel", "customer")}
    return {
        **plain,
        "channel": order.channel.code,
        "customer": order.customer.number if order.customer is not None else None,
    }


def show_detail(order: Order, lines: Sequence[OrderLine], actor: Actor) -> dict[str, Any]:
    return {
        **show_summary(order),
        "prices_include_tax": order.prices_include_tax,
        "order_discount": order.order_discount,
        "source": order.source,
        "note": order.note,
        "custom": order.custom,
        "owner": str(order.owner) if order.owner is not None else None,
        "team": str(order.team) if order.team is not None else None,
        "ship_to": _address(order, actor),
        "lines": [_line(line, order.currency) for line in lines],
        "holds": [show(HoldShape, hold) for hold in Hold.objects.filter(order=order).order_by("id")],
        "notes": [
            show(NoteShape, note) for note in OrderNote.objects.filter(order=order, removed_at=None).order_by("id")
        ],
        "attachments": [show(AttachmentShape, file) for file in Attachment.objects.filter(order=order).order_by("id")],
    }


def show_change(amendment: Amendment) -> dict[str, Any]:
    found = {name: getattr(amendment, name) for name in ChangeShape.model_fields}
    return found | {"difference": {**amendment.difference, "currency": amendment.order.currency}}


def show(shape: type[Shape], row: Hold | OrderNote | Attachment | Event) -> dict[str, Any]:
    """A row whose columns are what is shown."""
    return {name: getattr(row, name) for name in shape.model_fields}


def _address(order: Order, actor: Actor) -> dict[str, Any] | None:
    if not order.ship_country:
        return None
    open_part = {
        "city": order.ship_city,
        "region": order.ship_region,
        "postcode": order.ship_postcode,
        "country": order.ship_country,
    }
    personal = dict.fromkeys(("recipient", "phone", "email", "street", "district"))
    if order.ship_to and actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        stored = json.loads(order.ship_to)
        personal = {name: stored.get(name, "") for name in personal}
    return {**personal, **open_part}


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    derived = ("quantity_backordered", "components", "price_reason")
    backorders: Iterable[Backorder] = line.backorders.all()
    return {
        **{name: getattr(line, name) for name in LineShape.model_fields if name not in derived},
        "quantity_backordered": sum((row.quantity for row in backorders), start=line.quantity * 0),
        "price_reason": said(line.explanation, currency) if line.kind == OrderLine.Kind.GOODS else "",
        "components": [{"sku": row.variant.sku, "quantity": row.quantity} for row in line.components.all()],
    }
