"""What customers type to find their order, as they type it."""

from __future__ import annotations

import pytest

from tests.web.test_public import PHONE, Place, number_of, text_of, visitor

pytestmark = pytest.mark.django_db


def test_an_order_is_found_by_full_width_characters(place: Place) -> None:
    order, client = place(CUP=1), visitor()
    wide = str.maketrans("SO0123456789", "ＳＯ０１２３４５６７８９")
    answer = client.post("/track/", {"number": number_of(order).translate(wide), "phone": PHONE.translate(wide)})
    assert answer.status_code == 302
    assert number_of(order) in text_of(client)
