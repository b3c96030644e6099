"""Step 1: has this request, or this order of this channel, been here before? Then it gets the first answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from orderwell.domains.catalog.resolving import reference
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Duplicate, LineResult, Repeated
from orderwell.domains.orders.placement.plan import ZERO, Plan
from orderwell.domains.orders.queries import was_placed_by
from orderwell.kernel.money import round_amount
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import UsedElsewhere
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.idempotency import services as request_keys
from orderwell.platform.statements import fetch


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
    """An external id that the channel already gave leads to the order it became. One query.

    A channel outside of the actor's rows is not looked into: the next step says that there is none.
    """
    channels = reference().channels
    asked: dict[tuple[int, str], Plan] = {}
    for plan in plans:
        channel, own = channels.get(plan.draft.channel), plan.submission.actor.channel_ids
        if channel is not None and plan.draft.external_id is not None and (own is None or channel.id in own):
            asked[channel.id, plan.draft.external_id] = plan
    if not asked:
        return
    found = fetch(_KNOWN, {external for _, external in asked})
    if not found:
        return
    ids = [pk for (pk,) in found]
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=ids, kind=OrderLine.Kind.GOODS).order_by("order_id", "position"):
        lines[line.order_id].append(line)
    for order in Order.objects.filter(pk__in=ids).only(*_TOLD):
        known = asked.get((order.channel_id, order.external_id or ""))
        if known is None or known.quote_id == order.pk:
            continue
        if _may_know(known.submission.actor, order):
            known.outcome = _first_answer(order, lines[order.pk], known.draft)
        else:
            known.refuse(UsedElsewhere(pointer="/external_id", value=order.external_id))


def _may_know(actor: Actor, order: Order) -> bool:
    """Who is limited to teams may know of their orders, and of what it placed itself for nobody's team."""
    if actor.team_ids is None or order.team_id in actor.team_ids:
        return True
    return order.team_id is None and was_placed_by(actor, order.pk)


_TOLD = (
    *("channel", "team", "external_id", "number", "state", "currency", "net_amount", "tax_amount", "total_amount"),
    *("placed_at", "created_at"),
)


def _first_answer(order: Order, lines: list[OrderLine], draft: OrderDraft) -> Duplicate:
    return Duplicate(
        order_id=order.pk,
        number=order.number,
        state=order.state,
        currency=order.currency,
        net_amount=_rounded(order.net_amount, order.currency),
        tax_amount=_rounded(order.tax_amount, order.currency),
        total_amount=_rounded(order.total_amount, order.currency),
        placed_at=order.placed_at or order.created_at,
        lines=tuple(_first_result(line) for line in lines if line.explanation.get("sourcing")),
        differs=_units(draft.lines) != _units(lines),
    )


def _first_result(line: OrderLine) -> LineResult:
    """What the line got when its stock was looked for: its explanation keeps it."""
    parts = []
    for sourcing in line.explanation["sourcing"]:
        missing = Decimal(sourcing.get("backordered", 0))
        parts.append((missing, missing + sum(map(Decimal, sourcing["taken"].values()))))
    return LineResult.of(line.sku, Decimal(plain(line.quantity)), parts)


def _units(lines: Iterable[LineDraft | OrderLine]) -> dict[str, Decimal]:
    units: dict[str, Decimal] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, ZERO) + line.quantity
    return units


def _rounded(amount: Decimal, currency: str) -> Decimal:
    """As many digits as the currency has, which the column does not keep; more where the amount has more."""
    rounded = round_amount(amount, currency)
    return rounded if rounded == amount else amount
