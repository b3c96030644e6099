"""Facts of many orders, or of one that is being typed: the same values, so that the same rules can look at both."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import UnsetType

from orderwell.domains.automation.hints.facts.buying import fill_past, fill_twins
from orderwell.domains.automation.hints.facts.money import overdue_of
from orderwell.domains.automation.hints.facts.offers import fill_offers
from orderwell.domains.automation.hints.facts.people import fill_customers
from orderwell.domains.automation.hints.facts.stands import fill_stands
from orderwell.domains.automation.hints.facts.values import AddressFacts, LineFacts, OrderFacts, Twin
from orderwell.domains.automation.hints.wording import local_name, reads_chinese
from orderwell.domains.billing.credit_state import credit_used
from orderwell.domains.catalog.models import Channel, Variant
from orderwell.domains.catalog.naming import read_name
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.drafts import AddressDraft, OrderDraft
from orderwell.domains.orders.duplicates import similar_orders
from orderwell.domains.orders.expected import expected_for
from orderwell.domains.orders.holds import KINDS
from orderwell.domains.orders.models import Backorder, Hold, Order, OrderLine
from orderwell.domains.orders.services.preview import Preview
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
LIVE = (Order.State.DRAFT, Order.State.PLACED)
# Lines of one order that rules look at: work that stays bounded for an order of ten thousand.
MOST_LINES = 1_000


def facts_of_orders(
    actor: Actor,
    orders: Sequence[Order],
    *,
    lines: Sequence[OrderLine] | None = None,
    grace_days: int,
    now: datetime,
) -> list[OrderFacts]:
    """Facts of those among `orders` (visible ones, with channel and customer at hand) about which something can be done.
    `lines` are all their goods by position with their variants, where they are at hand."""
    live = {order.pk: order for order in orders if order.state in LIVE and not order.history}
    if not live:
        return []
    facts = {pk: _of_order(order, actor, now) for pk, order in live.items()}
    for line in _lines(live) if lines is None else [line for line in lines if line.variant_id is not None]:
        if len(facts[line.order_id].lines) < MOST_LINES:
            facts[line.order_id].lines.append(_line(line))
    short = (Order.FulfilmentState.BACKORDERED, Order.FulfilmentState.PARTIAL)
    _fill_backorders({pk: item for pk, item in facts.items() if live[pk].fulfilment_state in short})
    _fill_holds([item for item in facts.values() if item.on_hold])
    found = list(facts.values())
    complete(actor, found, {pk: order.customer for pk, order in live.items()}, grace_days=grace_days, now=now)
    return found


def complete(
    actor: Actor,
    facts: Sequence[OrderFacts],
    customers: dict[int, Customer | None],
    *,
    grace_days: int,
    now: datetime,
) -> None:
    """Whatever an order's own rows don't say. `customers` by order id; 0 is the one being typed."""
    known = {customer.pk: customer for customer in customers.values() if customer is not None}
    fill_customers(actor, facts, known)
    fill_past(actor, facts)
    # What is typed is compared with quotes as well, and by phone: `facts_of_draft` does that.
    fill_twins(actor, [item for item in facts if item.kind != "entry"], now=now)
    fill_offers(actor, facts)
    fill_stands(actor, facts)
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        owed = overdue_of(actor, known.values(), grace_days=grace_days, now=now)
        credit = credit_used(actor, known.values())
        for item in facts:
            item.overdue, item.credit = owed.get(item.customer_id or 0), credit.get(item.customer_id or 0)


def _of_order(order: Order, actor: Actor, now: datetime) -> OrderFacts:
    return OrderFacts(
        subject=f"order:{order.pk}",
        kind="placed" if order.state == Order.State.PLACED else "quote",
        now=now,
        channel_id=order.channel_id,
        warehouse_codes=order.channel.warehouse_codes,
        currency=order.currency,
        order_id=order.pk,
        number=order.number,
        external_id=order.external_id or "",
        placed_at=order.placed_at,
        total=order.total_amount,
        customer_id=order.customer_id,
        group_id=order.customer.group_id if order.customer else None,
        include_tax=order.prices_include_tax,
        address=_address(order, actor),
        requested_at=order.requested_at,
        promised_at=order.promised_at,
        on_hold=order.on_hold,
    )


def _address(order: Order, actor: Actor) -> AddressFacts | None:
    if not order.ship_country:
        return None
    hidden = not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    parts = json.loads(order.ship_to) if order.ship_to and not hidden else {}
    return AddressFacts(
        **{name: str(parts.get(name, "")) for name in ("recipient", "phone", "email", "street", "district")},
        country=order.ship_country,
        region=order.ship_region,
        city=order.ship_city,
        postcode=order.ship_postcode,
        hidden=hidden,
    )


def _lines(orders: Collection[int]) -> list[OrderLine]:
    rows = OrderLine.objects.filter(order__in=list(orders), kind=OrderLine.Kind.GOODS, variant__isnull=False)
    return list(rows.select_related("variant").order_by("order_id", "position"))


def _line(line: OrderLine) -> LineFacts:
    variant = line.variant
    assert variant is not None  # noqa: S101  goods always have one
    active = line.quantity - line.quantity_cancelled
    return LineFacts(
        key=line.pk,
        sku=line.sku,
        name=read_name(line.name, variant, chinese=reads_chinese()),
        variant_id=variant.pk,
        product_id=variant.product_id,
        quantity=line.quantity,
        unit_price=line.unit_price,
        line_discount=line.line_discount,
        open=active - line.quantity_shipped,
        invoiced=line.quantity_invoiced,
        places=variant.quantity_places,
        is_bundle=line.is_bundle,
        options=variant.option_values,
    )


def _fill_backorders(facts: dict[int, OrderFacts]) -> None:
    """What stock doesn't cover, in units of the line, and when the last of it can be expected."""
    lines = {line.key: line for item in facts.values() for line in item.lines if line.open}
    if not lines:
        return
    rows = list(Backorder.objects.filter(line__in=list(lines)).values_list("line_id", "variant_id", "quantity"))
    if not rows:
        return
    expected = expected_for({line for line, _, _ in rows}, {variant for _, variant, _ in rows})
    for line_id, _variant, quantity in rows:
        line = lines[line_id]
        # Of a bundle the component that lacks most; how many bundles that is doesn't matter to any rule.
        line.missing = max(line.missing, line.open if line.is_bundle else quantity)
        line.expected_at = expected[line_id].due_at if line_id in expected else None


