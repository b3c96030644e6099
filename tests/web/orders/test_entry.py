"""Order entry beside placing: drafts, pasted lines, last prices, favourites, reordering, new customers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from orderwell.domains.automation.hints.finding import hints_of_orders
from orderwell.domains.automation.hints.services.dismiss import dismiss_hint
from orderwell.domains.catalog.models import Variant, VariantPrice
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import clerk
from orderwell.testing.actors import owner as the_owner
from tests.web.conftest import Company
from tests.web.test_orders import entry


def keep(client: Client, key: str = "k1", version: int = 0, **fields: str) -> Any:
    content = {
        "title": "王小明",
        "fields": {"channel": "shop", "customer": "C1", **fields},
        "rows": [["CUP", "茶杯", "7", "", ""]],
    }
    return client.post("/orders/drafts/", {"key": key, "version": str(version), "content": json.dumps(content)})


def test_a_draft_is_offered_on_return_and_goes_on_where_it_was(owner: Client, company: Company) -> None:
    assert keep(owner, ship_street="人民路1号").json() == {"version": 1, "finished": False}
    page = owner.get("/orders/new/").content.decode()
    assert "Not finished yet" in page and "王小明" in page and "1 line" in page
    again = owner.get("/orders/new/?draft=k1").content.decode()
    assert re.search(r'name="line_quantity" value="7"|value="7" inputmode', again)
    assert 'value="人民路1号"' in again and 'name="draft" value="k1"' in again


def test_a_draft_of_somebody_else_is_not_offered(
    owner: Client, browse: Callable[..., Client], company: Company
) -> None:
    keep(owner, ship_street="人民路1号")
    other = browse("sales-clerk")
    assert "Not finished yet" not in other.get("/orders/new/").content.decode()
    assert "人民路1号" not in other.get("/orders/new/?draft=k1").content.decode()


def test_placing_ends_the_draft_and_a_late_save_does_not_bring_it_back(owner: Client, company: Company) -> None:
    keep(owner)
    assert owner.post("/orders/new/", entry(owner, draft="k1", draft_version="1")).status_code == 302
    assert keep(owner, version=1).json()["finished"] is True
    assert "Not finished yet" not in owner.get("/orders/new/").content.decode()


def test_a_refused_order_keeps_its_draft(owner: Client, company: Company) -> None:
    keep(owner)
    refused = owner.post("/orders/new/", entry(owner, draft="k1", draft_version="1", line_quantity=["two", "1"]))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'name="draft" value="k1"' in page and 'name="draft_version" value="1"' in page
    assert "Not finished yet" in owner.get("/orders/new/").content.decode()


def test_the_second_window_of_a_draft_is_told_to_keep_its_own(owner: Client, company: Company) -> None:
    keep(owner)
    assert keep(owner, version=0).status_code == 409


def test_two_windows_of_one_draft_place_one_order(owner: Client, company: Company) -> None:
    data = entry(owner, draft="k1", draft_version="3")
    first = owner.post("/orders/new/", data)
    second = owner.post("/orders/new/", {**data, "draft_version": "1"})
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_a_draft_is_thrown_away(owner: Client, company: Company) -> None:
    keep(owner)
    assert owner.post("/orders/drafts/discard/", {"key": "k1"}).status_code == 302
    assert "Not finished yet" not in owner.get("/orders/new/").content.decode()


def test_what_is_no_draft_is_refused(owner: Client, company: Company) -> None:
    for content in ("{", "[]", ""):
        assert owner.post("/orders/drafts/", {"key": "k", "version": "0", "content": content}).status_code == 400
    assert owner.post("/orders/drafts/", {"key": "", "version": "0", "content": "{}"}).status_code == 400
    keep_odd = owner.post(
        "/orders/drafts/", {"key": "odd", "version": "0", "content": '{"fields": 3, "rows": [1, ["X"]]}'}
    )
    assert keep_odd.status_code == 200
    assert owner.get("/orders/new/?draft=odd").status_code == 200


def test_pasted_lines_come_back_one_by_one(owner: Client, company: Company) -> None:
    Variant.objects.filter(sku="POT").update(name_en="Tea cup")
    answer = owner.post("/orders/pasted/", {"text": "货号\t数量\ncup\t3\nTea cup\t1\nNOPE\tx"}).json()["rows"]
    assert [(row["sku"], row["quantity"]) for row in answer] == [("CUP", "3"), ("Tea cup", "1"), ("NOPE", "x")]
    assert "CUP, POT" in answer[1]["note"]


def test_the_preview_explains_price_stock_and_date(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/preview/", entry(owner, line_quantity=["2", "5"], line_unit_price=["18", ""])).json()
    cup, pot = answer["rows"]
    assert (
        cup["why"].startswith("Entered by hand; list price 20.00")
        and cup["date"] == "In stock"
        and cup["free"] == "main 10"
    )
    assert pot["why"].startswith("List price") and pot["missing"] == "3" and pot["date"] == "No date known"
    assert answer["missing"] == 1


def test_one_cell_has_one_error(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/preview/", entry(owner, line_quantity=["abc", "1"])).json()
    assert answer["rows"][0]["errors"] == {"quantity": "Enter a number."}
    assert answer["rows"][1]["amount"] == "¥90.00"


def test_a_likely_duplicate_is_pointed_out_with_its_reasons(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    order = place(CUP=2, POT=1)

    def duplicates(**changes: Any) -> list[dict[str, Any]]:
        hints = owner.post("/orders/preview/", entry(owner, draft="tab1", **changes)).json()["hints"]
        return [hint for hint in hints if hint["key"].split()[1] == "likely_duplicate"]

    (found,) = duplicates()
    assert "The same goods as" in found["reason"]
    assert [remedy["url"] for remedy in found["remedies"]] == [f"/orders/{order}/"]
    assert duplicates(line_quantity=["3", "1"]) == []
    # Dismissed once with a reason it stays away, also from the order that comes of it.
    subject, rule, fingerprint = found["key"].split()
    dismiss_hint(subject=subject, rule=rule, fingerprint=fingerprint, reason="known", actor=clerk(), now=utc_now())
    assert duplicates() == []
    assert owner.post("/orders/new/", entry(owner, draft="tab1")).status_code == 302  # never blocking
    again = Order.objects.select_related("channel", "customer").latest("pk")
    assert not [
        hint
        for hint in hints_of_orders(the_owner(), [again], now=utc_now()).get(f"order:{again.pk}", [])
        if hint.rule == "likely_duplicate"
    ]


def test_last_price_and_favourites_of_the_customer(owner: Client, company: Company, place: Callable[..., int]) -> None:
    place(CUP=4)
    sales = owner.post("/orders/lookup/last/", {"customer": "C1", "channel": "shop", "sku": ["CUP", "POT"]}).json()[
        "sales"
    ]
    assert list(sales) == ["CUP"] and sales["CUP"]["price"] == "20" and "× 4" in sales["CUP"]["text"]
    assert owner.get("/orders/lookup/usual/?number=C1").json()["products"] == [
        {"sku": "CUP", "name": "Tea cup", "times": 1}
    ]
    assert owner.get("/orders/lookup/usual/?number=NOBODY").json()["products"] == []


def test_the_account_is_clear_when_the_customer_is_chosen(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    place(CUP=4)
    Customer.objects.update(credit_limit=50, payment_terms_days=30)
    card = owner.get("/orders/lookup/customer/?number=C1").json()
    assert card["terms"] == "Due in 30 days"
    assert (
        card["credit"]["limit"] == "¥50.00"
        and card["credit"]["waiting"] == "¥80.00"
        and card["credit"]["passed"] is True
    )
    assert card["channel"] == "shop"


def test_a_past_order_again_says_what_changed(owner: Client, company: Company, place: Callable[..., int]) -> None:
    order = place(CUP=4, POT=1)
    VariantPrice.objects.filter(variant=company.cup).update(unit_price="22")
    Variant.objects.filter(sku="POT").update(active=False)
    page = owner.get(f"/orders/new/?from={order}").content.decode()
    assert "CUP Tea cup: ¥20.00 then, ¥22.00 now." in page or "CUP 茶杯: ¥20.00 then, ¥22.00 now." in page
    assert "is not sold any more." in page
    assert page.count('class="entry-row') == 3  # two lines and the blank one


def test_a_new_customer_without_leaving_the_order(owner: Client, company: Company) -> None:
    form = {
        "name": "新客户",
        "kind": "company",
        "phone": "13900001111",
        "city": "杭州市",
        "street": "文三路2号",
        "country": "CN",
    }
    made = owner.post("/orders/new/customer/", form, headers={"HX-Request": "true"})
    told = json.loads(made["HX-Trigger"])["entry:customer"]
    customer = Customer.objects.get(name="新客户")
    assert (made.status_code, told["number"]) == (204, customer.number)
    assert customer.addresses.get().street == "文三路2号"
    wrong = owner.post("/orders/new/customer/", {**form, "name": ""}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
