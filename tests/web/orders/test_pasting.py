from __future__ import annotations

import pytest
from django.utils.translation import override

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


def test_below_headings_an_empty_cell_is_marked_and_never_filled():
    with override("en"):
        lines = read_pasted("SKU\tQuantity\nKIT-003-S\t\n\t4\nCUP\t2")
    assert [(line.product, line.quantity) for line in lines] == [("KIT-003-S", ""), ("", "4"), ("CUP", "2")]
    assert [line.problem for line in lines] == [
        "There is no quantity in this line.",
        "There is no product in this line.",
        "",
    ]
    named = read_pasted("货号\t备注\t数量\n\tCup red\t4\nPOT\t\t1")
    assert [(line.product, line.quantity, line.problem) for line in named] == [("Cup red", "4", ""), ("POT", "1", "")]
    # Where no column of quantities stands, each line is one as before.
    assert [line.quantity for line in read_pasted("SKU\nA\nB")] == ["1", "1"]


def test_what_is_more_than_the_most_is_told():
    lines = [Pasted(f"S{n}") for n in range(MOST_LINES + 50)]
    with override("en"):
        kept, said = most_lines(lines)
    assert len(kept) == MOST_LINES and "2,000 of 2,050" in said
    assert most_lines(kept) == (kept, "")


@pytest.mark.parametrize(
    "text",
    [
        "3 x CUP\n1 x POT",
        "3x CUP\n1X POT",
        "3× CUP\n1×POT",
        "CUP x 3\nPOT x1",
        "CUP×3\nPOT * 1",
        "３ × CUP\n１ｘ POT",
        "CUP　３\nPOT　１",
        "CUP\t３\nPOT\t１",
        "CUP x 3 pcs\nPOT x 1件",
        "3 件 x CUP\n1 pc x POT",
        "3 x  CUP\n1 x  POT",
        "3 ×\tCUP\n1 ×\tPOT",
        "CUP\t× 3\nPOT\tx 1",
        "3 x CUP, 1 x POT",
        "3 x CUP\tTea cup\n1 x POT\tTea pot",
    ],
)
def test_how_many_times_a_product_is_understood_on_either_side(text):
    assert read_pasted(text) == TWO


@pytest.mark.parametrize("text", ["2000000101651 x 3", "2000000101651 × 3", "3 x 2000000101651", "2000000101651 3"])
def test_a_barcode_is_the_product_on_either_side(text):
    (line,) = read_pasted(text)
    assert (line.product, line.quantity) == ("2000000101651", "3")


def test_a_letter_x_within_a_name_counts_nothing():
    for name in ("3XL-SHIRT", "Box3", "CUP-1X3"):
        assert read_pasted(f"{name}\nPOT") == [Pasted(name), Pasted("POT")]
    assert read_pasted("M5 x 20\nPOT")[0].written == "M5 x 20"


@pytest.mark.parametrize(
    "text",
    [
        "1\tCUP\t3\n2\tPOT\t1",
        "１\tCUP\t3\n２\tPOT\t1",
        "1,CUP,3\n2,POT,1",
        "1. CUP x 3\n2. POT x 1",
        "1、CUP 3\n2、POT 1",
        "1 CUP 3\n2 POT 1",
        "序号\t货号\t数量\n1\tCUP\t3\n2\tPOT\t1",
        "编号\t品名\t数量\n1\tCUP\t3\n2\tPOT\t1",
    ],
)
def test_numbers_of_the_rows_are_no_products(text):
    assert read_pasted(text) == TWO


def test_sums_at_the_foot_keep_the_numbers_of_the_rows_out():
    assert read_pasted("1\tCUP\t3\n2\tPOT\t1\n合计\t\t4")[:2] == TWO


def test_numbers_that_may_be_quantities_or_products_stay():
    assert read_pasted("1 CUP\n2 POT") == [Pasted("1 CUP"), Pasted("2 POT")]
    assert read_pasted("1\t5\t20.00\n2\t3\t10.00") == [Pasted("1", "5", "20.00"), Pasted("2", "3", "10.00")]
    assert read_pasted("SKU\tQty\n1\t5\n2\t3") == [Pasted("1", "5"), Pasted("2", "3")]
    assert read_pasted("1.5 x CUP\n2.5 x POT") == [Pasted("CUP", "1.5"), Pasted("POT", "2.5")]


@pytest.mark.parametrize(
    "text",
    [
        "CUP-1,1,000\nPOT,2",
        "CUP-1,1,250\nPOT,2",
        "CUP-1,1,000\nPOT,2,000",
        "CUP-1,3,120\nPOT,2,250",
        "CUP-1，1，000\nPOT，2",
        "CUP-1,1,000\nPOT,2,18.50",
        "SKU,Qty,Price\nCUP-1,1,000\nPOT,2,18.50",
        "SKU,Qty,Price\nCUP-1,1,250,500\nPOT,2,18.50",
        "CUP-1,1,000",
    ],
)
def test_thousands_between_commas_are_not_guessed(text):
    first = read_pasted(text)[0]
    assert (first.product, first.quantity, first.price) == ("CUP-1", "", "")
    assert "1000" in first.problem and "CUP-1," in first.problem.replace("，", ",")


@pytest.mark.parametrize(
    ("text", "quantity", "price"),
    [
        ("SKU,Qty\nCUP,1,000\nPOT,2", "1,000", ""),
        ("SKU,Qty,Price\nCUP,1,000,18.50\nPOT,2,9", "1,000", "18.50"),
        ("SKU,Qty,Price\nCUP,3,120\nPOT,2,250", "3", "120"),
        ("CUP,3,120\nPOT,12,18.50", "3", "120"),
        ('CUP,"1,000"\nPOT,2', "1,000", ""),
        ("CUP,1000\nPOT,2", "1000", ""),
        ("CUP;1,000\nPOT;2", "1,000", ""),
        ("CUP\t1,000\nPOT\t2", "1,000", ""),
        ("CUP 1,000\nPOT 2", "1,000", ""),
        ("CUP x 1,000\nPOT x 2", "1,000", ""),
    ],
)
def test_thousands_are_read_where_there_is_one_way(text, quantity, price):
    assert read_pasted(text)[0] == Pasted("CUP", quantity, price)
    assert not read_pasted(text)[0].problem


def test_a_name_that_ends_with_a_number_is_not_taken_for_thousands():
    assert read_pasted("Cup 5,100\nCup 6,200")[0].problem
