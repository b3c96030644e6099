"""Rows of a price list as people copy them: with and without a quantity, in one sheet."""

from __future__ import annotations

from orderwell.web.orders.pasting import Pasted, read_pasted


def read(text: str) -> list[Pasted]:
    return read_pasted(text, prices=True)


def test_rows_with_and_without_a_quantity_stand_in_one_sheet():
    assert read("CUP\t18.00\nCUP\t10\t16.50\nPOT\t¥80\n") == [
        Pasted("CUP", "", "18.00"),
        Pasted("CUP", "10", "16.50"),
        Pasted("POT", "", "80"),
    ]


def test_names_between_are_left_out_and_what_is_no_price_stays_to_be_put_right():
    assert read("CUP,Tea cup,10,8.5\nPOT,Tea pot,soon\nCAN") == [
        Pasted("CUP", "10", "8.5"),
        Pasted("POT", "", "soon"),
        Pasted("CAN", "", ""),
    ]


def test_headings_say_which_column_is_which():
    assert read("价格\t货号\t起订量\n8.5\tCUP\t10\n9\tPOT\t") == [Pasted("CUP", "10", "8.5"), Pasted("POT", "", "9")]


def test_an_order_still_counts_one_of_what_has_no_quantity():
    assert read_pasted("CUP\nPOT") == [Pasted("CUP"), Pasted("POT")]
    assert read_pasted("CUP\t3\nPOT\t4") == [Pasted("CUP", "3"), Pasted("POT", "4")]


def test_a_discount_is_no_quantity():
    assert read("SKU\tPrice\tDiscount\nCUP\t18\t5\nPOT\t9\t") == [Pasted("CUP", "", "18"), Pasted("POT", "", "9")]
