"""The rule alone: total, deterministic, and what people expect of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.prices.rounding import WAYS, changed
from orderwell.domains.prices.rule import SCOPES, Buyer, Offer, Terms, applies, candidates, choose, next_break

D = Decimal
# How long a busy machine takes to draw examples says nothing about the rule.
quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def terms(number: int, *, priority: int = 100, **more) -> Terms:
    return Terms(number, f"list-{number}", f"价目{number}", f"List {number}", "CNY", priority, **more)


def offer(number: int, scope: str, price: str, *, minimum: str = "0", priority: int = 100) -> Offer:
    return Offer(terms(number, priority=priority), scope, D(minimum), D(price))


QUANTITIES = st.decimals(min_value=0, max_value=1000, places=1)
PRICES = st.decimals(min_value=0, max_value=100, places=2)


@st.composite
def markets(draw) -> list[Offer]:
    """Some lists, each for one circle, with entries of different quantities."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        scope, priority = draw(st.sampled_from(SCOPES)), draw(st.sampled_from([10, 100]))
        steps = draw(st.sets(QUANTITIES, max_size=4))
        found += [Offer(terms(number, priority=priority), scope, minimum, draw(PRICES)) for minimum in steps]
    return found


@quiet
@given(markets(), QUANTITIES, st.data())
def test_the_order_of_rows_never_decides(offers, quantity, data):
    shuffled = data.draw(st.permutations(offers))
    assert choose(shuffled, quantity) == choose(offers, quantity)
    assert candidates(shuffled, quantity) == candidates(offers, quantity)


@quiet
@given(markets(), QUANTITIES)
def test_there_is_a_price_whenever_a_list_has_one_and_it_beats_all_others(offers, quantity):
    reached = [item for item in offers if item.minimum <= quantity]
    chosen = choose(offers, quantity)
    assert (chosen is None) == (not reached)
    if chosen is None:
        return
    assert chosen in reached
    # Of its own list it is the highest entry that the quantity reaches.
    assert chosen.minimum == max(item.minimum for item in reached if item.terms.id == chosen.terms.id)
    for other in candidates(offers, quantity)[1:]:
        mine = (SCOPES.index(chosen.scope), chosen.terms.priority, chosen.price)
        assert mine <= (SCOPES.index(other.scope), other.terms.priority, other.price)


@quiet
@given(markets(), QUANTITIES)
def test_the_next_break_is_what_the_rule_will_say_there_and_nothing_before_it_is_cheaper(offers, quantity):
    chosen = choose(offers, quantity)
    price = chosen.price if chosen else D("50.00")
    further = next_break(offers, quantity, price)
    steps = sorted({item.minimum for item in offers if item.minimum > quantity})
    cheaper = [at for at in steps if (there := choose(offers, at)) is not None and there.price < price]
    assert (further.minimum if further else None) == (cheaper[0] if cheaper else None)
    if further:
        assert choose(offers, further.minimum).price == further.price < price


@quiet
@given(
    PRICES,
    st.decimals(min_value=-99, max_value=200, places=1),
    st.sampled_from([D("0.01"), D("0.05"), D("0.1"), D(1), D(5)]),
    st.sampled_from(sorted(WAYS)),
)
def test_a_copied_price_is_a_multiple_of_the_step_and_near_the_exact_one(price, percent, step, way):
    made, exact = changed(price, percent, step=step, way=way), price * (100 + percent) / 100
    assert made % step == 0
    assert abs(made - exact) <= step
    assert made > 0 or exact == 0
    if way == "up":
        assert made >= exact


def test_the_narrowest_circle_wins_even_over_a_lower_price():
    offers = [offer(1, "everyone", "7"), offer(2, "channel", "8"), offer(3, "group", "9"), offer(4, "customer", "10")]
    assert choose(offers, D(1)) == offers[3]
    assert choose(offers[:3], D(1)) == offers[2]
    assert choose(offers[:2], D(1)) == offers[1]


def test_within_a_circle_priority_comes_first_then_the_lower_price_then_the_code():
    assert choose([offer(1, "group", "7"), offer(2, "group", "9", priority=10)], D(1)).price == 9
    assert choose([offer(1, "group", "9"), offer(2, "group", "7")], D(1)).price == 7
    assert choose([offer(2, "group", "7"), offer(1, "group", "7")], D(1)).terms.id == 1


def test_a_list_that_begins_at_a_higher_quantity_leaves_the_others_in_place():
    offers = [offer(1, "customer", "8", minimum="10"), offer(2, "everyone", "9")]
    assert choose(offers, D(9)).price == 9
    assert choose(offers, D(10)).price == 8
    assert next_break(offers, D(9), D(9)).minimum == 10
    assert next_break(offers, D(10), D(8)) is None


def test_a_list_applies_on_its_first_and_its_last_day():
    spring = terms(1, days=(date(2026, 3, 1), date(2026, 3, 31)))
    said = {
        day: applies(spring, Buyer(), day=date(2026, *day), currency="CNY")
        for day in [(2, 28), (3, 1), (3, 31), (4, 1)]
    }
    assert said == {(2, 28): "not_yet", (3, 1): "", (3, 31): "", (4, 1): "over"}


def test_a_list_with_tax_is_no_list_for_a_channel_without():
    gross = terms(1, include_tax=True)
    day = date(2026, 3, 1)
    assert applies(gross, Buyer(include_tax=False), day=day, currency="CNY") == "tax"
    assert applies(gross, Buyer(include_tax=True), day=day, currency="CNY") == ""
    assert applies(terms(1), Buyer(include_tax=False), day=day, currency="CNY") == ""
    assert applies(terms(1), Buyer(), day=day, currency="USD") == "currency"


def test_one_list_for_several_circles_counts_for_the_narrowest():
    buyer = Buyer(customer_id=7, group_id=3, channel_id=1)
    assert buyer.scope_of([("everyone", None), ("channel", 1), ("group", 3)]) == "group"
    assert buyer.scope_of([("customer", 8), ("group", 4), ("channel", 2)]) is None
    assert Buyer().scope_of([("customer", None), ("group", None)]) is None
