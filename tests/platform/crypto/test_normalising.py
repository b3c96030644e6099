from __future__ import annotations

import pytest

from orderwell.platform.crypto import (
    email_index,
    last_four,
    normalise_email,
    normalise_phone,
    phone_index,
    phone_last4_index,
)

MOBILE = "+8613800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "0086 138 0013 8000",
        "8613800138000",
        "(+86) 13800138000",
        "１３８００１３８０００",
        "+86-013800138000",
    ],
)
def test_every_way_to_write_a_chinese_mobile_is_one_number(typed: str) -> None:
    assert normalise_phone(typed) == MOBILE


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("010-6552 9988", "+861065529988"),
        ("(0571) 8765-4321", "+8657187654321"),
        ("+86 0571 87654321", "+8657187654321"),
        ("+86 571 87654321", "+8657187654321"),
        ("021-61234567 转 123", "+862161234567"),
        ("400-820-8820", "+864008208820"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("+1 212 555 0100 ext. 7", "+12125550100"),
        ("87654321", "87654321"),
        ("", ""),
        ("  --", ""),
        ("no number", ""),
        ("+", ""),
    ],
)
def test_phone(typed: str, expected: str) -> None:
    assert normalise_phone(typed) == expected
    assert normalise_phone(expected) == expected


def test_last_four_are_the_same_from_any_spelling() -> None:
    assert last_four("+86 138 0013 8000") == last_four("13800138000") == last_four("8000") == "8000"
    assert last_four("123") == ""


def test_indexes_find_what_people_type(home) -> None:
    assert phone_index("138-0013-8000") == phone_index(MOBILE)
    assert phone_index("13800138001") != phone_index(MOBILE)
    assert phone_last4_index("8000") == phone_last4_index(MOBILE)
    assert phone_last4_index("8000") != phone_index("8000")
    assert email_index(" Li.Wei@Example.COM ") == email_index("li.wei@example.com")


def test_nothing_to_find_has_no_index(home) -> None:
    assert phone_index("n/a") is None
    assert phone_last4_index("12") is None
    assert email_index("  ") is None


def test_email_keeps_its_tag() -> None:
    assert normalise_email("Li.Wei+shop@Example.com") == "li.wei+shop@example.com"
