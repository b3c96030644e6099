"""Whatever is changed: the preview says what then happens, and undoing brings back the very state before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.orders.drafts import AddressDraft, LineDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.change import LineChange, OrderChange, amend_order, preview_change
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Refusal
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, placed, state_of

pytestmark = pytest.mark.django_db
D = Decimal
QUANTITIES = st.integers(1, 9).map(D)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "quantities": st.lists(st.one_of(st.none(), st.just("remove"), QUANTITIES), min_size=3, max_size=3),
        "prices": st.lists(st.one_of(st.none(), st.sampled_from([D("1.99"), D("33.333")])), min_size=3, max_size=3),
        "add": st.lists(st.tuples(st.sampled_from(["TEA", "CUP", "SET"]), QUANTITIES), max_size=2),
        "shipping": st.sampled_from([D(0), D("7.77")]),
        "discount": st.sampled_from([D(0), D("0.01"), D("4.99")]),
        "note": st.sampled_from(["", "ring twice"]),
        "priority": st.sampled_from([1, 100]),
        "street": st.sampled_from(["甲路1号", "乙路2号"]),
    },
)


def as_change(order: Order, wanted: dict[str, Any]) -> OrderChange:
    rows = [line for line in lines(order) if line.kind == OrderLine.Kind.GOODS]
    quantities = dict(zip(rows, wanted.get("quantities", ()), strict=False))
    prices = dict(zip(rows, wanted.get("prices", ()), strict=False))
    gone = [line for line in rows if quantities.get(line) == "remove"]
    stay = [line for line in rows if line not in gone and (quantities.get(line) or prices.get(line))]
    street = wanted.get("street")
    return OrderChange(
        lines=tuple(LineChange(line.pk, quantities.get(line), prices.get(line)) for line in stay),
        remove_lines=tuple(line.pk for line in gone),
        add_lines=tuple(LineDraft(sku, quantity) for sku, quantity in wanted.get("add", ())),
        ship_to=AddressDraft(recipient="王", street=street, city="上海") if street else None,
        **{name: wanted[name] for name in ("shipping", "discount", "note", "priority") if name in wanted},
    )


@given(first=CHANGES, second=CHANGES)
@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_preview_is_the_result_and_undoing_is_the_inverse(first, second):
    """Whatever is changed, twice: each preview says what then happens, and undoing both brings back the very state."""
    with transaction.atomic():
        north, south = make_warehouse("north", priority=1), make_warehouse("south", priority=2)
        tea, cup = make_variant("TEA", price="19.90"), make_variant("CUP", price="5.01")
        stock_up(tea, north, 9)
        stock_up(tea, south, 3)
        stock_up(cup, south, 8)
        make_bundle({tea: 1, cup: 2}, sku="SET")
        order = placed(draft(make_channel(backorder=True), (tea, 7), (cup, 5), ("SET", 1), discount=D("1.11")))
        states, made = [state_of(order)], []
        for wanted in (first, second):
            change = as_change(order, wanted)
            try:
                shown = preview_change(order_id=order.pk, change=change, actor=ACTOR, now=utc_now())
            except Refusal:
                continue
            assert state_of(order) == states[-1]
            done = amend_order(order_id=order.pk, change=change, agreed=shown.fingerprint, actor=ACTOR, now=utc_now())
            assert without_ids(done.difference) == without_ids(shown)
            assert done.difference.total.new == Order.objects.get(pk=order.pk).total_amount
            if done.amendment is not None:
                states.append(state_of(order))
                assert_lawful()
                made.append(done.amendment)
        assert_lawful()
        while made:
            states.pop()
            last = made.pop()
            undo_change(order_id=order.pk, number=last.number, actor=ACTOR, now=utc_now())
            assert state_of(order) == states[-1]
        assert_lawful()
        transaction.set_rollback(True)


def without_ids(difference: Any) -> Any:
    return msgspec.structs.replace(
        difference, lines=[msgspec.structs.replace(line, line_id=None) for line in difference.lines]
    )
