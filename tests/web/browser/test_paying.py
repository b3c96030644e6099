"""Recording a payment in a real browser: what the chosen invoice asks for stands in the field of the amount."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site
from tests.web.browser.test_order_page import order

pytestmark = pytest.mark.browser
INVOICE = """
from decimal import Decimal
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.orders.models import OrderLine
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
for line in OrderLine.objects.filter(order_id={pk}, kind="goods").order_by("pk"):
    made = issue_invoice(order_id={pk}, quantities={{line.pk: line.quantity}}, actor=system_actor(), now=utc_now())
    print(made.number)
"""


def test_the_amount_follows_the_invoice_until_somebody_types_another(sign_in: Callable[..., Page], site: Site) -> None:
    pk = order(site)
    first, second = site.shell(INVOICE.format(pk=pk)).splitlines()[-2:]
    page = sign_in("anna")
    page.goto(f"/orders/{pk}/")
    page.keyboard.press("p")
    which, amount = page.locator("#dialog [name=invoice]"), page.locator("#dialog [name=amount]")
    expect(amount).to_have_value("190.00")
    for number, value in ((second, "90.00"), (first, "100.00"), ("", "190.00"), (second, "90.00")):
        which.select_option(number)
        expect(amount).to_have_value(value)
    amount.fill("12.50")
    which.select_option(first)
    expect(amount).to_have_value("12.50")
    which.select_option(second)
    page.locator("#dialog .btn-primary").click()
    expect(page.locator("body")).to_contain_text(f"for {second}")
