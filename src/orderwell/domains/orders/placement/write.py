"""Step 5: everything the batch decided, in a fixed handful of statements however many orders it has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderwell.domains.inventory.services.ledger import NewReservation, reserve
from orderwell.domains.orders.derivation import initial_states
from orderwell.domains.orders.drafts import AddressDraft, PastOrderDraft
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Backorder, LineComponent, Order, OrderLine
from orderwell.domains.orders.outcomes import LineResult, Placed
from orderwell.domains.orders.placement.plan import ZERO, Plan, PlannedLine
from orderwell.domains.orders.states import ORDER
from orderwell.kernel.quantities import digits, trimmed
from orderwell.platform.crypto import email_index, phone_index, phone_last4_index
from orderwell.platform.database import allocate_ids, bulk_insert
from orderwell.platform.events.recording import Fact, record_all
from orderwell.platform.numbering.services import numbers_of_keys

_encode = msgspec.json.Encoder(decimal_format="string").encode
_ADDRESS_PARTS = ("recipient", "phone", "email", "street", "district")

ADDRESS_FIELDS = (
    *("ship_to", "ship_country", "ship_region", "ship_city", "ship_postcode"),
    *("phone_index", "phone_last4_index", "email_index"),
)
ORDER_FIELDS = (
    *("id", "number", "state", "fulfilment_state", "payment_state", "on_hold", "history", "channel", "external_id"),
    *("customer", "customer_name", "owner", "team", "currency", "prices_include_tax", "order_discount"),
    *("net_amount", "tax_amount", "total_amount", "invoiced_amount", "credited_amount", "paid_amount"),
    *ADDRESS_FIELDS,
    *("priority", "source", "note", "custom"),
    *("created_at", "placed_at", "requested_at", "promised_at", "updated_at", "version"),
)
LINE_FIELDS = (
    *("id", "order", "position", "kind", "variant", "is_bundle", "sku", "name", "quantity", "unit_price"),
    *("line_discount", "order_discount_share", "tax_rate", "net_amount", "tax_amount", "gross_amount"),
    *("quantity_cancelled", "quantity_shipped", "quantity_returned", "quantity_invoiced", "promised_at", "explanation"),
)


def write(plans: list[Plan], *, now: datetime, as_quote: bool = False) -> None:
    """Insert orders, lines, components, reservations, backorders and events, and give every plan its outcome."""
    fresh = [plan for plan in plans if plan.quote_id is None]
    ids = allocate_ids({Order: len(fresh), OrderLine: sum(len(plan.lines) for plan in plans)})
    numbers = numbers_of_keys("orders.number_template", ids[Order], now=now)
    for plan, order_id, number in zip(fresh, ids[Order], numbers, strict=True):
        plan.order_id, plan.number = order_id, number
    bulk_insert(Order, ORDER_FIELDS, [_order_row(plan, now, as_quote=as_quote) for plan in fresh])
    for plan in plans:
        if plan.quote_id is not None:
            _promote_quote(plan, now, as_quote=as_quote)
    insert_lines(plans, ids[OrderLine], now=now, promised=not as_quote)
    record_all([(_fact(plan, as_quote=as_quote), plan.submission.actor) for plan in plans], now=now)
    for plan in plans:
        plan.outcome = _placed(plan, now, promised=not as_quote)


def insert_lines(
    plans: list[Plan], ids: Sequence[int], *, now: datetime, promised: bool = True, first_position: int = 1
) -> None:
    """Insert lines with their components and, unless they are only quoted, their reservations and backorders.

    `ids` are as many primary keys as there are lines.
    """
    line_ids = iter(ids)
    for plan in plans:
        for line in plan.lines:
            line.id = next(line_ids)
    bulk_insert(OrderLine, LINE_FIELDS, [row for plan in plans for row in _line_rows(plan, first_position)])
    _insert_components(plans)
    if promised:
        _insert_promises(plans, now)


def _order_row(plan: Plan, now: datetime, *, as_quote: bool) -> tuple[object, ...]:
    draft, channel, customer = plan.draft, plan.channel, plan.customer
    assert channel is not None  # noqa: S101  resolved, or the plan would have an outcome
    fulfilment, payment = initial_states(plan, as_quote=as_quote)
    placed_at = draft.placed_at if isinstance(draft, PastOrderDraft) else now
    address = draft.ship_to
    actor = plan.submission.actor
    return (
        plan.order_id,
        plan.number,
        state_of(plan, as_quote=as_quote),
        fulfilment,
        payment,
        False,
        plan.past,
        channel.id,
        draft.external_id,
        customer.id if customer else None,
        customer.name if customer else draft.customer_name or (address.recipient if address else ""),
        customer.owner_id if customer else (actor.id if actor.kind == "user" else None),
        customer.team_id if customer else None,
        plan.currency,
        channel.prices_include_tax,
        draft.discount,
        plan.total.net,
        plan.total.tax,
        plan.total.gross,
        ZERO,
        ZERO,
        ZERO,
        *address_columns(address or None),
        draft.priority,
        actor.source,
        draft.note,
        json.dumps(draft.custom, ensure_ascii=False) if draft.custom else "{}",
        placed_at,
        None if as_quote else placed_at,
        draft.requested_at,
        None,
        now,
        1,
    )


def state_of(plan: Plan, *, as_quote: bool) -> str:
    if as_quote:
        return ORDER.initial
    return ORDER.next(ORDER.initial, "record" if plan.past else "place")


def address_columns(address: AddressDraft | None) -> tuple[object, ...]:
    """Values of ADDRESS_FIELDS."""
    if address is None:
        return ("", "", "", "", "", None, None, None)
    sealed = json.dumps(
        {name: value for name in _ADDRESS_PARTS if (value := getattr(address, name))}, ensure_ascii=False
    )
    return (
        sealed,
        address.country,
        address.region,
        address.city,
        address.postcode,
        phone_index(address.phone),
        phone_last4_index(address.phone),
        email_index(address.email),
    )


def _line_rows(plan: Plan, first_position: int) -> list[tuple[object, ...]]:
    return [
        (
            line.id,
            plan.order_id,
            position,
            str(line.kind),
            line.variant.id if line.variant else None,
            line.variant.is_bundle if line.variant else False,
            line.sku,
            line.name,
            line.quantity,
            line.unit_price,
            line.line_discount,
            line.order_discount_share,
            line.tax_rate,
            line.amounts.net,
            line.amounts.tax,
            line.amounts.gross,
            ZERO,
            line.quantity if plan.past and line.variant else ZERO,
            ZERO,
            line.quantity if plan.past else ZERO,
            None,
            _encode(line.explanation).decode(),
        )
        for position, line in enumerate(plan.lines, first_position)
    ]


def _insert_components(plans: list[Plan]) -> None:
    rows = [
        (line.id, component, per_unit)
        for plan in plans
        for line in plan.lines
        if line.variant is not None and line.variant.is_bundle
        for component, per_unit in line.variant.components
    ]
    bulk_insert(LineComponent, ("line", "variant", "quantity"), rows)


def _insert_promises(plans: list[Plan], now: datetime) -> None:
    """Reservations for what stock covers, backorders for what is missing."""
    reservations, missing = [], []
    for plan in plans:
        priority = plan.draft.priority
        for line in plan.lines:
            for demand in line.demands:
                reservations += [
                    NewReservation(place.stock_item_id, line.id, quantity, priority) for place, quantity in demand.taken
                ]
                if short := demand.missing:
                    missing.append((line.id, demand.variant_id, short, priority, now))
    if reservations:
        reserve(reservations, now=now)
    bulk_insert(Backorder, ("line", "variant", "quantity", "priority", "since"), missing)


def _promote_quote(plan: Plan, now: datetime, *, as_quote: bool) -> None:
    """A stored quote gets its new content and, unless it stays a quote, its new state; its number stays."""
    order = Order.objects.select_for_update().get(pk=plan.quote_id or 0)
    plan.order_id, plan.number = order.pk, order.number
    row = dict(zip(ORDER_FIELDS, _order_row(plan, now, as_quote=as_quote), strict=True))
    order.lines.all().delete()
    for name in ("id", "number", "created_at", "version", "custom"):
        row.pop(name)
    for name in ("channel", "customer", "owner", "team"):
        row[f"{name}_id"] = row.pop(name)
    Order.objects.filter(pk=order.pk).update(**row, custom=plan.draft.custom, version=order.version + 1)


def _fact(plan: Plan, *, as_quote: bool) -> Fact:
    if as_quote:
        name = OrderEvent.QUOTED if plan.quote_id is None else OrderEvent.QUOTE_CHANGED
    else:
        name = OrderEvent.RECORDED if plan.past else OrderEvent.PLACED
    stream = f"order:{plan.order_id}"
    data = {
        "number": plan.number,
        "total": digits(plan.total.gross),
        "currency": plan.currency,
        "lines": len(plan.lines),
    }
    return Fact(name, stream, stream, data)


def _placed(plan: Plan, now: datetime, *, promised: bool) -> Placed:
    draft = plan.draft
    return Placed(
        order_id=plan.order_id,
        number=plan.number,
        currency=plan.currency,
        net_amount=plan.total.net,
        tax_amount=plan.total.tax,
        total_amount=plan.total.gross,
        placed_at=draft.placed_at if isinstance(draft, PastOrderDraft) else now,
        lines=tuple(_line_result(line) for line in plan.lines if promised and line.demands),
    )


def _line_result(line: PlannedLine) -> LineResult:
    if not any(demand.missing for demand in line.demands):
        quantity = trimmed(line.quantity)
        return LineResult(line.sku, quantity, quantity, ZERO)
    return LineResult.of(line.sku, line.quantity, [(demand.missing, demand.quantity) for demand in line.demands])
