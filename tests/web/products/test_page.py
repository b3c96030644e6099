"""The page of a product: what is kept for whom, what comes, what sells, how prices changed; archived and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.test import Client

from orderwell.domains.catalog.drafts import PriceChange
from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.services.set_prices import set_prices
from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
from orderwell.domains.inventory.services.expect_receipt import expect_receipt
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.factories import make_bundle
from orderwell.testing.markup import flat
from tests.web.conftest import Company

Place = Callable[..., int]


def words(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def test_the_page_says_for_whom_goods_are_kept_and_for_whom_they_are_missing(
    owner: Client, company: Company, place: Place
) -> None:
    kept, short = place(POT=2), place(POT=5)
    page = owner.get(f"/products/{company.pot.product_id}/").content.decode()
    reserved, missing = page.split('id="reserved"')[1].split("Missing for")[:2]
    assert f"/orders/{kept}/" in reserved and f"/orders/{short}/" not in reserved
    assert f"/orders/{short}/" in missing.split("On its way")[0]
    link = re.search(r'href="(/to-ship/lines/[^"]+)">2<', page)
    assert link
    rows = owner.get(link[1].replace("&amp;", "&")).content.decode()
    assert rows.count("data-row=") == 1 and f"/orders/{kept}/" in rows


def test_what_is_announced_and_how_prices_changed_stand_on_the_page(owner: Client, company: Company) -> None:
    now = utc_now()
    due = now + timedelta(days=3)
    draft = ExpectedReceiptDraft(reference="PO-7", sku="POT", warehouse="main", quantity=Decimal(40), due_at=due)
    expect_receipt(draft, actor=the_owner(), now=now)
    set_prices([PriceChange(sku="POT", currency="CNY", unit_price=Decimal("95.5"))], actor=the_owner(), now=now)
    text = words(owner, f"/products/{company.pot.product_id}/")
    assert "PO-7" in text.split("On its way")[1].split("Price history")[0] and " 40 " in text
    assert "¥90.00 → ¥95.50" in text


def test_sales_are_shown_and_each_number_opens_its_lines(owner: Client, company: Company, place: Place) -> None:
    place(CUP=3, POT=1)
    place(CUP=1)
    path = f"/products/{company.cup.product_id}/sales/"
    page = flat(owner.get(path).content.decode())
    value, link = re.search(r'href="([^"]+)"><span class="figure-name">Units</span><span class="figure-value d-block">(\d+)<', page).group(2, 1)  # type: ignore[union-attr]  # fmt: skip
    assert value == "4"
    lines = owner.get(link.replace("&amp;", "&")).content.decode()
    assert lines.count("data-row=") == 2 and "POT" not in lines.split("<tbody>")[1]
    assert "王小明" in page and "¥80.00" in page
    weeks = owner.get(f"{path}?by=week").content.decode()
    assert "Week from" in weeks
    file = owner.get(f"{path}?by=month&csv=1")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(rows) == 12 and rows[-1]["Units"] == "4" and rows[-1]["Currency"] == "CNY"


def test_a_product_that_never_sold_says_so(owner: Client, company: Company) -> None:
    assert "Not sold yet" in owner.get(f"/products/{company.pot.product_id}/sales/").content.decode()


def test_a_product_is_archived_and_the_message_takes_it_back(owner: Client, company: Company) -> None:
    pk = company.cup.product_id
    page = owner.post(f"/products/{pk}/archive/", follow=True).content.decode()
    assert not Product.objects.get(pk=pk).active and "Make active" in page
    undo = re.search(r'name="token" value="([^"]+)"><input type="hidden" name="next"', page)
    assert undo
    owner.post("/undo/", {"token": undo[1]})
    assert Product.objects.get(pk=pk).active


def test_what_a_bundle_needs_is_not_archived_and_the_page_says_why(owner: Client, company: Company) -> None:
    make_bundle({company.cup: 2}, sku="SET")
    page = owner.post(f"/products/{company.cup.product_id}/archive/", follow=True).content.decode()
    assert Product.objects.get(pk=company.cup.product_id).active
    assert "CUP is part of the bundle SET" in page
