"""Counting, receiving and looking back at stock on the screen."""

from __future__ import annotations

import re

from django.test import Client

from orderwell.domains.inventory.models import StockCount, StockItem
from tests.web.conftest import Company
from tests.web.test_pages import queries


def token(client: Client, path: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', client.get(path).content.decode())
    assert found, path
    return found[1]


def test_stock_is_counted_on_the_screen(owner: Client, company: Company) -> None:
    path = "/counts/new/"
    owner.post(path, {"token": token(owner, path), "warehouse": "main", "blind": "on"})
    count = StockCount.objects.get()
    path = f"/counts/{count.pk}/"
    page = owner.get(path).content.decode()
    assert "Ledger then" not in page and "Different" not in page
    data = {"token": token(owner, path), "code": "CUP", "quantity": "4", "add": "on"}
    for _ in range(2):  # a double click counts once
        assert owner.post(path, data).status_code == 302
    owner.post(path, {**data, "token": token(owner, path), "quantity": "3"})
    wrong = owner.post(path, {**data, "token": token(owner, path), "code": "NOPE"})
    assert wrong.status_code == 422 and "NOPE" in wrong.content.decode()
    path = f"/counts/{count.pk}/post/"
    assert "2" in owner.get(path).content.decode()
    owner.post(path, {"token": token(owner, path)})
    assert StockItem.objects.get(variant=company.cup).on_hand == 7
    assert "Ledger then" in owner.get(f"/counts/{count.pk}/").content.decode()
    assert count.number in owner.get("/counts/").content.decode()


def test_products_of_a_count_may_stand_in_one_line(owner: Client, company: Company) -> None:
    from orderwell.testing import factories

    factories.make_variant("JUG", name_en="Jug, red", name_zh="红壶")
    path = "/counts/new/"
    for text in ("CUP、pot", "CUP, Tea pot", "CUP；POT", "CUP\nPOT"):
        owner.post(path, {"token": token(owner, path), "warehouse": "main", "skus": text})
        skus = StockCount.objects.latest("pk").lines.values_list("stock_item__variant__sku", flat=True)
        assert sorted(skus) == ["CUP", "POT"], text
    owner.post(path, {"token": token(owner, path), "warehouse": "main", "skus": "Jug, red"})
    assert StockCount.objects.count() in {4, 5}
    wrong = owner.post(path, {"token": token(owner, path), "warehouse": "main", "skus": "CUP, NOPE"})
    assert wrong.status_code == 422 and "NOPE" in wrong.content.decode() and "SKU CUP" not in wrong.content.decode()


def test_stock_is_shown_as_it_was(owner: Client, company: Company) -> None:
    page = owner.get("/stock/past/?at=2020-01-01T10:00&q=CUP").content.decode()
    assert "2020-01-01T10:00" in page and re.search(r'<td class="num fw-bold">0</td>', page)
    assert re.search(r'<td class="num fw-bold">10</td>', owner.get("/stock/past/?q=CUP").content.decode())
    assert "Enter a date and a time" in owner.get("/stock/past/?at=nonsense").content.decode()
    assert owner.get("/stock/past/?at=0001-01-01T00:00").status_code == 200


def test_what_was_on_its_way_stands_beside_what_was_on_hand(owner: Client, company: Company) -> None:
    from decimal import Decimal

    from orderwell.domains.inventory.drafts import TransferDraft, TransferLineDraft
    from orderwell.domains.inventory.services.transfer_stock import create_transfer, dispatch_transfer
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner
    from orderwell.testing.factories import make_warehouse

    make_warehouse("east")
    lines = (TransferLineDraft(sku="CUP", quantity=Decimal(3)),)
    planned = create_transfer(
        TransferDraft(origin="main", destination="east", lines=lines), actor=the_owner(), now=utc_now()
    )
    dispatch_transfer(transfer_id=planned.pk, actor=the_owner(), now=utc_now())
    page = owner.get("/stock/past/?q=CUP").content.decode()
    cells = re.findall(r'<td class="num[^"]*">\s*(\S*)\s*</td>', page)
    assert cells == ["7", "3", "7"]


def test_announced_goods_are_received(owner: Client, company: Company) -> None:
    from datetime import timedelta
    from decimal import Decimal

    from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
    from orderwell.domains.inventory.services.expect_receipt import expect_receipt
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    due = utc_now() + timedelta(days=3)
    draft = ExpectedReceiptDraft(reference="PO-1", sku="CUP", warehouse="main", quantity=Decimal(5), due_at=due)
    row = expect_receipt(draft, actor=the_owner(), now=utc_now())
    path = "/stock/receive/"
    assert "PO-1" in owner.get(path).content.decode()
    data = {"token": token(owner, path), "expected": str(row.pk), "warehouse": "main", "lines": "CUP 5\nPOT 1"}
    assert owner.post(path, data).status_code == 302
    row.refresh_from_db()
    assert row.quantity_received == 5
    assert StockItem.objects.get(variant=company.pot).on_hand == 3


def test_pages_of_counting_take_few_queries(owner: Client, company: Company) -> None:
    path = "/counts/new/"
    owner.post(path, {"token": token(owner, path), "warehouse": "main"})
    count = StockCount.objects.get()
    for path, most in (("/counts/", 6), (f"/counts/{count.pk}/", 9), ("/stock/past/", 8)):
        owner.get(path)
        assert queries(owner, path) <= most, path


def ship_one(company: Company) -> None:
    """A colleague at another desk."""
    from decimal import Decimal

    from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft
    from orderwell.domains.inventory.services.adjust_stock import adjust_stock
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    line = AdjustmentLineDraft(sku="CUP", change=Decimal(-1))
    draft = AdjustmentDraft(warehouse="main", reason="sample", lines=(line,))
    adjust_stock(draft, actor=the_owner(), now=utc_now())


def form_at(client: Client, path: str) -> dict[str, str]:
    page = client.get(path).content.decode()
    found = dict(re.findall(r'name="(token|opened)" value="([^"]+)"', page))
    assert set(found) == {"token", "opened"}
    return found


def on_hand(company: Company) -> int:
    return int(StockItem.objects.get(variant=company.cup, warehouse__code="main").on_hand)


def test_what_moved_after_a_count_s_page_was_opened_is_asked_about(owner: Client, company: Company) -> None:
    owner.post(
        "/counts/new/", {"token": token(owner, "/counts/new/"), "warehouse": "main", "skus": "CUP", "blind": "on"}
    )
    count = StockCount.objects.get()
    line = count.lines.get()
    for path in (f"/counts/{count.pk}/", f"/counts/{count.pk}/line/{line.pk}/"):
        sent = {**form_at(owner, path), "code": "CUP", "quantity": "8"}
        ship_one(company)
        refused = owner.post(path, sent)
        page = refused.content.decode()
        assert refused.status_code == 422 and "moved after this form was opened" in page
        again = {**sent, **dict(re.findall(r'name="(token|opened)" value="([^"]+)"', page))}
        assert again["opened"] > sent["opened"]
        assert owner.post(path, again).status_code in {204, 302}
        line.refresh_from_db()
        assert (line.counted, line.expected) == (8, on_hand(company))
    ship_one(company)  # after it was written down: the difference of that moment is what is posted
    left = on_hand(company)
    path = f"/counts/{count.pk}/post/"
    owner.post(path, {"token": token(owner, path)})
    assert on_hand(company) == left + (8 - int(line.expected or 0))


def test_what_moved_after_a_correction_was_opened_is_asked_about(owner: Client, company: Company) -> None:
    path = "/stock/adjust/?sku=CUP&warehouse=main"
    before = on_hand(company)
    counted = {"warehouse": "main", "reason": "count", "how": "counted", "lines": "CUP 5"}
    sent = {**form_at(owner, path), **counted}
    ship_one(company)
    refused = owner.post(path, sent)
    page = refused.content.decode()
    assert refused.status_code == 422 and "moved after this form was opened" in page
    assert on_hand(company) == before - 1
    again = {**sent, **dict(re.findall(r'name="(token|opened)" value="([^"]+)"', page))}
    assert owner.post(path, again).status_code in {204, 302}
    assert on_hand(company) == 5
    # What is to be added or taken away is the same, whatever moved.
    sent = {**form_at(owner, path), **counted, "how": "change", "reason": "found", "lines": "CUP 2"}
    ship_one(company)
    assert owner.post(path, sent).status_code in {204, 302}
    assert on_hand(company) == 6
