"""Cheaper packs, substitutes and bundles: where each rule speaks, where it doesn't, and at the edge between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orderwell.domains.automation.hints.facts.offers import measure, pack_ratio
from orderwell.domains.automation.hints.facts.values import BundleOffer, CustomerBrief, LineFacts, PackOffer, Stand
from orderwell.domains.automation.hints.rules.better import BUNDLE, PACK, SUBSTITUTE, cheapest
from orderwell.domains.automation.hints.rules.missing import PHONE
from tests.domains.automation.hints.facts import D, address, goods, line, order, remedies, said


class TestCheaperPack:
    box = PackOffer("BOX", "Box of 12", D(12), D(96))

    def test_whole_packs_with_the_rest_in_singles(self) -> None:
        (hint,) = said(PACK, order(line(quantity=26), packs={1: [self.box]}))
        assert hint.reason == ("26 × CUP cost ¥260.00; 2 × BOX and 2 single ones cost ¥212.00, 18.4 % less.")
        data = hint.remedies[0].data
        assert (data["keep"], data["sku"], data["quantity"]) == ("2", "BOX", "2")

    def test_one_pack_more_where_even_that_is_cheaper(self) -> None:
        assert (cheapest(D(11), D(10), self.box).packs, cheapest(D(11), D(10), self.box).singles) == (D(1), D(0))
        assert cheapest(D(9), D(10), self.box).packs == 0
        (hint,) = said(PACK, order(line(quantity=11), packs={1: [self.box]}))
        assert "1 × BOX, 12 in all, cost ¥96.00" in hint.reason

    @pytest.mark.parametrize(
        ("quantity", "places", "packs", "singles"),
        [
            (4, 0, 2, "0"),  # 1.5 pieces can't be sold: nothing but two whole packs is left
            (4, 1, 1, "1.5"),  # by weight they can
            (6, 0, 2, "1"),
            (8, 0, 2, "3"),  # three packs would leave half a piece
        ],
    )
    def test_only_what_can_be_sold_is_proposed(self, quantity: int, places: int, packs: int, singles: str) -> None:
        large = PackOffer("L", "250 g", D("2.5"), D("20"))
        packed = cheapest(D(quantity), D(11), large, places)
        assert (packed.packs, packed.singles) == (D(packs), D(singles))
        assert packed.cost == packed.packs * 20 + packed.singles * 11

    def test_the_saving_is_that_of_what_is_proposed(self) -> None:
        large = PackOffer("L", "250 g", D("2.5"), D("20"), alone_price=D("18"))
        (hint,) = said(PACK, order(line(quantity=4), packs={1: [large]}))
        assert hint.reason == "4 × CUP cost ¥40.00; 2 × L, 5 in all, cost ¥36.00, 10 % less."
        assert (hint.remedies[0].data["keep"], hint.remedies[0].data["quantity"]) == ("0", "2")
        assert not said(PACK, order(line(quantity=4), packs={1: [replace(large, alone_price=D("21"))]}))

    @pytest.mark.parametrize(("price", "speaks"), [("116.4", True), ("116.5", False), ("120", False), ("130", False)])
    def test_the_saving_has_to_be_worth_it(self, price: str, speaks: bool) -> None:
        offer = replace(self.box, unit_price=D(price))
        assert bool(said(PACK, order(line(quantity=12), packs={1: [offer]}))) is speaks

    def test_not_what_is_sold_out_nor_what_may_be_another_thing(self) -> None:
        twelve = line(quantity=12)
        assert not said(PACK, order(twelve, packs={1: [replace(self.box, free=D(0))]}))
        assert not said(PACK, order(twelve, packs={1: [replace(self.box, option="capacity")]}))
        assert said(PACK, order(twelve, packs={1: [replace(self.box, option="Weight", free=D(1))]}))

    def test_not_on_a_line_with_a_discount_or_on_one_that_left_in_part(self) -> None:
        assert not said(PACK, order(line(quantity=12, line_discount=D(1)), packs={1: [self.box]}))
        assert not said(PACK, order(line(quantity=12, open=D(11)), packs={1: [self.box]}))

    def test_amounts_are_read_from_options(self) -> None:
        assert measure("100 g") == measure("0.1kg") == measure("100克")
        assert measure("1.5 m") is None and measure("5 W") is None
        assert pack_ratio({"weight": "100 g"}, {"weight": "250 g"}) == (D("2.5"), "weight")
        assert pack_ratio({"weight": "100 g", "color": "red"}, {"weight": "250 g", "color": "blue"}) is None
        assert pack_ratio({"weight": "100 g"}, {"weight": "250 ml"}) is None


class TestSubstitute:
    stand = Stand("MUG", "Mug", D(5), D(11), "", 2, 2)

    def test_not_a_part_of_what_is_sold_by_the_piece(self) -> None:
        half = line(quantity=8, missing=D("2.5"))
        assert not said(SUBSTITUTE, order(half, stands={1: [self.stand]}))
        assert said(SUBSTITUTE, order(half, stands={1: [replace(self.stand, places=1)]}))

    def test_what_is_missing_is_taken_from_the_substitute(self) -> None:
        (hint,) = said(SUBSTITUTE, order(line(quantity=8, missing=D(5)), stands={1: [self.stand]}))
        data = hint.remedies[0].data
        assert (data["keep"], data["sku"], data["quantity"]) == ("3", "MUG", "5")
        assert "5 of the substitute MUG are free, at ¥11.00" in hint.reason

    def test_only_if_it_covers_all_that_is_missing(self) -> None:
        assert not said(SUBSTITUTE, order(line(quantity=8, missing=D(6)), stands={1: [self.stand]}))
        assert not said(SUBSTITUTE, order(line(quantity=8), stands={1: [self.stand]}))

    def test_two_lines_dont_take_the_same_units(self) -> None:
        lines = [line(quantity=4, missing=D(3)), line(quantity=4, missing=D(3), key=2)]
        assert len(said(SUBSTITUTE, order(*lines, stands={1: [self.stand]}))) == 1

    def test_not_for_who_wants_none(self) -> None:
        strict = CustomerBrief(1, "C1", "王小明", takes_substitutes=False)
        facts = order(line(missing=D(1)), stands={1: [self.stand]}, customer=strict)
        assert not said(SUBSTITUTE, facts)

    def test_of_goods_that_are_out(self) -> None:
        assert said(SUBSTITUTE, goods(stands=[self.stand]))
        assert not said(SUBSTITUTE, goods(free=D(1), stands=[self.stand]))
        assert not said(SUBSTITUTE, goods(stands=[replace(self.stand, free=D(0))]))


class TestBundle:
    offer = BundleOffer("GIFT", "Gift box", {1: D(2), 2: D(1)}, D(25))

    def lines(self, cups: object, pots: object, **more: object) -> list[LineFacts]:
        return [line("CUP", cups), line("POT", pots, "15", key=2, variant_id=2, **more)]

    def test_lines_that_hold_the_parts_cost_less_as_a_bundle(self) -> None:
        (hint,) = said(BUNDLE, order(*self.lines(5, 2), bundles=[self.offer]))
        assert hint.reason == ("4 × CUP, 2 × POT cost ¥70.00 singly; 2 × GIFT costs ¥50.00, 28.5 % less.")
        assert hint.remedies[0].data["keep"] == {"1": "1", "2": "0"}

    def test_not_without_all_parts_nor_for_nothing(self) -> None:
        assert not said(BUNDLE, order(*self.lines(1, 2), bundles=[self.offer]))
        assert not said(BUNDLE, order(line(quantity=9), bundles=[self.offer]))
        assert not said(BUNDLE, order(*self.lines(2, 1), bundles=[replace(self.offer, unit_price=D(35))]))
        assert not said(BUNDLE, order(*self.lines(2, 1), bundles=[replace(self.offer, unit_price=D("34.1"))]))

    def test_not_where_a_part_was_shipped(self) -> None:
        assert not said(BUNDLE, order(*self.lines(2, 2, open=D(1)), bundles=[self.offer]))


def test_a_quote_is_not_changed_behind_its_form() -> None:
    facts = order(line(quantity=12), kind="quote", packs={1: [TestCheaperPack.box]})
    assert not said(PACK, facts)
    (hint,) = said(PHONE, order(address=address(phone=""), kind="quote"))
    assert remedies(hint) == ["edit-quote"]
