"""The company that the state machine of the ledgers works on, what its rules share, and the law that must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from orderwell.domains.automation.crediting import awaiting_credit, returns_to_credit
from orderwell.domains.catalog.models import VariantPrice
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.inventory.resolving import forget_buffers, forget_warehouses
from orderwell.domains.orders.drafts import ChargeDraft, LineDraft, OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.database import atomic
from orderwell.platform.verify import run_laws
from orderwell.testing.factories import (
    make_bundle,
    make_channel,
    make_customer,
    make_tax_category,
    make_variant,
    make_warehouse,
    stock_up,
)

T = TypeVar("T")
ACTOR = system_actor(source="cli", label="property test")
FIRST_DAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

small = st.integers(1, 6).map(Decimal)
pick = st.integers(0, 10**6)
share = st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal(1)])
prices = st.sampled_from([None, Decimal("0.035"), Decimal("9.99"), Decimal("12.345678"), Decimal(100)])
money = st.integers(0, 500).map(lambda cents: Decimal(cents) / 100)
yes = st.booleans()


class Company(RuleBasedStateMachine):
    """One company: two warehouses, a channel that refuses and one that backorders, goods by piece and weight, a bundle."""

    # How often each rule led to a change, over all examples of a run: a rule that never does proves nothing.
    done: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()

    _example: AbstractContextManager[None] | None = None

    def begin(self) -> None:
        self._example = atomic()
        self._example.__enter__()

    def undo(self) -> None:
        """Forget the example. Caches of the process that speak of it go too."""
        if self._example is not None:
            transaction.set_rollback(True)
            self._example.__exit__(None, None, None)
            self._example = None
        forget_reference()
        forget_warehouses()
        forget_buffers()

    def found_company(self) -> None:
        self.now = FIRST_DAY
        self.serial = 0
        self.warehouses = [make_warehouse("east", priority=1), make_warehouse("west", priority=2)]
        make_channel("refusing", currency="EUR", prices_include_tax=True)
        make_channel("waiting", currency="JPY", prices_include_tax=False, backorder=True)
        self.customers = [make_customer(number).number for number in ("C1", "C2")]
        variants = []
        for number, (price, rate, places) in enumerate((("9.99", "0.19", 0), ("0.35", "0.07", 3), ("120", "0", 0))):
            tax = make_tax_category(f"tax-{number}", rate=rate)
            variants.append(make_variant(f"S{number}", price=price, currency="EUR", tax=tax, quantity_places=places))
        bundle = make_bundle({variants[0]: 2, variants[2]: 1}, sku="KIT", price="130", currency="EUR")
        VariantPrice.objects.bulk_create(
            VariantPrice(variant=variant, currency="JPY", unit_price=Decimal(150 + 7 * number))
            for number, variant in enumerate([*variants, bundle])
        )
        for variant in variants:
            for warehouse in self.warehouses:
                stock_up(variant, warehouse, 12, now=self.now)
        self.variants = [variant.pk for variant in variants]
        self.skus = [*(variant.sku for variant in variants), bundle.sku]

    def attempt(self, name: str, deed: Callable[[], T]) -> T | None:
        """Do it; a refusal is noted and changes nothing."""
        self.now += timedelta(minutes=7)
        try:
            result = deed()
        except DomainError as refusal:
            note(f"{name}: refused with {refusal.code}")
            Company.refused[f"{name}: {refusal.code}"] += 1
            return None
        Company.done[name] += 1
        return result

    def one(self, rows: Sequence[T], index: int) -> T | None:
        return rows[index % len(rows)] if rows else None

    def an_order(self, index: int, *states: str, past: bool = False) -> Order | None:
        found = Order.objects.filter(history=past, state__in=states or ("placed", "completed")).order_by("pk")
        return self.one(list(found), index)

    def goods(self, order: Order) -> list[OrderLine]:
        return list(order.lines.filter(kind=OrderLine.Kind.GOODS).order_by("position"))

    def draft(
        self, index: int, quantities: list[Decimal], price: Decimal | None, extra: Decimal, more: bool
    ) -> OrderDraft:
        self.serial += 1
        waiting = index % 2 == 1
        lines = tuple(
            LineDraft(sku=self.skus[(index + place) % len(self.skus)], quantity=quantity, unit_price=price)
            for place, quantity in enumerate(quantities)
        )
        whole = extra.to_integral_value() if waiting else extra
        return OrderDraft(
            channel="waiting" if waiting else "refusing",
            lines=lines,
            external_id=f"X{self.serial}" if index % 3 else None,
            customer=self.customers[index % 7 % 2] if index % 4 else None,
            shipping=whole,
            discount=whole if more else Decimal(0),
            charges=(ChargeDraft(code="GIFT", name="Gift", amount=whole),) if more and whole else (),
        )

    @invariant()
    def every_law_holds(self) -> None:
        broken = [
            f"{verdict.law}: {difference.document}: expected {difference.expected}, is {difference.actual}"
            for verdict in run_laws()
            for difference in verdict.result.differences
        ]
        assert not broken, "\n".join(broken)  # noqa: S101 - what is tested

    @invariant()
    def no_return_is_forgotten(self) -> None:
        """Whatever still waits for its credit note is on the list of those who write them."""
        standing = Return.objects.filter(undone_at=None).order_by("received_at", "pk")
        assert returns_to_credit(ACTOR, limit=10**6) == awaiting_credit(list(standing))  # noqa: S101 - what is tested
