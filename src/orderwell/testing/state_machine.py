"""A hypothesis state machine over everything that writes orders, stock and money: after every step every law holds.

Rules draw their targets from what exists; a refusal (DomainError) is a legal answer to a wish, a broken law never is.
Run it inside a transaction that is rolled back after each example:

    run_state_machine_as_test(Ledgers, settings=settings(max_examples=20, stateful_step_count=25))
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis.stateful import initialize

from orderwell.testing.state_machine_base import Company
from orderwell.testing.state_machine_changes import ChangeRules
from orderwell.testing.state_machine_money import MoneyRules
from orderwell.testing.state_machine_orders import OrderRules
from orderwell.testing.state_machine_shelves import ShelfRules
from orderwell.testing.state_machine_stock import StockRules

__all__ = ["Company", "Ledgers"]


class Ledgers(OrderRules, ChangeRules, StockRules, ShelfRules, MoneyRules):
    """Each example works in a transaction of its own, which is undone at its end."""

    @initialize()
    def company(self) -> None:
        self.begin()
        self.found_company()
        self.first_orders()

    def first_orders(self) -> None:
        """One order in each stage of its life, so that every rule finds something to work on from the first step."""
        self.place(index=2, quantities=[Decimal(2), Decimal(3)], price=None, extra=Decimal(1), more=True)
        self.place(index=4, quantities=[Decimal(5)], price=Decimal("9.99"), extra=Decimal(0), more=False)
        self.place(index=3, quantities=[Decimal(4)], price=None, extra=Decimal(100), more=False)
        self.ship(index=0, quantity=Decimal(1), everything=True, invoiced=True)
        self.ship(index=1, quantity=Decimal(3), everything=False, invoiced=False)
        self.arrive(index=0)
        self.pay(index=0, part=Decimal(1), named=True, by_name=False)
        # Two returns that came without their money, one of them settled: wishes seldom come to this by themselves.
        self.place(index=6, quantities=[Decimal(4)], price=None, extra=Decimal(0), more=False)
        self.ship(index=-1, quantity=Decimal(1), everything=True, invoiced=True)
        for _ in range(2):
            self.come_back(index=-1, quantity=Decimal(1), scrap=False, credited=False, refund=False)
        self.settle(index=1, refund=False, agreed=True)

    def teardown(self) -> None:
        self.undo()
