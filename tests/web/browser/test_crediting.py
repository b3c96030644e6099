"""Crediting an invoice on the screen: the amounts follow what is typed, and a mistake is undone from its message."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import Site
from tests.web.browser.test_daily_work import Open

pytestmark = pytest.mark.browser
INVOICED = """
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner
from decimal import Decimal as D
lines = (LineDraft("CUP", D(3), None, D(0)), LineDraft("POT", D(1), None, D(0)))
(placed,) = place_orders([OrderDraft(channel="shop", customer="C1", lines=lines)], actor=owner(), now=utc_now())
print(issue_invoice(order_id=placed.order_id, actor=owner(), now=utc_now()).pk)
"""


def test_the_amounts_follow_what_is_typed(sign_in: Open, site: Site) -> None:
    page, invoice = sign_in("anna"), site.shell(INVOICED)
    page.goto(f"/invoices/{invoice}/")
    page.locator(f"a[href='/invoices/{invoice}/credit/']").click()
    dialog = page.locator("#dialog-content")
    cup, worth = dialog.locator("input[data-fill]").first, dialog.locator("[id^=worth-]")
    total = dialog.locator("dd.facts-total")
    expect(total).to_contain_text("¥150.00")
    cup.fill("1")
    expect(worth.first).to_have_text("¥20.00")
    expect(total).to_contain_text("¥110.00")
    expect(dialog).to_contain_text("Order then: still to pay")
    dialog.get_by_role("button", name="None").click()
    expect(worth.first).to_have_text("—")
    expect(total).to_contain_text("¥0.00")
    cup.fill("2")
    dialog.locator("[name=reverses]").check()
    expect(dialog).to_contain_text("Can then be invoiced anew")
    dialog.locator("[name=reverses]").uncheck()
    dialog.locator("[name=reason]").fill("chipped")
    dialog.locator(".btn-primary").click()
    expect(page.locator(".toast")).to_contain_text("The credit note is issued.")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("takes it back")
    expect(page.locator("main")).to_contain_text("Undone by")
