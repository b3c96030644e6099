from __future__ import annotations

import pytest

from orderwell.kernel.written import bare_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("￥9.9", "9.9"),
        ("¥ 1,000.50", "1,000.50"),
        ("-€3", "-3"),
        ("$-3", "-3"),
        ("１２．５", "12.5"),
        ("－２", "-2"),
        ("9.90元", "9.90"),
        ("12", "12"),
        ("x", "x"),
        ("", ""),
        ("元", "元"),
        ("=1+1", "=1+1"),
    ],
)
def test_numbers_lose_what_is_no_number(text: str, number: str) -> None:
    assert bare_number(text) == number
