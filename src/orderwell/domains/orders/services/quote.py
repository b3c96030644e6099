"""Quotes: priced like an order, promised nothing. A confirmed quote becomes the placed order of the same number."""

from __future__ import annotations

import json
from datetime import datetime
from typing import cast

from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft, OrderDraft, QuoteDraft, Submission
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Duplicate, Outcome, Placed, Refused
from orderwell.domains.orders.placement.known import answer_known_orders
from orderwell.domains.orders.placement.plan import Plan, alive
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.resolve import CHARGE_TAX_CATEGORY, resolve
from orderwell.domains.orders.placement.write import write
from orderwell.domains.orders.quote_difference import quote_differences
from orderwell.domains.orders.services.loading import lines_of, lock_order, require_state
from orderwell.domains.orders.services.place import place_submissions
from orderwell.kernel.errors import DomainError, Refusal, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission


class AlreadyAnOrder(DomainError):
    code = "already_an_order"
    message = "The channel already gave {external_id}; it is order {number}."


def save_quote(*, draft: OrderDraft, actor: Actor, now: datetime) -> Placed:
    """Store a new quote. Raises PermissionDenied, Refusal with everything wrong with it, AlreadyAnOrder."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    with atomic():
        return _write_quote(draft, actor, now)


def update_quote(*, order_id: int, draft: OrderDraft, version: int | None, actor: Actor, now: datetime) -> Placed:
    """Replace the content of a stored quote. Raises NotFound, StaleVersion, OrderStateForbids, Refusal.

    StaleVersion says which fields differ from those that are stored, and who stored them when.
    """
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE)
        if version is not None and version != order.version:
            raise _stale(order, draft, version)
        require_state(order, Order.State.DRAFT)
        values = {name: getattr(draft, name) for name in OrderDraft.__struct_fields__}
        return _write_quote(QuoteDraft(order_id=order_id, **values), actor, now)


def _stale(order: Order, draft: OrderDraft, version: int) -> StaleVersion:
    last = stream(f"order:{order.pk}", limit=1)
    return StaleVersion(
        kind="order",
        current=order.version,
        given=version,
        changed_by=last[0].actor_label if last else "",
        changed_at=order.updated_at.isoformat(),
        differences=quote_differences(stored_draft(order), draft) if order.state == Order.State.DRAFT else [],
    )


def confirm_quote(*, order_id: int, actor: Actor, now: datetime) -> Outcome:
    """Place a stored quote at its stored prices. Raises NotFound, OrderStateForbids; else the outcome of placing it."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_PLACE)
        require_state(order, Order.State.DRAFT)
        draft = stored_draft(order)
    return place_submissions([Submission(draft, actor)], now=now)[0]


def _write_quote(draft: OrderDraft, actor: Actor, now: datetime) -> Placed:
    plan = Plan(Submission(draft, actor))
    answer_known_orders([plan])
    resolve(alive([plan]), now=now)
    for living in alive([plan]):
        price(living)
    if isinstance(plan.outcome, Refused):
        raise Refusal(plan.outcome.errors)
    if isinstance(plan.outcome, Duplicate):
        raise AlreadyAnOrder(pointer="/external_id", external_id=draft.external_id, number=plan.outcome.number)
    write([plan], now=now, as_quote=True)
    return cast("Placed", plan.outcome)


def stored_draft(order: Order) -> QuoteDraft:
    """The draft a stored quote stands for, with the prices it was quoted at."""
    lines = lines_of(order)
    address = json.loads(order.ship_to) if order.ship_to else {}
    goods = [line for line in lines if line.kind == OrderLine.Kind.GOODS]
    shipping = next((line.unit_price for line in lines if line.kind == OrderLine.Kind.SHIPPING), None)
    return QuoteDraft(
        order_id=order.pk,
        confirming=True,
        channel=order.channel.code,
        external_id=order.external_id,
        customer=order.customer.number if order.customer else None,
        customer_name=order.customer_name,
        currency=order.currency,
        discount=order.order_discount,
        note=order.note,
        priority=order.priority,
        requested_at=order.requested_at,
        custom=order.custom,
        ship_to=AddressDraft(
            **address,
            city=order.ship_city,
            region=order.ship_region,
            postcode=order.ship_postcode,
            country=order.ship_country,
        )
        if order.ship_country
        else None,
        lines=tuple(LineDraft(line.sku, line.quantity, line.unit_price, line.line_discount) for line in goods),
        reasons=tuple({**line.explanation.get("price", {}), "quote": order.number} for line in goods),
        charges=tuple(
            ChargeDraft(line.sku, line.name, line.unit_price, _own_tax_category(line))
            for line in lines
            if line.kind == OrderLine.Kind.CHARGE
        ),
        **({"shipping": shipping} if shipping is not None else {}),
    )


def _own_tax_category(line: OrderLine) -> str | None:
    category: str | None = line.explanation.get("tax", {}).get("category")
    return None if category == CHARGE_TAX_CATEGORY else category
