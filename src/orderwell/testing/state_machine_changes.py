"""Rules of the state machine: what is agreed of an order changes, changes are undone, customers become one and part again."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orderwell.domains.automation.services.merge_customers import merge_customers, unmerge_customers
from orderwell.domains.customers.models import Customer, CustomerMerge
from orderwell.domains.orders.drafts import ChargeDraft
from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.services.change import LineChange, OrderChange, change_order
from orderwell.domains.orders.services.undo import undo_change
from orderwell.testing.state_machine_base import ACTOR, Company, money, pick, yes

TERMS = ("discount", "line discount", "shipping", "charge", "priority", "remove", "reprice")


class ChangeRules(Company):
    @rule(index=pick, what=st.sampled_from(TERMS), amount=money)
    def change_terms(self, index: int, what: str, amount: Decimal) -> None:
        order = self.an_order(index, past=index % 9 == 0)
        if order is None:
            return
        change = self.other_terms(order, index, what, amount)
        if change is not None:
            self.attempt(
                f"change {what}",
                lambda: change_order(order_id=order.pk, change=change, version=None, actor=ACTOR, now=self.now),
            )

    def other_terms(self, order: Order, index: int, what: str, amount: Decimal) -> OrderChange | None:
        line = self.one(self.goods(order), index)
        whole = amount.to_integral_value() if order.currency == "JPY" else amount
        if what == "discount":
            return OrderChange(discount=whole)
        if what == "shipping":
            return OrderChange(shipping=whole)
        if what == "charge":
            return OrderChange(add_charges=(ChargeDraft(code="LATE", name="Late", amount=whole),))
        if what == "priority":
            return OrderChange(priority=1 + index % 200)
        if line is None:
            return None
        if what == "remove":
            return OrderChange(remove_lines=(line.pk,))
        if what == "reprice":
            return OrderChange(lines=(LineChange(line.pk, reprice=True),))
        return OrderChange(lines=(LineChange(line.pk, discount=whole),))

    @rule(index=pick, newest=yes)
    def undo_a_change(self, index: int, newest: bool) -> None:
        """Mostly the newest, which nothing has built upon yet."""
        made = list(Amendment.objects.filter(undone_at=None).order_by("-pk").values_list("order_id", "number"))
        found = self.one(made[:1] if newest else made, index)
        if found is None:
            return
        order_id, number = found
        self.attempt("undo change", lambda: undo_change(order_id=order_id, number=number, actor=ACTOR, now=self.now))

    @rule(index=pick, apart=yes)
    def merge(self, index: int, apart: bool) -> None:
        merges = list(CustomerMerge.objects.filter(undone_at=None).order_by("-pk").values_list("pk", flat=True))
        if apart and merges:
            self.attempt("unmerge", lambda: unmerge_customers(merge_id=merges[0], actor=ACTOR, now=self.now))
            return
        living = list(Customer.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))
        if len(living) < 2:
            return
        survivor, merged = (living[0], living[1]) if index % 2 else (living[1], living[0])
        self.attempt(
            "merge",
            lambda: merge_customers(survivor_id=survivor, merged_id=merged, choices={}, actor=ACTOR, now=self.now),
        )
