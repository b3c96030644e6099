"""Turns a chunk of plans into documents and verdicts, inside the caller's transaction and with few statements.

The documents are made by the domains they belong to: orders by `place_orders`, returns and stock corrections by their
own services. A document that exists already is compared line by line: what it has is a duplicate, so that a file can be
brought in again, in parts or overlapping.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.resolving import reference
from orderwell.domains.customers.models import Customer
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.fulfilment.services.past_returns import PastReturn, PastReturnLine, record_past_returns
from orderwell.domains.integrations.errors import DocumentDiffers, HistoryOnly
from orderwell.domains.integrations.layouts import Layout
from orderwell.domains.integrations.plans import ZERO, Part, Plan, PlannedLine
from orderwell.domains.integrations.reading import Fault
from orderwell.domains.integrations.verdicts import DONE, Written
from orderwell.domains.inventory.models import Adjustment, StockMovement, Warehouse
from orderwell.domains.inventory.services.past import PastAdjustment, PastMovement, record_past_adjustments
from orderwell.domains.orders.errors import UnknownSku
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.outcomes import Duplicate, Placed, Refused
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.accounts.actor import Actor


class ImbalancedDocument(AssertionError):
    """A document does not add up to the lines it was made from: a defect, and nothing of the chunk is kept."""


class ChunkWriter:
    def __init__(self, layout: Layout, *, history: bool, actor: Actor) -> None:
        self.layout, self.history, self.actor = layout, history, actor
        self.written = Written()

    def write(self, plans: Sequence[Plan], *, now: datetime) -> Written:
        self.written = Written()
        sound = []
        for plan in plans:
            if any(line.fault is not None for line in plan.lines):
                self.written.refuse(plan.lines)
            else:
                sound.append(plan)
        self._orders([plan for plan in sound if plan.order is not None], now)
        self._returns([plan for plan in sound if plan.returned is not None], now)
        self._adjustments([plan for plan in sound if plan.adjustment is not None])
        return self.written

    # Orders.

    def _orders(self, plans: list[Plan], now: datetime) -> None:
        drafts = [plan.order for plan in plans if plan.order is not None]
        outcomes = place_orders(drafts, actor=self.actor, now=now) if drafts else []
        repeated = []
        for plan, outcome in zip(plans, outcomes, strict=True):
            lines = plan.of(Part.GOODS, Part.CHARGE)
            if isinstance(outcome, Placed):
                self._check(plan, outcome)
                self.written.orders += 1
                self.written.accept(lines, DONE, f"order:{outcome.order_id}")
            elif isinstance(outcome, Refused):
                self._blame(plan, lines, outcome.errors)
            elif isinstance(outcome, Duplicate):
                repeated.append((plan, outcome))
        if repeated:
            self._compare_orders(repeated)

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

    def _compare_orders(self, repeated: list[tuple[Plan, Duplicate]]) -> None:
        rows = OrderLine.objects.filter(order_id__in=[outcome.order_id for _, outcome in repeated]).values_list(
            "order_id", "kind", "sku", "quantity", "unit_price"
        )
        existing: dict[int, Counter[Hashable]] = {outcome.order_id: Counter() for _, outcome in repeated}
        for order, kind, sku, quantity, price in rows:
            existing[order][kind, sku, quantity, price] += 1
        for plan, outcome in repeated:
            draft = plan.order
            if draft is None:
                continue
            goods: list[Hashable] = [(OrderLine.Kind.GOODS, d.sku, d.quantity, d.unit_price) for d in draft.lines]
            charges: list[Hashable] = [(OrderLine.Kind.CHARGE, d.code, Decimal(1), d.amount) for d in draft.charges]
            found = existing[outcome.order_id]
            if any(line.unit_price is None for line in draft.lines):  # the list decided; the price may differ by now
                goods = [key[:3] for key in goods]  # type: ignore[index]
                found = Counter({key[:3]: count for key, count in found.items()})  # type: ignore[index]
            fault = Fault.of("", DocumentDiffers(document=f"Order {outcome.number}", reference=plan.reference))
            self.written.compare(
                [*plan.of(Part.GOODS), *plan.of(Part.CHARGE)],
                [*goods, *charges],
                found,
                f"order:{outcome.order_id}",
                fault,
            )

    # Returns.

    def _returns(self, plans: list[Plan], now: datetime) -> None:
        if not self.history:
            self._history_only(plans, Part.RETURN)
            return
        if not plans:
            return
        channel = reference().channels[self.layout.channel]
        known = {
            external_id: pk
            for pk, external_id in Return.objects.filter(
                channel_id=channel.id, external_id__in=[plan.reference for plan in plans]
            ).values_list("id", "external_id")
        }
        self._compare_returns([(plan, known[plan.reference]) for plan in plans if plan.reference in known])
        fresh = [plan for plan in plans if plan.reference not in known]
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

    def _compare_returns(self, repeated: list[tuple[Plan, int]]) -> None:
        rows = ReturnLine.objects.filter(return_document_id__in=[pk for _, pk in repeated]).values_list(
            "return_document_id", "sku", "quantity", "gross_amount"
        )
        existing: dict[int, Counter[Hashable]] = {pk: Counter() for _, pk in repeated}
        for document, sku, quantity, amount in rows:
            existing[document][sku, quantity, amount] += 1
        for plan, pk in repeated:
            keys = [(r.sku, r.quantity, r.amount) for r in plan.returned.lines] if plan.returned else []
            fault = Fault.of("", DocumentDiffers(document=f"Return {pk}", reference=plan.reference))
            self.written.compare(plan.of(Part.RETURN), keys, existing[pk], f"return:{pk}", fault)

    # Stock corrections.

    def _adjustments(self, plans: list[Plan]) -> None:
        if not self.history:
            self._history_only(plans, Part.ADJUSTMENT)
            return
        if not plans:
            return
        names = {plan.reference: f"{self.layout.channel}:{plan.reference}" for plan in plans}
        known = dict(Adjustment.objects.filter(external_id__in=names.values()).values_list("external_id", "id"))
        self._compare_adjustments(
            [(plan, known[names[plan.reference]]) for plan in plans if names[plan.reference] in known]
        )
        fresh = [plan for plan in plans if names[plan.reference] not in known]
        variants = _variants({line.sku for plan in fresh if plan.adjustment for line in plan.adjustment.lines})
        drafts, drafted = [], []
        for plan in fresh:
            if plan.adjustment is None or self._unknown(
                plan, Part.ADJUSTMENT, [(line.sku, False) for line in plan.adjustment.lines], variants
            ):
                continue
            drafted.append(plan)
            movements = [PastMovement(variants[m.sku], m.quantity, m.reason, m.note) for m in plan.adjustment.lines]
            drafts.append(PastAdjustment(names[plan.reference], plan.adjustment.adjusted_at, movements))
        if not drafts:
            return
        warehouse = Warehouse.objects.get(code=self.layout.warehouse)
        made = record_past_adjustments(drafts, warehouse=warehouse, actor=self.actor)
        for plan in drafted:
            self.written.adjustments += 1
            self.written.accept(plan.of(Part.ADJUSTMENT), DONE, f"adjustment:{made[names[plan.reference]]}")

    def _compare_adjustments(self, repeated: list[tuple[Plan, int]]) -> None:
        rows = StockMovement.objects.filter(
            cause__in=[f"adjustment:{pk}" for _, pk in repeated], kind=StockMovement.Kind.ADJUSTMENT
        ).values_list("cause", "stock_item__variant__sku", "quantity")
        existing: dict[str, Counter[Hashable]] = {f"adjustment:{pk}": Counter() for _, pk in repeated}
        for cause, sku, quantity in rows:
            existing[cause][sku, quantity] += 1
        for plan, pk in repeated:
            keys = [(line.sku, line.quantity) for line in plan.adjustment.lines] if plan.adjustment else []
            fault = Fault.of("", DocumentDiffers(document=f"Stock adjustment {pk}", reference=plan.reference))
            target = f"adjustment:{pk}"
            self.written.compare(plan.of(Part.ADJUSTMENT), keys, existing[target], target, fault)

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
