"""Stock counts: what is posted is what was there, whatever moved meanwhile, and nobody's counting is lost."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from orderwell.domains.inventory.counts import count_lines, count_sums, stock_at
from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft, CountDraft, CountEntry
from orderwell.domains.inventory.models import StockCount, StockCountLine, StockItem, Warehouse
from orderwell.domains.inventory.queries import stock_as_of
from orderwell.domains.inventory.services.adjust_stock import adjust_stock
from orderwell.domains.inventory.services.count_stock import cancel_count, enter_counts, open_count, post_count
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.kernel.transitions import IllegalTransition
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import balance, codes_of, differences, hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Warehouse:
    return make_warehouse("main")


def begin(*skus: str, blind: bool = False) -> StockCount:
    draft = CountDraft(warehouse="main", skus=skus, blind=blind)
    return open_count(draft, actor=owner(), now=utc_now())


def enter(count: StockCount, code: str, quantity: int | str, *, add: bool = False) -> StockCountLine:
    entry = CountEntry(code=code, quantity=Decimal(quantity), add=add)
    return enter_counts(count_id=count.pk, entries=[entry], actor=owner(), now=utc_now())[0]


def post(count: StockCount) -> StockCount:
    return post_count(count_id=count.pk, actor=owner(), now=utc_now())


def move(sku: str, change: int) -> None:
    lines = (AdjustmentLineDraft(sku=sku, change=Decimal(change)),)
    adjust_stock(AdjustmentDraft(warehouse="main", reason="other", lines=lines), actor=owner(), now=utc_now())


def test_the_difference_of_the_moment_of_counting_is_posted(house: Warehouse) -> None:
    item = stock_up(make_variant("CUP"), house, 10)
    count = begin()
    enter(count, "CUP", 9)  # one is missing
    move("CUP", -4)  # sold and sent while the others count on
    posted = post(count)
    assert balance(item)[0] == 5
    assert posted.state == "posted" and posted.adjustment is not None
    assert differences() == []


def test_lines_that_nobody_counted_stay(house: Warehouse) -> None:
    cup, pot = stock_up(make_variant("CUP"), house, 10), stock_up(make_variant("POT"), house, 3)
    count = begin()
    enter(count, "CUP", 12)
    post(count)
    assert (balance(cup)[0], balance(pot)[0]) == (12, 3)


def test_two_people_who_count_the_same_goods_both_count(house: Warehouse) -> None:
    item = stock_up(make_variant("CUP"), house, 10)
    count = begin("CUP")
    enter(count, "CUP", 6, add=True)
    line = enter(count, "CUP", 5, add=True)
    assert (line.counted, line.expected, line.disturbed) == (11, 10, False)
    post(count)
    assert balance(item)[0] == 11


def test_goods_that_move_between_two_parts_are_counted_again(house: Warehouse) -> None:
    item = stock_up(make_variant("CUP"), house, 10)
    count = begin("CUP")
    enter(count, "CUP", 3, add=True)
    move("CUP", -2)
    assert enter(count, "CUP", 5, add=True).disturbed
    with pytest.raises(DomainError) as refused:
        post(count)
    assert codes_of(refused) == {"/lines/0": "moved_while_counted"}
    assert balance(item)[0] == 8
    enter(count, "CUP", 7)
    post(count)
    assert balance(item)[0] == 7 and differences() == []


def test_goods_that_came_and_went_between_two_parts_are_counted_again(house: Warehouse) -> None:
    """Five leave from where nobody has counted yet, five are put where somebody has: the balance tells nothing of it."""
    item = stock_up(make_variant("CUP"), house, 20)
    count = begin("CUP")
    enter(count, "CUP", 10)
    move("CUP", -5)
    move("CUP", 5)
    assert enter(count, "CUP", 5, add=True).disturbed
    with pytest.raises(DomainError) as refused:
        post(count)
    assert codes_of(refused) == {"/lines/0": "moved_while_counted"}
    enter(count, "CUP", 20)
    post(count)
    assert balance(item)[0] == 20 and differences() == []


def test_what_is_promised_to_orders_is_not_counted_away(house: Warehouse) -> None:
    item = stock_up(make_variant("CUP"), house, 10)
    hold(item, 8)
    count = begin("CUP")
    enter(count, "CUP", 5)
    with pytest.raises(DomainError) as refused:
        post(count)
    assert codes_of(refused) == {"/lines/0/counted": "stock_reserved"}
    assert StockCount.objects.get().state == "open" and balance(item) == (10, 8)


def test_the_barcode_of_a_box_counts_the_box(house: Warehouse) -> None:
    from orderwell.domains.catalog.models import Barcode, Pack

    variant = make_variant("CUP")
    stock_up(variant, house, 10)
    pack = Pack.objects.create(variant=variant, unit="box", quantity=Decimal(12))
    Barcode.objects.create(code="690001", variant=variant, pack=pack)
    assert enter(begin("CUP"), "690001", 2).counted == 24


def test_something_found_that_was_not_listed_is_counted_too(house: Warehouse) -> None:
    stock_up(make_variant("CUP"), house, 10)
    make_variant("NEW")
    count = begin("CUP")
    enter(count, "NEW", 4)
    post(count)
    assert StockItem.objects.get(variant__sku="NEW").on_hand == 4


def test_a_category_is_counted_with_all_below_it(house: Warehouse) -> None:
    from orderwell.testing.factories import make_category

    top = make_category("top")
    below = make_category("below", parent=top)
    cup, pot = make_variant("CUP"), make_variant("POT")
    cup.product.category = below
    cup.product.save()
    stock_up(cup, house, 1), stock_up(pot, house, 1)
    count = open_count(CountDraft(warehouse="main", category="top"), actor=owner(), now=utc_now())
    assert [line.stock_item.variant.sku for line in count_lines(owner(), count).rows] == ["CUP"]


def test_wrong_entries_are_refused_whole(house: Warehouse) -> None:
    stock_up(make_variant("CUP"), house, 10)
    count = begin("CUP")
    entries = [CountEntry(code="CUP", quantity=Decimal("1.5")), CountEntry(code="NOPE", quantity=Decimal(1))]
    with pytest.raises(DomainError) as refused:
        enter_counts(count_id=count.pk, entries=entries, actor=owner(), now=utc_now())
    assert codes_of(refused) == {"/entries/0/quantity": "quantity_too_precise", "/entries/1/code": "unknown_sku"}
    assert count_sums(owner(), count).counted == 0


def test_a_closed_count_takes_nothing_more(house: Warehouse) -> None:
    stock_up(make_variant("CUP"), house, 10)
    count = begin("CUP")
    with pytest.raises(DomainError, match="counted yet"):
        post(count)
    cancel_count(count_id=count.pk, actor=owner(), now=utc_now())
    for act in (lambda: enter(count, "CUP", 1), lambda: post(count)):
        with pytest.raises(IllegalTransition):
            act()


def test_a_count_of_another_warehouse_does_not_exist(house: Warehouse) -> None:
    from dataclasses import replace

    stock_up(make_variant("CUP"), house, 10)
    count = begin("CUP")
    other = replace(owner(), warehouse_ids=frozenset({10**9}))
    with pytest.raises(NotFound):
        post_count(count_id=count.pk, actor=other, now=utc_now())


@pytest.mark.parametrize("seed", range(12))
def test_after_any_sequence_the_ledger_is_what_is_there(house: Warehouse, seed: int) -> None:
    """Goods are lost and found unseen, move with and without a count; posting brings the ledger to the truth."""
    chance = random.Random(seed)
    skus = [f"SKU-{n}" for n in range(3)]
    items = {sku: stock_up(make_variant(sku), house, 50) for sku in skus}
    truth = dict.fromkeys(skus, 50)
    for _ in range(4):
        for sku in skus:  # what nobody wrote down
            truth[sku] += chance.randint(-3, 3)
        count = begin()
        pending = set(skus)
        while pending:
            sku = chance.choice(skus)
            if chance.random() < 0.5:
                change = chance.choice([-2, -1, 1, 2])
                move(sku, change)
                truth[sku] += change
            else:
                enter(count, sku, truth[sku])
                pending.discard(sku)
        move(sku := chance.choice(skus), 1)
        truth[sku] += 1
        post(count)
        assert {sku: int(balance(items[sku])[0]) for sku in skus} == truth, f"seed {seed}"
    assert differences() == []


def test_stock_at_any_moment_is_what_replaying_the_ledger_gives(house: Warehouse) -> None:
    from datetime import timedelta

    start = utc_now() - timedelta(days=400)
    chance = random.Random(7)
    variants = [make_variant(f"SKU-{n}") for n in range(3)]
    moments = []
    for step in range(30):
        moments.append(start + timedelta(days=13 * step, seconds=chance.randint(0, 50_000)))
        stock_up(chance.choice(variants), house, chance.randint(1, 9), now=moments[-1])
    for moment in (start - timedelta(days=1), *moments, utc_now()):
        replayed = {row.stock_item_id: row.on_hand for row in stock_as_of(owner(), moment)}
        page = stock_at(owner(), moment, now=utc_now())
        assert {row.item.pk: row.then for row in page.rows if row.then} == replayed
