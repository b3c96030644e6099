"""What a handheld takes along, and what its actions do: once, or refused with what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation

from orderwell.web.handheld.texts import texts

if TYPE_CHECKING:
    from tests.web.conftest import Company

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def worker(browse: Callable[..., Client]) -> Client:
    return browse("warehouse-worker")


def work(client: Client, code: str = "main") -> Any:
    return client.get(f"/handheld/work/?warehouse={code}").json()


def send(client: Client, action: dict[str, Any], *, key: str = KEY, age: int = 0, language: str = "") -> Any:
    body = json.dumps({"key": key, "action": action})
    headers = {"X-Age": str(age), **({"accept-language": language} if language else {})}
    answer = client.post("/handheld/act/", body, content_type="application/json", headers=headers)
    return answer.json() | {"status": answer.status_code, "repeated": answer.get("X-Repeated")}


def packed(task: Any, **more: Any) -> dict[str, Any]:
    picked = [{"line": row["line"], "variant": row["variant"], "quantity": row["quantity"]} for row in task["lines"]]
    return {"kind": "ship", "order": task["id"], "title": task["number"], "warehouse": "main", "picked": picked, **more}


def on_hand(sku: str) -> Decimal:
    from orderwell.domains.inventory.models import StockItem

    return StockItem.objects.get(variant__sku=sku, warehouse__code="main").on_hand


def test_a_pick_list_says_when_an_order_has_to_leave() -> None:
    with translation.override("zh-hans"):
        assert texts()["due"] == "应于 {0} 发出"
    with translation.override("en"):
        assert (texts()["lines_one"], texts()["lines"]) == ("{0} line", "{0} lines")


def test_the_work_names_orders_with_their_goods_and_codes(worker: Client, place: Callable[..., int]) -> None:
    from orderwell.domains.catalog.models import Barcode, Pack, Variant

    order_id = place(CUP=3, POT=1)
    cup = Variant.objects.get(sku="CUP")
    box = Pack.objects.create(variant=cup, unit="box", quantity=Decimal(6))
    Barcode.objects.create(code="690", variant=cup)
    Barcode.objects.create(code="690-6", variant=cup, pack=box)
    found = work(worker)
    (task,) = found["picks"]
    assert task["id"] == order_id
    assert [(row["sku"], row["quantity"]) for row in task["lines"]] == [("CUP", "3"), ("POT", "1")]
    assert task["lines"][0]["codes"] == {"690": "1", "690-6": "6"}
    # Who packs a parcel looks at the name on it; where it goes is not kept on a device that may be lost.
    assert (task["customer"], task["city"]) == ("王小明", "上海市")
    assert "13812345678" not in json.dumps(found) and "人民路" not in json.dumps(found, ensure_ascii=False)


def test_the_address_is_told_when_a_parcel_is_packed(
    worker: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=1)
    answer = worker.get(f"/handheld/orders/{order_id}/")
    text = " ".join(answer.json()["lines"])
    assert all(part in text for part in ("王小明", "13812345678", "上海市", "人民路1号"))
    assert answer.headers["Cache-Control"] == "no-store"
    masked = browse("viewer").get(f"/handheld/orders/{order_id}/")
    assert masked.status_code in (200, 403) and "人民路1号" not in masked.content.decode()


def test_announced_goods_name_their_supplier(worker: Client, company: Company) -> None:
    from datetime import timedelta

    from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
    from orderwell.domains.inventory.services.expect_receipt import expect_receipt
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    due = utc_now() + timedelta(days=2)
    draft = ExpectedReceiptDraft(
        reference="PO-1", sku="CUP", warehouse="main", quantity=Decimal(4), due_at=due, supplier="Jingdezhen"
    )
    expect_receipt(draft, actor=the_owner(), now=utc_now())
    (receipt,) = work(worker)["receipts"]
    assert (receipt["supplier"], receipt["lines"][0]["name"]) == ("Jingdezhen", "Tea cup")


def test_an_order_on_hold_is_not_picked(worker: Client, place: Callable[..., int]) -> None:
    from orderwell.domains.orders.services.hold import place_hold
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor

    order_id = place(CUP=1)
    place_hold(order_id=order_id, kind="other", reason="wait", actor=system_actor(), now=utc_now())
    assert work(worker)["picks"] == []


def test_shipping_sent_twice_ships_once(worker: Client, place: Callable[..., int]) -> None:
    from orderwell.domains.fulfilment.models import Shipment

    order_id = place(CUP=3)
    action = packed(work(worker)["picks"][0], carrier="DHL", tracking_number="T-1")
    first = send(worker, action)
    again = send(worker, action)
    assert (first["state"], first["repeated"]) == ("done", "no")
    assert (again["state"], again["repeated"], again["sentences"]) == ("done", "yes", first["sentences"])
    shipment = Shipment.objects.get(order_id=order_id)
    assert (shipment.carrier, shipment.tracking_number, on_hand("CUP")) == ("DHL", "T-1", Decimal(7))
    assert work(worker)["picks"] == []


def test_the_same_key_for_something_else_is_refused(worker: Client, place: Callable[..., int]) -> None:
    place(CUP=3)
    action = packed(work(worker)["picks"][0])
    send(worker, action)
    other = send(worker, {**action, "carrier": "UPS"})
    assert (other["status"], other["state"]) == (409, "refused")


def test_a_refused_parcel_says_why_and_what_to_do_and_stays_on_the_list(
    worker: Client, owner: Client, place: Callable[..., int]
) -> None:
    from orderwell.domains.orders.services.hold import place_hold
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.leftovers.models import Leftover

    order_id = place(CUP=3)
    action = packed(work(worker)["picks"][0])
    place_hold(order_id=order_id, kind="other", reason="unpaid", actor=system_actor(), now=utc_now())
    refused = send(worker, action)
    assert refused["state"] == "refused" and "hold" in refused["sentences"][0] and "releases" in refused["advice"]
    assert send(worker, action)["repeated"] == "yes"
    row = Leftover.objects.get()
    assert (row.kind, row.subject, row.code, on_hand("CUP")) == (
        "ship",
        f"order:{order_id}",
        "order_on_hold",
        Decimal(10),
    )
    assert "on hold (Other)" in row.said["en"][0], "in words"
    assert "已挂起（其他）" in row.said["zh-hans"][0]
    page = owner.get("/to-sort-out/").content.decode()
    assert f"/orders/{order_id}/" in page and "Shipping refused" in page
    form = owner.get(f"/to-sort-out/{row.pk}/settle/").context["form"]
    owner.post(f"/to-sort-out/{row.pk}/settle/", {"token": form["token"].value(), "note": "called the customer"})
    assert "Shipping refused" not in owner.get("/to-sort-out/").content.decode()
    assert "called the customer" in owner.get("/to-sort-out/?state=settled").content.decode()


def test_more_than_is_promised_to_the_order_never_leaves(worker: Client, place: Callable[..., int]) -> None:
    place(CUP=3)
    action = packed(work(worker)["picks"][0])
    action["picked"][0]["quantity"] = "4"
    refused = send(worker, action)
    assert refused["state"] == "refused" and on_hand("CUP") == Decimal(10)


def test_what_is_short_ships_the_rest_and_is_told(worker: Client, owner: Client, place: Callable[..., int]) -> None:
    from orderwell.domains.orders.models import OrderLine
    from orderwell.platform.leftovers.models import Leftover

    order_id = place(CUP=3, POT=1)
    task = work(worker)["picks"][0]
    cup = task["lines"][0]
    action = packed(task)
    action["picked"] = [{**action["picked"][0], "quantity": "1"}, action["picked"][1]]
    action["shorts"] = [{"line": cup["line"], "sku": "CUP", "wanted": "3", "found": "1", "reason": "missing"}]
    assert send(worker, action)["state"] == "done"
    shipped = dict(OrderLine.objects.filter(order_id=order_id).values_list("sku", "quantity_shipped"))
    assert shipped == {"CUP": Decimal(1), "POT": Decimal(1)}
    page = owner.get(f"/orders/{order_id}/").content.decode()
    assert "1 of 3 CUP found (missing)" in page
    assert (
        "Picked short" in page
        and "CUP: 1 of 3 found (not on the shelf). Count it" in page
        and "Ready to ship" not in page
    )
    assert "1 of 3 found" in owner.get("/to-sort-out/").content.decode()
    settled = Leftover.objects.get()
    assert owner.post(f"/to-sort-out/{settled.pk}/settle/", {"token": "a", "note": "found"}).status_code == 302
    assert "Ready to ship" in owner.get(f"/orders/{order_id}/").content.decode()


def test_when_nothing_is_there_only_the_shortage_is_told(worker: Client, place: Callable[..., int]) -> None:
    from orderwell.domains.fulfilment.models import Shipment

    place(CUP=3)
    task = work(worker)["picks"][0]
    short = {"line": task["lines"][0]["line"], "sku": "CUP", "wanted": "3", "found": "0", "reason": "damaged"}
    assert send(worker, {**packed(task), "picked": [], "shorts": [short]})["state"] == "done"
    assert not Shipment.objects.exists()


def test_free_goods_are_received_by_whatever_code_they_carry(worker: Client, company: Company) -> None:
    from orderwell.domains.catalog.models import Barcode, Pack

    box = Pack.objects.create(variant=company.cup, unit="box", quantity=Decimal(6))
    Barcode.objects.create(code="690-6", variant=company.cup, pack=box)
    lines = [{"code": "690-6", "quantity": "2"}, {"code": "POT", "quantity": "1"}]
    action = {"kind": "receive", "title": "LS-1", "warehouse": "main", "reference": "LS-1", "lines": lines}
    assert send(worker, action)["state"] == "done"
    assert (on_hand("CUP"), on_hand("POT")) == (Decimal(22), Decimal(3))
    unknown = send(worker, {**action, "lines": [{"code": "999", "quantity": "1"}]}, key=KEY[::-1])
    assert unknown["state"] == "refused" and "999" in unknown["sentences"][0] and "aside" in unknown["advice"]


def test_a_transfer_on_its_way_is_received_in_parts(worker: Client, company: Company) -> None:
    from orderwell.domains.inventory.drafts import TransferDraft, TransferLineDraft
    from orderwell.domains.inventory.services.transfer_stock import create_transfer, dispatch_transfer
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.testing import factories

    factories.make_warehouse("north")
    draft = TransferDraft(
        origin="main", destination="north", lines=(TransferLineDraft(sku="CUP", quantity=Decimal(5)),)
    )
    transfer = create_transfer(draft, actor=system_actor(), now=utc_now())
    dispatch_transfer(transfer_id=transfer.pk, actor=system_actor(), now=utc_now())
    (found,) = work(worker, "north")["transfers"]
    line = found["lines"][0]
    action = {"kind": "arrive", "transfer": found["id"], "title": found["number"], "warehouse": "north"}
    assert send(worker, {**action, "lines": [{"line": line["line"], "received": "3"}]})["state"] == "done"
    assert work(worker, "north")["transfers"][0]["lines"][0]["quantity"] == "2"


def test_a_count_that_arrives_late_is_counted_again_when_goods_moved_meanwhile(
    worker: Client, company: Company, place: Callable[..., int]
) -> None:
    from orderwell.domains.inventory.drafts import CountDraft
    from orderwell.domains.inventory.models import StockCountLine
    from orderwell.domains.inventory.services.count_stock import open_count
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor

    count = open_count(CountDraft(warehouse="main"), actor=system_actor(), now=utc_now())
    place(CUP=2)
    action = {"kind": "count", "count": count.pk, "title": count.number, "warehouse": "main", "code": "POT"}
    assert send(worker, {**action, "quantity": "2"}, age=0)["state"] == "done"
    send(worker, packed(work(worker)["picks"][0]), key=KEY[::-1])
    # Counted an hour before two cups left: nobody knows any more what the ledger said then.
    assert send(worker, {**action, "code": "CUP", "quantity": "8"}, key="c" * 32, age=3_600_000)["state"] == "done"
    disturbed = dict(StockCountLine.objects.filter(count=count).values_list("stock_item__variant__sku", "disturbed"))
    assert disturbed == {"CUP": True, "POT": False}


def test_what_came_back_goes_into_stock_or_is_scrapped(worker: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=3)
    send(worker, packed(work(worker)["picks"][0], tracking_number="TRACK-9"))
    order = worker.get("/handheld/find/?code=TRACK-9").json()["order"]
    assert (order["id"], order["lines"][0]["quantity"]) == (order_id, "3")
    lines = [
        {"line": order["lines"][0]["line"], "quantity": "1", "disposition": "restock"},
        {"line": order["lines"][0]["line"], "quantity": "1", "disposition": "scrap"},
    ]
    action = {"kind": "return", "order": order_id, "title": "", "warehouse": "main", "reason": "broken", "lines": lines}
    assert send(worker, action, key="d" * 32)["state"] == "done"
    assert on_hand("CUP") == Decimal(8)
    assert worker.get("/handheld/find/?code=TRACK-9").json()["order"]["lines"][0]["quantity"] == "1"


def test_goods_are_looked_up_with_their_stock(worker: Client, company: Company) -> None:
    found = worker.get("/handheld/find/?code=CUP").json()
    assert found["goods"][0]["stock"] == [{"warehouse": "main", "on_hand": "10", "reserved": "0", "free": "10"}] or (
        found["goods"][0]["stock"][0]["free"] == "10"
    )
    assert worker.get("/handheld/find/?code=nothing").json() == {"code": "nothing", "goods": [], "order": None}


def test_an_action_that_cannot_be_read_is_kept_for_somebody_to_see(worker: Client, company: Company) -> None:
    from orderwell.platform.leftovers.models import Leftover

    odd = send(worker, {"kind": "ship", "order": "twelve"})
    assert (odd["status"], odd["state"]) == (200, "refused")
    assert Leftover.objects.get().wanted == {"kind": "ship", "order": "twelve"}
    assert send(worker, {}, key="short")["status"] == 422


def test_trying_again_settles_what_was_reported(worker: Client, place: Callable[..., int]) -> None:
    from orderwell.platform.leftovers.models import Leftover

    send(worker, {"kind": "ship", "order": 999, "title": "SO999", "warehouse": "main"})
    assert Leftover.objects.get().settled_at is None
    send(worker, {"kind": "settle", "of": KEY}, key="e" * 32)
    assert Leftover.objects.get().settled_at is not None


def test_a_viewer_may_look_and_nothing_else(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    place(CUP=1)
    client = browse("viewer")
    assert work(client)["tasks"] == ["look"]
    order = work(client)["picks"][0]
    assert send(client, packed(order))["state"] == "refused" and on_hand("CUP") == Decimal(10)


def test_a_warehouse_that_is_not_theirs_shows_nothing(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    from orderwell.testing import factories

    place(CUP=1)
    other = factories.make_warehouse("north")
    client = browse("warehouse-worker", limits={"warehouse": [other.pk]})
    found = work(client, "main")
    assert found["warehouse"] == "north" and found["picks"] == []


def test_the_page_the_device_keeps_says_nothing_about_anybody(worker: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    page = worker.get("/handheld/").content.decode()
    assert "warehouse-worker" not in page and "SO0" not in page and "csrf" not in page.lower()


def test_a_lost_session_is_told_and_nothing_is_done(worker: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    action = packed(work(worker)["picks"][0])
    worker.logout()
    body = json.dumps({"key": KEY, "action": action})
    answer = worker.post("/handheld/act/", body, content_type="application/json", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and on_hand("CUP") == Decimal(10)


def test_a_parcel_that_a_colleague_has_shipped_goes_back_to_its_shelf(
    worker: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    place(CUP=3)
    colleague = browse("warehouse-worker", username="colleague")
    mine, theirs = packed(work(worker)["picks"][0]), packed(work(colleague)["picks"][0])
    assert send(colleague, theirs)["state"] == "done"
    refused = send(worker, mine)
    assert refused["state"] == "refused" and "already left" in refused["advice"] and on_hand("CUP") == Decimal(7)


def test_there_is_advice_only_for_refusals_that_exist() -> None:
    from orderwell.kernel.errors import DomainError
    from orderwell.web.handheld.advice import _BY_CODE

    def below(kind: type[DomainError]) -> set[type[DomainError]]:
        return {kind} | {one for child in kind.__subclasses__() for one in below(child)}

    assert {code for _kind, code in _BY_CODE} <= {kind.code for kind in below(DomainError)}


def test_a_bundle_is_picked_by_its_components_and_never_by_half(worker: Client, company: Company) -> None:
    from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
    from orderwell.domains.orders.services.place import place_orders
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.testing import factories

    factories.make_bundle({company.cup: 2, company.pot: 1}, sku="SET", price="120.00")
    draft = OrderDraft(
        channel="shop",
        customer="C1",
        ship_to=AddressDraft(recipient="王小明", street="人民路1号", city="上海市"),
        lines=(LineDraft("SET", Decimal(2)),),
    )
    place_orders([draft], actor=system_actor(), now=utc_now())
    task = work(worker)["picks"][0]
    assert [(row["sku"], row["quantity"], row["of"]) for row in task["lines"]] == [
        ("CUP", "4", "SET"),
        ("POT", "2", "SET"),
    ]
    action = packed(task)
    action["picked"][0]["quantity"] = "2"
    action["picked"][1]["quantity"] = "1"
    assert send(worker, action)["state"] == "done"
    assert (on_hand("CUP"), on_hand("POT")) == (Decimal(8), Decimal(1))
    again = work(worker)["picks"][0]
    assert [(row["sku"], row["quantity"]) for row in again["lines"]] == [("CUP", "2"), ("POT", "1")]


def test_what_is_older_than_the_answers_that_are_kept_is_looked_at_by_a_person(
    worker: Client, place: Callable[..., int]
) -> None:
    place(CUP=1)
    action = packed(work(worker)["picks"][0])
    old = send(worker, action, age=26 * 24 * 3_600_000)
    assert old["state"] == "refused" and "26 days" in old["sentences"][0] and on_hand("CUP") == Decimal(10)
    assert send(worker, action, key="f" * 32, age=24 * 24 * 3_600_000)["state"] == "done"
