from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.orders.sourcing import Demand, Place, explain, shortages, source

D = Decimal


def places(variant: int, *free: int, unlimited: bool = False) -> list[Place]:
    return [Place(variant * 10 + i, "ABCDE"[i], D(f), unlimited) for i, f in enumerate(free)]


def taken(demand: Demand) -> dict[str, int]:
    return {place.warehouse: int(quantity) for place, quantity in demand.taken}


def test_one_warehouse_that_holds_everything_is_preferred_to_a_split():
    demands = [Demand(1, D(5)), Demand(2, D(5))]
    assert source(demands, {1: places(1, 5, 9), 2: places(2, 0, 9)}) == "one_warehouse"
    assert [taken(d) for d in demands] == [{"B": 5}, {"B": 5}]


def test_a_line_is_filled_from_several_warehouses_when_none_holds_enough():
    demands = [Demand(1, D(7))]
    assert source(demands, {1: places(1, 4, 5)}) == "split"
    assert taken(demands[0]) == {"A": 4, "B": 3}


def test_lines_that_share_a_variant_are_summed_before_the_check():
    demands = [Demand(1, D(3)), Demand(1, D(3))]
    assert shortages(demands, {1: places(1, 5)}) == {1: (D(6), D(5))}


def test_what_is_missing_stays_missing():
    demands = [Demand(1, D(9))]
    assert source(demands, {1: places(1, 2, 3)}) == "partial"
    assert demands[0].missing == D(4)
    assert explain("partial", demands[0], [("A", D(2)), ("B", D(3))]) == {
        "rule": "partial",
        "free": {"A": "2", "B": "3"},
        "taken": {"A": "2", "B": "3"},
        "backordered": "4",
    }


def test_a_warehouse_that_may_go_negative_is_never_short():
    demands = [Demand(1, D(9))]
    assert shortages(demands, {1: places(1, 2, unlimited=True)}) == {}
    source(demands, {1: places(1, 2, unlimited=True)})
    assert taken(demands[0]) == {"A": 9}


def test_a_negative_free_quantity_gives_nothing():
    demands = [Demand(1, D(2))]
    source(demands, {1: places(1, -5, 1)})
    assert taken(demands[0]) == {"B": 1}


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(1, 6)), min_size=1, max_size=4),
    st.tuples(*[st.tuples(st.integers(0, 8), st.integers(0, 8))] * 2),
)
def test_never_more_than_is_free_and_never_less_than_possible(wanted, free):
    demands = [Demand(variant, D(quantity)) for variant, quantity in wanted]
    stock = {1: places(1, *free[0]), 2: places(2, *free[1])}
    before = {variant: sum(place.free for place in found) for variant, found in stock.items()}
    short = shortages(demands, stock)
    rule = source(demands, stock)
    for variant, found in stock.items():
        asked = sum((d.quantity for d in demands if d.variant_id == variant), D(0))
        got = sum((d.quantity - d.missing for d in demands if d.variant_id == variant), D(0))
        assert got == min(asked, before[variant])
        assert all(place.free >= 0 for place in found)
        assert (variant in short) == (asked > before[variant])
    assert (rule == "partial") == bool(short)
    if not short:
        one_holds_all = any(
            all(
                sum((d.quantity for d in demands if d.variant_id == variant), D(0)) <= free[variant - 1][warehouse]
                for variant in (1, 2)
            )
            for (warehouse,) in product((0, 1))
        )
        assert (rule == "one_warehouse") == one_holds_all
