"""Turns a chunk of plans into documents and verdicts, inside the caller's transaction and with few statements.

The documents are made by the domains they belong to: orders by `place_orders`, returns and stock corrections by their
own services. A document that exists already is compared line by line: what it has is a duplicate, so that a file can be
brought in again, in parts or overlapping (see `existing.py`).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.resolving import reference
from orderwell.domains.customers.models import Customer
from orderwell.domains.fulfilment.services.past_returns import PastReturn, PastReturnLine, record_past_returns
from orderwell.domains.integrations.errors import CurrencyDiffers, CustomerDiffers, DocumentDiffers, HistoryOnly
from orderwell.domains.integrations.existing import (
    MAX_FAMILY,
    Families,
    adjustment_families,
    names_of,
    order_families,
    other_customers,
    return_families,
    supplement_name,
)
from orderwell.domains.integrations.layouts import Layout
from orderwell.domains.integrations.naming import settle_products
from orderwell.domains.integrations.plans import ZERO, Part, Plan, PlannedLine
from orderwell.domains.integrations.reading import Fault
from orderwell.domains.integrations.verdicts import DONE, Written
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.services.past import PastAdjustment, PastMovement, record_past_adjustments
from orderwell.domains.orders.errors import UnknownSku
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Duplicate, Placed, Refused
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.platform.accounts.actor import Actor


class ImbalancedDocument(AssertionError):
    """A document does not add up to the lines it was made from: a defect, and nothing of the chunk is kept."""


class ChunkWriter:
    def __init__(self, layout: Layout, *, history: bool, actor: Actor) -> None:
        self.layout, self.history, self.actor = layout, history, actor
        self.written = Written()

    def write(self, plans: Sequence[Plan], *, now: datetime) -> Written:
        self.written = Written()
        if self.layout.names_products:
            settle_products([plan for plan in plans if all(line.fault is None for line in plan.lines)], self.layout)
        sound = []
        for plan in plans:
            if any(line.fault is not None for line in plan.lines):
                self.written.refuse(plan.lines)
            else:
                sound.append(plan)
        for plans_once in _rounds(sound):
            self._orders([plan for plan in plans_once if plan.order is not None], now)
            self._returns([plan for plan in plans_once if plan.returned is not None], now)
            self._adjustments([plan for plan in plans_once if plan.adjustment is not None])
        return self.written

    # Orders.

    def _orders(self, plans: list[Plan], now: datetime) -> None:
        drafts = [plan.order for plan in plans if plan.order is not None]
        outcomes = place_orders(drafts, actor=self.actor, now=now) if drafts else []
        named = {
            outcome.order_id: draft.customer
            for draft, outcome in zip(drafts, outcomes, strict=True)
            if isinstance(outcome, Duplicate) and draft.customer
        }
        others = other_customers(named) if named else {}
        repeated = []
        for plan, draft, outcome in zip(plans, drafts, outcomes, strict=True):
            lines = plan.of(Part.GOODS, Part.CHARGE)
            if isinstance(outcome, Placed):
                self._check(plan, outcome)
                self.written.orders += 1
                self.written.accept(lines, DONE, f"order:{outcome.order_id}")
            elif isinstance(outcome, Refused):
                self._blame(plan, lines, outcome.errors)
            elif isinstance(outcome, Duplicate):
                if draft.currency not in (None, outcome.currency):
                    # The same numbers are other amounts: an order that exists does not account for them.
                    values = {"value": draft.currency, "expected": outcome.currency}
                    self._not_its(plan, lines, "/currency", CurrencyDiffers, number=outcome.number, **values)
                elif outcome.order_id in others:
                    values = {"value": plan.customer or named[outcome.order_id], "expected": others[outcome.order_id]}
                    self._not_its(plan, lines, "/customer", CustomerDiffers, number=outcome.number, **values)
                else:
                    repeated.append(plan)
        if repeated:
            self._compare_orders(repeated, now)

    def _check(self, plan: Plan, outcome: Placed) -> None:
        amounts = [line.amount for line in plan.of(Part.GOODS, Part.CHARGE)]
        if any(amount is None for amount in amounts):
            return
        channel = reference().channels[plan.order.channel if plan.order else ""]
        total = outcome.total_amount if channel.prices_include_tax else outcome.net_amount
        if total != sum((amount for amount in amounts if amount is not None), ZERO):
            raise ImbalancedDocument(f"order {outcome.number} is {total}, its source lines are {amounts}")

    def _blame(self, plan: Plan, lines: Sequence[PlannedLine], errors: Sequence[ErrorDetail]) -> None:
        """Put each error of a refused order on the line and the column it came from; the other lines name that line."""
        goods, charges = plan.of(Part.GOODS), plan.of(Part.CHARGE)
        guilty: dict[int, Fault] = {}
        for error in errors:
            line = _line_at(error.pointer or "", goods, charges) or lines[0]
            column = self.layout.column_of(error.pointer or "")
            guilty.setdefault(line.number, Fault(column, error.code, error.data))
        for line in lines:
            line.fault = guilty.get(line.number)
        first = min(guilty)
        other = Fault("", "other_line_refused", {"row": first, "reference": plan.reference})
        self.written.refuse(lines, other)

    def _not_its(
        self, plan: Plan, lines: Sequence[PlannedLine], pointer: str, error: type[DomainError], **values: Any
    ) -> None:
        """Refuse lines that are not those of the order with the same reference, whatever their goods."""
        lines[0].fault = Fault.of(self.layout.column_of(pointer), error(reference=plan.reference, **values))
        other = Fault("", "other_line_refused", {"row": lines[0].number, "reference": plan.reference})
        self.written.refuse(lines, other)

    def _compare_orders(self, plans: list[Plan], now: datetime) -> None:
        families: Families = {}
        # Two channels may use the same numbers. No number comes twice here: `_rounds` has seen to that.
        for channel, group in _by_channel(plans).items():
            families |= order_families(self._names(group), {reference().channels[channel].id})
        added = []
        for plan in plans:
            draft, existing = plan.order, families[plan.reference]
            if draft is None:
                continue
            keys: list[tuple[Any, ...]] = [(OrderLine.Kind.GOODS, d.sku, d.quantity, d.unit_price) for d in draft.lines]
            keys += [(OrderLine.Kind.CHARGE, d.code, Decimal(1), d.amount) for d in draft.charges]
            if any(line.unit_price is None for line in draft.lines):  # the list decided; the price may differ by now
                keys = [key[:3] for key in keys]
                existing = {target: _without_price(lines) for target, lines in existing.items()}
            lines = [*plan.of(Part.GOODS), *plan.of(Part.CHARGE)]
            missing = self.written.compare(lines, keys, existing)
            if more := self._supplement(plan, lines, missing, existing):
                goods = len(draft.lines)
                more.order = replace(
                    draft,
                    external_id=more.reference,
                    lines=tuple([draft.lines[at] for at in missing if at < goods]),
                    charges=tuple([draft.charges[at - goods] for at in missing if at >= goods]),
                )
                added.append(more)
        self._orders(added, now)

    def _names(self, plans: Iterable[Plan]) -> dict[str, str]:
        supplements = self.history and self.layout.supplements
        return names_of([plan.reference for plan in plans], supplements=supplements)

    def _supplement(
        self, plan: Plan, lines: Sequence[PlannedLine], missing: Sequence[int], family: Mapping[str, Any]
    ) -> Plan | None:
        """A plan, still without its document, for lines that a known reference has gained; None when there are none.

        Only layouts whose references are unique for good may have it; for others such a line is refused.
        """
        gained = [lines[at] for at in missing]
        if not gained:
            return None
        if not (self.history and self.layout.supplements and len(family) < MAX_FAMILY):
            kind, _, key = next(iter(family)).partition(":")
            number = (
                Order.objects.filter(pk=int(key)).values_list("number", flat=True).first() if kind == "order" else None
            )
            document = number or f"{kind} {key}"
            self.written.refuse(gained, Fault.of("", DocumentDiffers(document=document, reference=plan.reference)))
            return None
        return Plan(supplement_name(plan.reference, len(family) + 1), gained, plan.customer)

    # Returns.

    def _returns(self, plans: list[Plan], now: datetime) -> None:
        if not self.history:
            self._history_only(plans, Part.RETURN)
            return
        if not plans:
            return
        channel = reference().channels[self.layout.channel]
        families = return_families(self._names(plans), channel.id)
        fresh = [plan for plan in plans if plan.reference not in families]
        for plan in plans:
            if plan.reference in families and plan.returned is not None:
                returned, lines, existing = plan.returned, plan.of(Part.RETURN), families[plan.reference]
                missing = self.written.compare(lines, [(r.sku, r.quantity, r.amount) for r in returned.lines], existing)
                if more := self._supplement(plan, lines, missing, existing):
                    more.returned = dataclasses.replace(returned, lines=[returned.lines[at] for at in missing])
                    fresh.append(more)
        variants = _variants(
            {line.sku for plan in fresh if plan.returned for line in plan.returned.lines if not line.is_charge}
        )
        customers = _customers({self._customer(plan) for plan in fresh})
        drafts, drafted = [], []
        for plan in fresh:
            if plan.returned is None or self._unknown(
                plan, Part.RETURN, [(r.sku, r.is_charge) for r in plan.returned.lines], variants
            ):
                continue
            drafted.append(plan)
            drafts.append(
                PastReturn(
                    channel.id,
                    plan.reference,
                    customers.get(self._customer(plan)),
                    self.layout.currency,
                    plan.returned.received_at,
                    [
                        PastReturnLine(r.sku, r.name, r.quantity, r.amount, None if r.is_charge else variants[r.sku])
                        for r in plan.returned.lines
                    ],
                    plan.returned.reason,
                )
            )
        for plan, pk in zip(drafted, record_past_returns(drafts, actor=self.actor, now=now), strict=True):
            self.written.returns += 1
            self.written.accept(plan.of(Part.RETURN), DONE, f"return:{pk}")

    def _customer(self, plan: Plan) -> str:
        return self.layout.customer_number(plan.customer) if plan.customer else ""

    # Stock corrections.

    def _adjustments(self, plans: list[Plan]) -> None:
        if not self.history:
            self._history_only(plans, Part.ADJUSTMENT)
            return
        if not plans:
            return
        prefix = f"{self.layout.channel}:"
        families = adjustment_families(self._names(plans), prefix)
        fresh = [plan for plan in plans if plan.reference not in families]
        for plan in plans:
            if plan.reference in families and plan.adjustment is not None:
                adjustment, lines, existing = plan.adjustment, plan.of(Part.ADJUSTMENT), families[plan.reference]
                missing = self.written.compare(lines, [(m.sku, m.quantity) for m in adjustment.lines], existing)
                if more := self._supplement(plan, lines, missing, existing):
                    more.adjustment = dataclasses.replace(adjustment, lines=[adjustment.lines[at] for at in missing])
                    fresh.append(more)
        variants = _variants({line.sku for plan in fresh if plan.adjustment for line in plan.adjustment.lines})
        drafts, drafted = [], []
        for plan in fresh:
            if plan.adjustment is None or self._unknown(
                plan, Part.ADJUSTMENT, [(line.sku, False) for line in plan.adjustment.lines], variants
            ):
                continue
            drafted.append(plan)
            movements = [PastMovement(variants[m.sku], m.quantity, m.reason, m.note) for m in plan.adjustment.lines]
            drafts.append(PastAdjustment(prefix + plan.reference, plan.adjustment.adjusted_at, movements))
        if not drafts:
            return
        warehouse = Warehouse.objects.get(code=self.layout.warehouse)
        made = record_past_adjustments(drafts, warehouse=warehouse, actor=self.actor)
        for plan in drafted:
            self.written.adjustments += 1
            self.written.accept(plan.of(Part.ADJUSTMENT), DONE, f"adjustment:{made[prefix + plan.reference]}")

    def _history_only(self, plans: Iterable[Plan], part: Part) -> None:
        for plan in plans:
            self.written.refuse(plan.of(part), Fault.of("", HistoryOnly()))

    def _unknown(self, plan: Plan, part: Part, skus: Sequence[tuple[str, bool]], variants: dict[str, int]) -> bool:
        """Refuse the lines of a part when one names a product that does not exist."""
        lines = plan.of(part)
        column = self.layout.column_of("/lines/0/sku")
        for line, (sku, is_charge) in zip(lines, skus, strict=True):
            if not is_charge and sku not in variants:
                line.fault = Fault.of(column, UnknownSku(value=sku))
        first = next((line for line in lines if line.fault is not None), None)
        if first is None:
            return False
        self.written.refuse(lines, Fault("", "other_line_refused", {"row": first.number, "reference": plan.reference}))
        return True


def _rounds(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    """A reference whose lines lie too far apart has several plans: the later finds what the earlier has made."""
    waiting = list(plans)
    while waiting:
        once = {plan.reference: plan for plan in reversed(waiting)}
        yield [plan for plan in waiting if once[plan.reference] is plan]
        waiting = [plan for plan in waiting if once[plan.reference] is not plan]


def _by_channel(plans: Iterable[Plan]) -> dict[str, list[Plan]]:
    found: dict[str, list[Plan]] = {}
    for plan in plans:
        if plan.order is not None:
            found.setdefault(plan.order.channel, []).append(plan)
    return found


def _without_price(lines: Counter[Hashable]) -> Counter[Hashable]:
    found: Counter[Hashable] = Counter()
    for key, count in lines.items():
        found[key[:3] if isinstance(key, tuple) else key] += count
    return found


def _line_at(pointer: str, goods: Sequence[PlannedLine], charges: Sequence[PlannedLine]) -> PlannedLine | None:
    parts = pointer.split("/")
    if len(parts) < 3 or not parts[2].isdigit():
        return None
    lines = {"lines": goods, "charges": charges}.get(parts[1], ())
    return lines[int(parts[2])] if int(parts[2]) < len(lines) else None


def _variants(skus: set[str]) -> dict[str, int]:
    return dict(Variant.objects.filter(sku__in=skus).values_list("sku", "id")) if skus else {}


def _customers(numbers: set[str]) -> dict[str, int]:
    return dict(Customer.objects.filter(number__in=numbers - {""}).values_list("number", "id"))
