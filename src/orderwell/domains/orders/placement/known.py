"""Step 1: has this request, or this order of this channel, been here before? Then it gets the first answer."""

from __future__ import annotations

from orderwell.domains.catalog.resolving import reference
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Duplicate, Repeated
from orderwell.domains.orders.placement.plan import Plan
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
    """An external id that the channel already gave leads to the order it became. One query."""
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
    rows = Order.objects.filter(pk__in=[pk for (pk,) in found]).values_list(
        "channel_id", "external_id", "id", "number", "currency", "total_amount", "placed_at", "created_at"
    )
    for channel_id, external_id, order_id, number, currency, total, placed_at, created_at in rows:
        known = asked.get((channel_id, external_id or ""))
        if known is not None and known.quote_id != order_id:
            known.outcome = Duplicate(
                order_id=order_id,
                number=number,
                currency=currency,
                total_amount=total,
                placed_at=placed_at or created_at,
            )
