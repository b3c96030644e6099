from __future__ import annotations

import pytest

from orderwell.web.orders.pasting import MOST_LINES, Pasted, most_lines, read_pasted

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


@pytest.mark.parametrize(
    "text",
    [
        "SKU\tDiscount\tQty\nCUP\t5\t3\nPOT\t0\t1",
        "SKU\tCountry\tQty\nCUP\tCN\t3\nPOT\tCN\t1",
        "sku\tAmount\tQuantity\nCUP\t60\t3\nPOT\t90\t1",
        "Product count\tItem no\tSKU code\n3\t1\tCUP\n1\t2\tPOT",
    ],
)
def test_a_heading_is_read_as_words_and_the_clearer_one_wins(text):
    assert read_pasted(text) == TWO


def test_prices_of_some_lines_alone_are_kept():
    text = "A\t3\nB\t4\t18.50\nC\t1\nD\t2\t20.00 元/件\nE\t1"
    assert [(line.quantity, line.price) for line in read_pasted(text)] == [
        ("3", ""),
        ("4", "18.50"),
        ("1", ""),
        ("2", "20.00"),
        ("1", ""),
    ]


@pytest.mark.parametrize("first", ['"5 inch pipe', '5" pipe', '"5" pipe'])
def test_a_mark_of_inches_swallows_no_line(first):
    assert read_pasted(f"{first}\t3\nB\t4\nC\t5") == [Pasted(first, "3"), Pasted("B", "4"), Pasted("C", "5")]
    assert len(read_pasted(f"{first}\t3\n" + "B\t4\n" * 60_000)) == 60_001


def test_a_cell_of_two_lines_is_one_cell():
    assert read_pasted('"Cup\nred"\t3\n"5"" pipe"\t1') == [Pasted("Cup red", "3"), Pasted('5" pipe', "1")]


def test_a_line_without_a_product_comes_as_it_stood():
    assert [line.product for line in read_pasted("A\t3\n\t4\nC\t5")] == ["A", "4", "C"]


def test_what_is_more_than_the_most_is_told():
    lines = [Pasted(f"S{n}") for n in range(MOST_LINES + 50)]
    kept, said = most_lines(lines)
    assert len(kept) == MOST_LINES and "2,000 of 2,050" in said
    assert most_lines(kept) == (kept, "")
