"""Step 1: has this request, or this order of this channel, been here before? Then it gets the first answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from orderwell.domains.catalog.resolving import reference
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Duplicate, LineResult, Repeated
from orderwell.domains.orders.placement.plan import Plan
from orderwell.kernel.money import round_amount
from orderwell.kernel.quantities import plain
from orderwell.platform.idempotency import services as request_keys
from orderwell.platform.statements import fetch

ONE, ZERO = Decimal(1), Decimal(0)
_COLUMNS = (
    *("channel_id", "external_id", "number", "state", "history", "currency", "net_amount", "tax_amount"),
    *("total_amount", "placed_at", "created_at"),
)


def answer_repeated_requests(plans: list[Plan]) -> None:
    """A repeated request key gets the stored bytes; the same key with another body is refused. One query."""
    asked = {(r.scope, r.key): plan for plan in plans if (r := plan.submission.request) is not None}
    if not asked:
        return
    stored = request_keys.answers_for(asked)
    for (scope, key), answer in stored.items():
        plan = asked[scope, key]
        if plan.submission.request and answer.fingerprint != plan.submission.request.fingerprint:
            plan.refuse(request_keys.KeyReused(key=key))
        else:
            plan.outcome = Repeated(answer.status, answer.response)


# By external id alone, which hardly any two channels share: one index answers it. The channel is compared below.
_KNOWN = "SELECT id FROM orders_order WHERE external_id IN (%s)"


def answer_known_orders(plans: list[Plan]) -> None:
    """An external id that the channel already gave leads to the order it became. One query where none is known."""
    channels = reference().channels
    asked: dict[tuple[int, str], Plan] = {}
    for plan in plans:
        channel = channels.get(plan.draft.channel)
        if channel is not None and plan.draft.external_id is not None:
            asked[channel.id, plan.draft.external_id] = plan
    if not asked:
        return
    found = fetch(_KNOWN, {external for _, external in asked})
    if not found:
        return
    rows = Order.objects.filter(pk__in=[pk for (pk,) in found])
    known: dict[int, tuple[Order, Plan]] = {}
    for order in rows.only(*_COLUMNS):
        asking = asked.get((order.channel_id, order.external_id or ""))
        if asking is not None and asking.quote_id != order.pk:
            known[order.pk] = (order, asking)
    # Files bring thousands of past orders a second time and compare their lines themselves.
    lines = _lines_of([pk for pk, (order, _plan) in known.items() if not order.history])
    for order, plan in known.values():
        plan.outcome = _duplicate(order, plan, lines[order.pk])


def _duplicate(order: Order, plan: Plan, lines: list[OrderLine]) -> Duplicate:
    def rounded(amount: Decimal) -> Decimal:
        return round_amount(amount, order.currency)

    wanted = Counter((line.sku, line.quantity) for line in plan.draft.lines)
    differs = bool(lines) and wanted != Counter((line.sku, line.quantity) for line in lines)
    return Duplicate(
        order_id=order.pk,
        number=order.number,
        state=order.state,
        currency=order.currency,
        net_amount=rounded(order.net_amount),
        tax_amount=rounded(order.tax_amount),
        total_amount=rounded(order.total_amount),
        placed_at=order.placed_at or order.created_at,
        lines=tuple(_line_result(line) for line in lines),
        differs=differs or plan.draft.currency not in (None, order.currency),
    )


def _lines_of(order_ids: list[int]) -> dict[int, list[OrderLine]]:
    """Lines of goods by position, with what waits for stock and what bundles are of."""
    found: dict[int, list[OrderLine]] = defaultdict(list)
    if order_ids:
        rows = OrderLine.objects.filter(order_id__in=order_ids, kind=OrderLine.Kind.GOODS).order_by("position")
        for line in rows.prefetch_related("backorders", "components"):
            found[line.order_id].append(line)
    return found


def _line_result(line: OrderLine) -> LineResult:
    parts = {part.variant_id: part.quantity for part in line.components.all()}
    # A bundle is reserved as far as its scarcest component.
    missing = max((row.quantity / parts.get(row.variant_id, ONE) for row in line.backorders.all()), default=ZERO)
    quantity = line.quantity - line.quantity_cancelled
    return LineResult(line.sku, *(Decimal(plain(units)) for units in (quantity, quantity - missing, missing)))