def _fill_holds(facts: Sequence[OrderFacts]) -> None:
    if not facts:
        return
    by_order = {item.order_id: item for item in facts}
    rows = Hold.objects.filter(order__in=list(by_order), released_at=None).values_list("order_id", "kind")
    for order_id, kind in rows:
        if "change" in KINDS[kind].blocks:
            by_order[order_id].changeable = False


def facts_of_draft(
    actor: Actor,
    draft: OrderDraft,
    preview: Preview,
    *,
    subject: str,
    customer: Customer | None,
    quote: Order | None = None,
    grace_days: int,
    now: datetime,
) -> list[OrderFacts]:
    """Facts of what is typed so far, with the prices and the stock that the preview has found. Empty without a channel."""
    channel = Channel.objects.filter(code=draft.channel, active=True).first()
    if channel is None:
        return []
    item = OrderFacts(
        subject=subject,
        kind="entry",
        now=now,
        channel_id=channel.pk,
        warehouse_codes=channel.warehouse_codes,
        currency=preview.currency or channel.currency,
        order_id=quote.pk if quote else None,
        external_id=draft.external_id or "",
        total=preview.total.gross,
        customer_id=customer.pk if customer else None,
        group_id=customer.group_id if customer else None,
        include_tax=channel.prices_include_tax,
        address=_typed(draft.ship_to),
        lines=_typed_lines(draft, preview),
        requested_at=draft.requested_at,
    )
    complete(actor, [item], {0: customer}, grace_days=grace_days, now=now)
    if actor.may(Permission.ORDERS_ORDER_VIEW):
        total = None if preview.errors else preview.total.gross
        alike = similar_orders(actor, draft, total=total, except_order=item.order_id, now=now)
        item.twins = [Twin(twin.order_id, twin.number, twin.placed_at, twin.reasons) for twin in alike]
    return [item]


def _typed(address: AddressDraft | UnsetType | None) -> AddressFacts | None:
    if not address or not any((address.recipient, address.street, address.city)):
        return None  # not begun yet
    names = ("recipient", "phone", "email", "street", "district", "city", "region", "postcode", "country")
    return AddressFacts(**{name: getattr(address, name) for name in names})


def _typed_lines(draft: OrderDraft, preview: Preview) -> list[LineFacts]:
    priced = {line.index: line for line in preview.lines if line.index is not None}
    skus = {line.sku.strip() for line in draft.lines}
    variants = {variant.sku: variant for variant in Variant.objects.filter(sku__in=skus, active=True)}
    found: dict[int, LineFacts] = {}
    for index, line in enumerate(draft.lines[:MOST_LINES]):
        variant, seen = variants.get(line.sku.strip()), priced.get(index)
        if variant is None or seen is None or line.quantity <= 0:
            continue
        found[index] = LineFacts(
            key=index,
            sku=variant.sku,
            name=local_name(variant),
            variant_id=variant.pk,
            product_id=variant.product_id,
            quantity=line.quantity,
            unit_price=seen.unit_price,
            line_discount=line.discount,
            open=line.quantity,
            places=variant.quantity_places,
            is_bundle=variant.is_bundle,
            options=variant.option_values,
            missing=min(seen.missing, line.quantity),
            expected_at=seen.promised_at,
        )
    return list(found.values())
