"""Remedies that several rules offer. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import LineFacts, OrderFacts
from orderwell.domains.automation.hints.hint import Remedy
from orderwell.kernel.errors import Phrase
from orderwell.platform.permissions import Permission

P = Permission


def hold_for(order: OrderFacts, kind: str, reason: Phrase) -> Iterator[Remedy]:
    """Stop a placed order, once, with what was noticed as the reason."""
    if order.kind == "placed" and not order.on_hold and order.to_ship:
        data = {"kind": kind, "reason": str(reason)[:240]}
        yield Remedy("hold", Phrase(_("Put on hold")), data, P.ORDERS_HOLD_PLACE)


def ask(order: OrderFacts, label: str) -> Iterator[Remedy]:
    """A message to the customer of an order that exists."""
    if order.order_id is not None and order.kind == "placed":
        yield Remedy("ask-customer", Phrase(label), {"order_id": order.order_id}, P.CASES_CASE_CHANGE)


def may_change(order: OrderFacts, line: LineFacts | None = None) -> bool:
    """Whether a remedy can change it here: while it is typed, or a placed order of which nothing has happened yet."""
    if order.kind == "quote" or not order.changeable:
        return False
    return line is None or order.kind == "entry" or line.untouched


def changing(order: OrderFacts) -> Permission | None:
    """What changing it needs; who types an order may do so anyway."""
    return None if order.kind == "entry" else P.ORDERS_ORDER_CHANGE


def open_change(order: OrderFacts, label: str) -> Iterator[Remedy]:
    if order.kind == "placed" and order.changeable:
        yield Remedy("change-order", Phrase(label), {"order_id": order.order_id}, P.ORDERS_ORDER_CHANGE)
    elif order.kind == "quote":
        yield Remedy("edit-quote", Phrase(label), {"order_id": order.order_id}, P.ORDERS_ORDER_CHANGE)


def percent_off(now: Decimal, then: Decimal) -> Decimal:
    """How many percent less `then` is, one digit after the point, never rounded up.

    >>> percent_off(Decimal(200), Decimal(170))
    Decimal('15.0')
    """
    return ((now - then) * 100 / now).quantize(Decimal("0.1"), rounding=ROUND_DOWN) if now else Decimal(0)
