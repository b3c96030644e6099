"""Rules of the state machine: orders are quoted, placed, changed, held and cancelled."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.orders.drafts import LineDraft, OrderDraft, PastOrderDraft
from orderwell.domains.orders.models import Hold
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import LineChange, OrderChange, change_order
from orderwell.domains.orders.services.hold import place_hold, release_hold
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.quote import confirm_quote, save_quote
from orderwell.testing.state_machine_base import ACTOR, FIRST_DAY, Company, money, pick, prices, small, yes


class OrderRules(Company):
    @rule(index=pick, quantities=st.lists(small, min_size=1, max_size=3), price=prices, extra=money, more=yes)
    def place(self, index: int, quantities: list[Decimal], price: Decimal | None, extra: Decimal, more: bool) -> None:
        draft = self.draft(index, quantities, price, extra, more)
        self.attempt("place", lambda: self.placed([draft]))

    @rule(index=pick, quantities=st.lists(small, min_size=2, max_size=2))
    def place_many_for_the_same_goods(self, index: int, quantities: list[Decimal]) -> None:
        drafts = [self.draft(index, quantities, None, Decimal(0), False) for _ in range(5)]
        self.attempt("place many", lambda: self.placed(drafts))

    def placed(self, drafts: list[OrderDraft]) -> None:
        outcomes = place_orders(drafts, actor=ACTOR, now=self.now)
        again = place_orders(drafts, actor=ACTOR, now=self.now) if all(d.external_id for d in drafts) else []
        for first, second in zip(outcomes, again, strict=False):
            assert isinstance(first, Refused) or second.verdict == "duplicate", second  # noqa: S101 - what is tested
        for refusal in (outcome for outcome in outcomes if isinstance(outcome, Refused)):
            assert refusal.code != "internal_failure", refusal  # noqa: S101
            Company.refused[f"place: {refusal.code}"] += 1

    @rule(index=pick, quantities=st.lists(small, min_size=1, max_size=2), extra=money, confirmed=yes)
    def quote(self, index: int, quantities: list[Decimal], extra: Decimal, confirmed: bool) -> None:
        draft = self.draft(index, quantities, None, extra, False)
        saved = self.attempt("quote", lambda: save_quote(draft=draft, actor=ACTOR, now=self.now))
        if saved is not None and confirmed:
            self.attempt("confirm", lambda: confirm_quote(order_id=saved.order_id, actor=ACTOR, now=self.now))

    @rule(index=pick, quantity=small, new=yes, price=prices)
    def change(self, index: int, quantity: Decimal, new: bool, price: Decimal | None) -> None:
        order = self.an_order(index)
        if order is None:
            return
        lines = self.goods(order)
        line = self.one(lines, index)
        changes: dict[str, Any] = {}
        if line is not None:
            changes["lines"] = (LineChange(line_id=line.pk, quantity=quantity, unit_price=price),)
        if new:
            changes["add_lines"] = (LineDraft(sku=self.skus[index % len(self.skus)], quantity=quantity),)
        change = OrderChange(**changes)
        self.attempt(
            "change", lambda: change_order(order_id=order.pk, change=change, version=None, actor=ACTOR, now=self.now)
        )

    @rule(index=pick, quantity=small, everything=yes, credited=yes, charges=yes)
    def cancel(self, index: int, quantity: Decimal, everything: bool, credited: bool, charges: bool) -> None:
        order = self.an_order(index, "placed", "draft")
        if order is None:
            return
        line = self.one(self.goods(order), index)
        lines = None if everything or line is None else {line.pk: quantity}
        deed = partial(cancel_and_credit, charges=charges) if credited else cancel_units
        self.attempt(
            "cancel", lambda: deed(order_id=order.pk, lines=lines, reason="changed mind", actor=ACTOR, now=self.now)
        )

    @rule(index=pick, kind=st.sampled_from(["credit", "fraud", "address"]), release=yes)
    def hold(self, index: int, kind: str, release: bool) -> None:
        active = list(Hold.objects.filter(released_at=None).order_by("pk"))
        if release and active:
            hold = active[index % len(active)]
            self.attempt("release", lambda: release_hold(hold_id=hold.pk, reason="fine", actor=ACTOR, now=self.now))
            return
        order = self.an_order(index)
        if order is not None:
            self.attempt(
                "hold", lambda: place_hold(order_id=order.pk, kind=kind, reason="look", actor=ACTOR, now=self.now)
            )

    @rule()
    def allocate(self) -> None:
        self.attempt("allocate", lambda: allocate_backorders(variant_ids=self.variants, actor=ACTOR, now=self.now))

    @rule(index=pick, quantities=st.lists(small, min_size=1, max_size=2), price=prices)
    def record_past(self, index: int, quantities: list[Decimal], price: Decimal | None) -> None:
        draft = self.draft(index, quantities, price, Decimal(1), False)
        values = {name: getattr(draft, name) for name in OrderDraft.__struct_fields__}
        past = PastOrderDraft(**values, placed_at=FIRST_DAY - timedelta(days=index % 300))
        self.attempt("past", lambda: self.placed([past]))
