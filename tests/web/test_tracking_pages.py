"""Where the link of a tracking number leads: the carrier's page as the setting names it, and nowhere that could harm."""

from __future__ import annotations

import pytest

from orderwell.web.public.tracking import tracking_address


@pytest.mark.parametrize(
    ("carrier", "number", "address"),
    [
        ("SF", "1", "https://a.example/1"),
        ("sf express", "a b", "https://a.example/a%20b"),
        ("DHL", "x/../y?z", "https://b.example/?n=x%2F..%2Fy%3Fz"),
        ("Evil", "1", ""),
        ("Bad", "1", ""),
        ("", "1", ""),
        ("SF", " ", ""),
    ],
)
def test_tracking_pages_come_from_the_setting(carrier: str, number: str, address: str) -> None:
    pages = "SF = https://a.example/{number}; DHL = https://b.example/?n={number}; Evil = javascript:{number}; Bad ="
    assert tracking_address(pages, carrier, number) == address


def test_every_carrier_that_is_offered_has_a_tracking_page() -> None:
    from orderwell.demo.names import CARRIERS_CN, CARRIERS_WORLD
    from orderwell.domains.cases.options import TRACKING_PAGES
    from orderwell.web.orders.cash_forms import CARRIERS

    pages = "; ".join(f"{carrier} = {page}" for carrier, page in TRACKING_PAGES.items())
    demo = [name for name, _letters in (*CARRIERS_CN, *CARRIERS_WORLD)]
    for carrier in (*CARRIERS, *demo, "顺丰", "顺丰速运 SF Express"):
        assert "SF1" in tracking_address(pages, carrier, "SF1"), carrier
    assert tracking_address(pages, "Surfing parcels", "1") == ""
