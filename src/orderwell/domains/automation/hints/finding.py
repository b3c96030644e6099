"""Finds the hints of orders, customers and goods: facts for all of them at once, every rule that is on, dismissed ones left
out. A fixed number of queries, however many subjects there are.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from orderwell.domains.automation.hints.facts.orders import facts_of_draft, facts_of_orders
from orderwell.domains.automation.hints.facts.others import facts_of_customers, facts_of_variants
from orderwell.domains.automation.hints.hint import ORDER_OF_SEVERITY, Hint
from orderwell.domains.automation.hints.registry import rules
from orderwell.domains.automation.hints.subjects import Subject
from orderwell.domains.automation.models import HintDismissal
from orderwell.domains.catalog.models import Variant
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.drafts import OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.services.preview import Preview
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.services import get as setting
from orderwell.platform.permissions import Permission

log = logging.getLogger(__name__)
Hints = dict[str, list[Hint]]
# Rules that failed in this process, and with what: the rules' page shows it.
failures: dict[str, str] = {}


def hints_of_orders(
    actor: Actor,
    orders: Sequence[Order],
    *,
    lines: Sequence[OrderLine] | None = None,
    now: datetime,
    dismissed: bool = False,
) -> Hints:
    """By subject ("order:7"), the gravest first. `orders` are visible ones with channel and customer at hand; `lines` their
    goods, where the caller has read them already."""
    facts = facts_of_orders(actor, orders, lines=lines, grace_days=_grace(), now=now)
    return _looked_at("order", facts, actor, dismissed)


def hints_of_draft(
    actor: Actor,
    draft: OrderDraft,
    preview: Preview,
    *,
    key: str,
    customer: Customer | None,
    quote: Order | None = None,
    now: datetime,
) -> list[Hint]:
    """Hints of an order while it is typed."""
    subject = f"draft:{key}"
    facts = facts_of_draft(
        actor, draft, preview, subject=subject, customer=customer, quote=quote, grace_days=_grace(), now=now
    )
    return _looked_at("order", facts, actor, False).get(subject, [])


def hints_of_customers(actor: Actor, customers: Sequence[Customer], *, now: datetime, dismissed: bool = False) -> Hints:
    facts = facts_of_customers(actor, customers, grace_days=_grace(), now=now)
    return _looked_at("customer", facts, actor, dismissed)


def hints_of_variants(actor: Actor, variant_ids: Collection[int], *, now: datetime, dismissed: bool = False) -> Hints:
    return _looked_at("variant", facts_of_variants(actor, variant_ids, now=now), actor, dismissed)


def hints_of_subject(actor: Actor, subject: Subject, *, now: datetime, dismissed: bool = False) -> list[Hint]:
    """Of one subject that was looked up; `dismissed` finds also those that are not shown any more. None of a draft."""
    match subject.row:
        case Order() as order:
            found = hints_of_orders(actor, [order], now=now, dismissed=dismissed)
        case Customer() as customer:
            found = hints_of_customers(actor, [customer], now=now, dismissed=dismissed)
        case Variant() as variant:
            found = hints_of_variants(actor, [variant.pk], now=now, dismissed=dismissed)
        case _:
            return []
    return found.get(subject.name, [])


def newest_orders_with_hints(actor: Actor, *, limit: int, now: datetime) -> list[tuple[Order, list[Hint]]]:
    """Among the newest orders that still have to be shipped, those that hints speak of, the gravest first."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    most = int(setting("hints.orders_looked_at"))
    if not most:
        return []
    waiting = (Order.FulfilmentState.BACKORDERED, Order.FulfilmentState.RESERVED)
    newest: list[Order] = []
    for state in waiting:  # each state alone is read in the order of its index
        rows = visible_orders(actor).filter(fulfilment_state=state, state=Order.State.PLACED, history=False)
        newest += rows.select_related("channel", "customer").order_by("-placed_at", "-id")[:most]
    newest = sorted(newest, key=lambda order: (order.placed_at, order.pk), reverse=True)[:most]
    found = hints_of_orders(actor, newest, now=now)
    listed = [(order, found[f"order:{order.pk}"]) for order in newest if found.get(f"order:{order.pk}")]
    return sorted(listed, key=lambda item: ORDER_OF_SEVERITY[item[1][0].severity])[:limit]


def _grace() -> int:
    return int(setting("hints.overdue_balance.days"))


def _looked_at(kind: str, facts: Iterable[Any], actor: Actor, dismissed: bool) -> Hints:
    facts = list(facts)
    if not facts:
        return {}
    active = [(rule, rule.looks[kind], rule.limits()) for rule in rules() if kind in rule.looks and rule.is_on]
    found: dict[str, dict[str, Hint]] = defaultdict(dict)
    for item in facts:
        for rule, look, limits in active:
            try:
                for hint in look(item, limits):
                    found[item.subject].setdefault(hint.key, _for(actor, hint))
            except Exception as error:
                # A page is worth more than a hint on it; who looks after the rules is told.
                failures[rule.name] = f"{type(error).__name__}: {error}"[:300]
                log.exception("the hint %s failed on %s", rule.name, item.subject)
    gone = set() if dismissed else _dismissed(found)
    return {
        subject: sorted(
            (hint for hint in hints.values() if (subject, hint.rule, hint.fingerprint) not in gone),
            key=lambda hint: ORDER_OF_SEVERITY[hint.severity],
        )
        for subject, hints in found.items()
    }


def _for(actor: Actor, hint: Hint) -> Hint:
    """The hint with the remedies that this person may take."""
    allowed = tuple(item for item in hint.remedies if item.permission is None or actor.may(item.permission))
    return hint if len(allowed) == len(hint.remedies) else replace(hint, remedies=allowed)


def _dismissed(found: dict[str, dict[str, Hint]]) -> set[tuple[str, str, str]]:
    subjects = [subject for subject, hints in found.items() if hints]
    if not subjects:
        return set()
    rows = HintDismissal.objects.filter(subject__in=subjects)
    return set(rows.values_list("subject", "rule", "fingerprint"))
