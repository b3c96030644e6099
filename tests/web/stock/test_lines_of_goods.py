"""Lines of goods on the forms of stock: read as at order entry, told about by the names on the screen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.catalog.models import Barcode, Pack, Variant
from orderwell.domains.inventory.models import ExpectedReceipt, StockCount, StockItem, Transfer, TransferLine
from orderwell.testing import factories
from orderwell.testing.markup import flat
from tests.web.conftest import Company
from tests.web.stock.test_expected import DAY, send

ANNOUNCED = {"reference": "PO-9", "supplier": "", "warehouse": "main", "due_on": DAY}


@pytest.fixture
def codes(company: Company) -> None:
    """A barcode for a pot, and one for a box of six cups."""
    Barcode.objects.create(code="2000000101651", variant=company.pot)
    box = Pack.objects.create(variant=company.cup, unit="box", quantity=Decimal(6))
    Barcode.objects.create(code="690-6", variant=company.cup, pack=box)


@pytest.mark.parametrize(
    "lines",
    [
        "cup,30\npot,12",
        "cup 30\n2000000101651 12",
        "CUP\t30\nPOT\t12",
        "SKU\t数量\nCUP\t30\nPOT\t12",
        "cup x 30\nPOT × 12",
        "30 x CUP\n12 x POT",
        "690-6 5\nPOT 12",
        "茶杯 ３０\n茶壶 １２",
        "CUP\t30\nPOT x 12\n",
        "\nCUP;30\n\nPOT;12\n",
    ],
)
def test_lines_are_read_as_at_order_entry(owner: Client, codes: None, lines: str) -> None:
    answer = send(owner, "/stock/expected/new/", **ANNOUNCED, lines=lines)
    assert answer.status_code == 302, flat(answer.content.decode())
    found = ExpectedReceipt.objects.order_by("variant__sku").values_list("variant__sku", "quantity")
    assert list(found) == [("CUP", 30), ("POT", 12)]


@pytest.mark.parametrize("lines", ["CUP -3\npot +1", "CUP\t-3\nPOT\t+1", "cup,-3\npot,1"])
def test_a_correction_goes_up_and_down(owner: Client, company: Company, lines: str) -> None:
    how = {"warehouse": "main", "reason": "other", "how": "change", "note": "", "lines": lines}
    answer = send(owner, "/stock/adjust/", **how)
    assert answer.status_code == 302, flat(answer.content.decode())
    items = StockItem.objects.order_by("variant__sku").values_list("variant__sku", "on_hand")
    assert list(items) == [("CUP", 7), ("POT", 3)]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("CUP", "Line 1:"),  # nobody said how many, and one is not guessed
        ("SKU\tQty\nCUP\t3\nNOPE\t2", "Line 3:"),
        ("CUP\t3\nPOT\tmany", "Line 2:"),
        ("SKU\tQty", "This field is required"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_line(owner: Client, company: Company, lines: str, said: str) -> None:
    answer = send(owner, "/stock/expected/new/", **ANNOUNCED, lines=lines)
    assert answer.status_code == 422 and said in flat(answer.content.decode())
    assert not ExpectedReceipt.objects.exists()


def test_a_count_takes_any_code_of_a_product(owner: Client, codes: None) -> None:
    fields = {"warehouse": "main", "category": "", "note": "", "skus": "cup\n2000000101651\n"}
    started = send(owner, "/counts/new/", **fields)
    count = StockCount.objects.get()
    assert (started.status_code, started["Location"]) == (302, f"/counts/{count.pk}/")
    assert set(count.lines.values_list("stock_item__variant__sku", flat=True)) == {"CUP", "POT"}
    path = f"/counts/{count.pk}/"
    assert send(owner, path, code="pot", quantity="2").status_code == 302
    assert send(owner, path, code="690-6", quantity="2").status_code == 302
    counted = count.lines.order_by("stock_item__variant__sku").values_list("counted", flat=True)
    assert list(counted) == [12, 2]


@pytest.mark.parametrize("role", ["administrator", "warehouse-worker"])
def test_a_count_takes_names_with_blanks(browse: Callable[..., Client], company: Company, role: str) -> None:
    Variant.objects.filter(sku="CUP").update(name_zh="保温杯 中号", name_en="Insulated bottle, medium")
    who = browse(role)
    for name in ("保温杯 中号", "Insulated bottle, medium"):
        fields = {"warehouse": "main", "category": "", "note": "", "skus": f"{name}\r\n"}
        assert send(who, "/counts/new/", **fields).status_code == 302
        count = StockCount.objects.order_by("-pk")[0]
        assert list(count.lines.values_list("stock_item__variant__sku", flat=True)) == ["CUP"]
        count.delete()


def test_products_are_offered_while_a_line_is_typed(
    owner: Client, browse: Callable[..., Client], company: Company
) -> None:
    form = owner.get("/stock/receive/").content.decode()
    assert 'data-goods="/stock/goods/"' in form
    # Who works in the warehouse may ask, though they take no orders.
    worker = browse("warehouse-worker")
    hits = worker.get("/stock/goods/?q=cu").json()["hits"]
    assert [(hit["sku"], hit["name"]) for hit in hits] == [("CUP", "Tea cup")] and hits[0]["there"].endswith(" 10")
    assert [hit["sku"] for hit in worker.get("/stock/goods/", {"q": "茶壶"}).json()["hits"]] == ["POT"]


def moved(client: Client, quantity: str) -> Any:
    fields = {"origin": "main", "destination": "far", "expected_on": "", "note": "", "lines": f"CUP {quantity}"}
    return send(client, "/transfers/new/", **fields)


def test_warehouses_are_called_by_their_names(browse: Callable[..., Client], company: Company) -> None:
    far = factories.make_warehouse("far")
    company.warehouse.name_zh, far.name_zh = "杭州总仓", "成都仓"
    company.warehouse.save(), far.save()
    chinese = browse("administrator", language="zh-hans")
    assert moved(chinese, "9999").status_code == 302
    # Planning it is fine, goods may come in time; but it is said.
    after = flat(chinese.get("/transfers/").content.decode())
    assert "9,999" in after and "杭州总仓" in after and "CUP" in after
    transfer = Transfer.objects.get()
    refused = send(chinese, f"/transfers/{transfer.pk}/dispatch/")
    assert refused.status_code == 422
    text = flat(refused.content.decode())
    assert "杭州总仓 的 CUP" in text and "main 的 CUP" not in text
    same = send(
        chinese,
        "/transfers/new/",
        origin="far",
        destination="far",
        expected_on="",
        note="",
        lines="CUP 1",
    )
    assert same.status_code == 422 and "成都仓" in flat(same.content.decode())


def test_a_transfer_of_what_is_there_says_nothing_more(owner: Client, company: Company) -> None:
    factories.make_warehouse("far")
    assert moved(owner, "10").status_code == 302
    assert TransferLine.objects.get().quantity == 10
    assert "must come before" not in flat(owner.get("/transfers/").content.decode())


def test_what_is_due_first_is_shipped_first_page_after_page(
    owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from orderwell.domains.orders.models import Order
    from orderwell.kernel.clock import utc_now

    monkeypatch.setattr("orderwell.web.lists.views.ROWS", 2)
    now = utc_now()
    wanted = {
        "later": place(CUP=1, now=now - timedelta(days=3), requested_at=now + timedelta(days=5)),
        "soon": place(CUP=1, now=now - timedelta(days=3), requested_at=now + timedelta(days=1)),
        "old": place(CUP=1, now=now - timedelta(days=2)),
        "urgent": place(CUP=1, requested_at=now - timedelta(days=4)),
        "same": place(CUP=1, requested_at=now + timedelta(days=1)),
    }
    names = {number: name for name, pk in wanted.items() for number in [Order.objects.get(pk=pk).number]}

    def walk(address: str) -> list[str]:
        found: list[str] = []
        while True:
            page = flat(owner.get(address).content.decode())
            rows = re.findall(r'<a class="fw-bold" href="[^"]+">([^<]+)</a>', page)
            found += [names[number] for number in rows]
            more = re.search(r'href="([^"]*after=[^"]+)"', page)
            if more is None:
                return found
            address = "/to-ship/" + html.unescape(more[1])

    assert walk("/to-ship/") == ["urgent", "old", "soon", "same", "later"]
    assert walk("/to-ship/?sort=-due") == ["later", "same", "soon", "old", "urgent"]
    assert walk("/to-ship/?fulfilment=reserved") == ["urgent", "old", "soon", "same", "later"]
    assert walk("/to-ship/?sort=placed") == ["later", "soon", "old", "urgent", "same"]
