"""What the order page says to people who can't take the step that comes next."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from orderwell.testing.markup import flat
from tests.web.conftest import Company


def test_who_cannot_ship_is_told_that_the_warehouse_does_it(
    browse: Callable[..., Client], company: Company, place: Callable[..., int]
) -> None:
    order_id = place(CUP=2)
    page = browse("bookkeeper").get(f"/orders/{order_id}/").content.decode()
    assert "Waits for the warehouse to ship it" in flat(page) and "Ready to ship" not in page
    invoice = re.search(r'<a[^>]*href="/orders/\d+/invoice/"[^>]*>', page)
    assert invoice is not None and "btn-primary" not in invoice[0]
