"""Promises that stock and announced goods will not keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import LineFacts, OrderFacts, VariantFacts
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, Threshold, define
from orderwell.domains.automation.hints.rules.common import ask, open_change
from orderwell.domains.automation.hints.wording import day
from orderwell.kernel.errors import Phrase
from orderwell.platform.configuration.kinds import whole
from orderwell.platform.permissions import Permission

PROMISE = define(
    "promise_at_risk",
    _("Promise at risk"),
    _("Points out an order whose missing goods come after the day it is due, and goods whose delivery is late."),
    Threshold(
        "days",
        whole(low=0, high=90),
        10,
        _("Days before the due day"),
        _("Goods that nobody has announced are pointed out from so many days before the order is due."),
    ),
)


@PROMISE.on("order")
def order_at_risk(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    """One hint an order, about the line that comes last."""
    due = order.due_at
    if due is None or order.kind == "quote":
        return
    known = [line for line in order.lines if line.missing and line.expected_at]
    overdue = [line for line in known if line.expected_at and line.expected_at < order.now]
    late = [line for line in known if line.expected_at and day(line.expected_at) > day(due)]
    soon = due - order.now <= timedelta(days=limits["days"])
    unknown = [line for line in order.lines if line.missing and line.expected_at is None] if soon else []
    if unknown:
        line = unknown[0]
        text = _("{missing} × {sku} are missing and nothing is announced; the order is due on {due}.")
        reason = Phrase(text, missing=line.missing, sku=line.sku, due=day(due))
    elif overdue:
        line = overdue[0]
        text = _("{missing} × {sku} were expected on {expected} and have not come; the order is due on {due}.")
        expected = day(line.expected_at or due)
        reason = Phrase(text, missing=line.missing, sku=line.sku, expected=expected, due=day(due))
    elif late:
        line = max(late, key=lambda item: item.expected_at or due)
        text = _("{missing} × {sku} are expected on {expected}; the order is due on {due}.")
        reason = Phrase(text, missing=line.missing, sku=line.sku, expected=day(line.expected_at or due), due=day(due))
    else:
        return
    remedies = [*ask(order, _("Tell the customer")), *open_change(order, _("Change the date"))]
    inputs = {"due": day(due), "lines": [_of(item) for item in (*unknown, *overdue, *late)]}
    yield PROMISE.hint(order, Severity.WARNING, reason, *remedies, inputs=inputs, line=line.key)


def _of(line: LineFacts) -> tuple[object, ...]:
    return line.sku, line.missing, day(line.expected_at) if line.expected_at else ""


@PROMISE.on("variant")
def goods_at_risk(goods: VariantFacts, limits: Limits) -> Iterator[Hint]:
    """Orders wait, and what was announced for them has not come or doesn't suffice."""
    if not goods.waiting:
        return
    overdue = [item for item in goods.arrivals if item.due_at < goods.now]
    coming = sum((item.quantity for item in goods.arrivals), goods.waiting * 0)
    figures = {"waiting": goods.waiting, "sku": goods.sku, "count": goods.waiting_orders}
    if overdue:
        first = overdue[0]
        text = _(
            "{waiting} × {sku} are missing (orders: {count}); {quantity} were announced for {day} ({reference}) and have "
            "not come."
        )
        said = {"quantity": first.quantity, "day": day(first.due_at), "reference": first.reference or "—"}
        reason = Phrase(text, **figures, **said)
    elif coming < goods.waiting:
        text = _("{waiting} × {sku} are missing (orders: {count}), and only {coming} are announced.")
        reason = Phrase(text, **figures, coming=coming)
    else:
        return
    orders = Remedy("waiting-orders", Phrase(_("Orders that wait")), {"sku": goods.sku}, Permission.ORDERS_ORDER_VIEW)
    receive = Remedy("receive-stock", Phrase(_("Receive goods")), {"sku": goods.sku}, Permission.INVENTORY_STOCK_ADJUST)
    inputs = {
        "waiting": goods.waiting,
        "arrivals": [(item.reference, item.quantity, day(item.due_at)) for item in goods.arrivals],
        "late": len(overdue),
    }
    yield PROMISE.hint(goods, Severity.WARNING, reason, orders, receive, inputs=inputs)
