from __future__ import annotations

import pytest

from orderwell.web.orders.pasting import MOST_LINES, Pasted, read_pasted

TWO = [Pasted("CUP", "3", ""), Pasted("POT", "1", "")]
PRICED = [Pasted("CUP", "3", "20.50"), Pasted("POT", "1", "90")]


@pytest.mark.parametrize(
    "text",
    [
        "CUP\t3\nPOT\t1",
        "CUP;3\r\nPOT;1",
        "CUP,3\nPOT,1",
        "CUP 3\nPOT 1",
        "CUP  3\nPOT  1",
        "CUP x 3\nPOT ×1",
        "\nCUP\t3\n\nPOT\t\n",
    ],
)
def test_products_and_quantities_in_any_writing(text):
    assert read_pasted(text) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "CUP\t3\t20.50\nPOT\t1\t90",
        "货号\t数量\t单价\nCUP\t3\t20.50\nPOT\t1\t90",
        "品名\t单价\t数量\t货号\n茶杯\t¥20.50\t3 件\tCUP\n茶壶\t¥90\t1 件\tPOT",
        "SKU;Name;Qty;Unit price\nCUP;Tea cup;3;20.50\nPOT;Tea pot;1;90",
        "CUP\t茶杯\t3\t20.50\nPOT\t茶壶\t1\t90",
    ],
)
def test_prices_and_headings_in_both_languages(text):
    assert read_pasted(text) == PRICED


def test_what_is_no_quantity_stays_to_be_put_right():
    assert read_pasted("CUP\tthree\nPOT\t1\nJAR\t2")[0] == Pasted("CUP", "three", "")


def test_a_quoted_cell_with_the_separator_is_one_cell():
    assert read_pasted('"Cup, red",2\n"Pot, blue",1') == [Pasted("Cup, red", "2"), Pasted("Pot, blue", "1")]


def test_a_single_column_is_one_of_each_and_nothing_is_nothing():
    assert read_pasted("CUP\nPOT") == [Pasted("CUP"), Pasted("POT")]
    assert read_pasted(" \n\t\n") == []


def test_more_than_the_most_is_cut():
    assert len(read_pasted("\n".join(f"S{n}\t1" for n in range(MOST_LINES + 50)))) == MOST_LINES
