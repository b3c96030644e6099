"""Order entry beside placing: drafts, pasted lines, last prices, favourites, reordering, new customers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from orderwell.domains.automation.hints.finding import hints_of_orders
from orderwell.domains.automation.hints.services.dismiss import dismiss_hint
from orderwell.domains.catalog.models import Channel, Variant, VariantPrice
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.domains.customers.models import Customer
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.models import User
from orderwell.platform.caching import forget_everything
from orderwell.testing.actors import clerk
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.components import places
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


def test_pasted_lines_in_peoples_own_writing(owner: Client, company: Company) -> None:
    Variant.objects.filter(sku="POT").update(name_en="Bolt M5 x 20")

    def read(text: str) -> list[tuple[str, str]]:
        rows = owner.post("/orders/pasted/", {"text": text}).json()["rows"]
        return [(row["sku"], row["quantity"]) for row in rows]

    assert read("３× cup\nBolt M5 x 20") == [("CUP", "3"), ("POT", "1")]
    assert read("Bolt M5 x 20 x 4") == [("POT", "4")]
    assert read("1\tCUP\t3\n2\tPOT\t4") == [("CUP", "3"), ("POT", "4")]
    rows = owner.post("/orders/pasted/", {"text": "CUP,1,000\nPOT,2"}).json()["rows"]
    assert (rows[0]["sku"], rows[0]["quantity"]) == ("CUP", "") and "“CUP,1,000” can be read" in rows[0]["note"]
    typed = entry(owner, line_sku=["CUP"], line_name=[""], line_quantity=[""])
    assert owner.post("/orders/preview/", typed).json()["rows"][0]["errors"]["quantity"]


def test_pasted_prices_that_are_not_taken_over_are_said(browse: Callable[..., Client], company: Company) -> None:
    clerk = browse("sales-clerk")
    assert (
        "prices were not taken over"
        in clerk.post("/orders/pasted/", {"text": "CUP\t3\t18.50\nPOT\t1\t"}).json()["said"]
    )
    assert clerk.post("/orders/pasted/", {"text": "CUP\t3\nPOT\t1"}).json()["said"] == ""
    assert "<kbd>Alt P</kbd>" not in clerk.get("/orders/new/").content.decode()


def test_a_channel_without_backorders_says_what_can_be_done(owner: Client, company: Company) -> None:
    company.channel.shortage = "refuse"
    company.channel.save()
    forget_everything()
    typed = entry(owner, line_quantity=["5000", "1"])
    assert any("save it as a quote" in text for text in owner.post("/orders/preview/", typed).json()["errors"])
    # Sent again with its token, from another window or because the answer was lost: the refusal again.
    for _sent in range(2):
        refused = owner.post("/orders/new/", typed)
        page = refused.content.decode()
        assert refused.status_code == 422 and "save it as a quote" in page and "5000" in page


def test_amounts_of_lines_are_what_their_prices_are(owner: Client, company: Company) -> None:
    typed = entry(
        owner, line_sku=["CUP"], line_name=[""], line_quantity=["1"], line_unit_price=[""], line_discount=[""]
    )
    answer = owner.post("/orders/preview/", typed).json()
    assert (answer["basis"], answer["rows"][0]["amount"]) == ("gross", answer["total"]["total"])
    company.channel.prices_include_tax = False
    company.channel.save()
    forget_everything()
    answer = owner.post("/orders/preview/", typed).json()
    assert (answer["basis"], answer["rows"][0]["amount"]) == ("net", answer["total"]["net"])
    order = owner.post("/orders/new/", typed)["Location"]
    page = owner.get(order).content.decode()
    assert "without tax" in page.split('class="table table-top order-lines"')[1].split("</thead>")[0]


def test_the_preview_explains_price_stock_and_date(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/preview/", entry(owner, line_quantity=["2", "5"], line_unit_price=["18", ""])).json()
    cup, pot = answer["rows"]
    assert (
        cup["why"].startswith("Entered by hand; list price 20.00")
        and cup["date"] == "In stock"
        and cup["free"].endswith(" 10")
    )
    assert pot["why"].startswith("List price") and pot["missing"] == "3" and pot["date"] == "No date known"
    assert answer["missing"] == 1


def test_one_cell_has_one_error(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/preview/", entry(owner, line_quantity=["abc", "1"])).json()
    assert answer["rows"][0]["errors"] == {"quantity": "Enter a number."}
    assert answer["rows"][1]["amount"] == "¥90.00"


def test_how_fine_a_number_may_be_is_one_rule(owner: Client, company: Company) -> None:
    Variant.objects.filter(sku="POT").update(quantity_places=2)

    def said(**cells: Any) -> list[dict[str, str]]:
        return [row["errors"] for row in owner.post("/orders/preview/", entry(owner, **cells)).json()["rows"]]

    for typed in ("1.23456", "1.2345678", "1.2345678901234567890"):
        assert said(line_quantity=[typed, typed]) == [
            {"quantity": f"CUP is sold with at most 0 decimal places; the quantity is {typed}."},
            {"quantity": f"POT is sold with at most 2 decimal places; the quantity is {typed}."},
        ]
    assert "at most 0 decimal places" in said(line_quantity=["1.5", "1.5"])[0]["quantity"]
    for typed in ("1.005", "1.2345678"):
        assert "at most 2 decimal places" in said(line_discount=[typed, ""])[0]["discount"]
    assert "at most 6 decimal places" in said(line_unit_price=["1.2345678", ""])[0]["unit_price"]
    answer = owner.post("/orders/new/", entry(owner, discount="1.2345678"))
    assert "at most 2 decimal places" in answer.context["form"].errors["discount"][0]


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
    owner: Client, company: Company, place: Callable[..., int], browse: Callable[..., Client]
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
    # By how much it is passed, never a credit of less than nothing.
    assert card["credit"]["over"] == "¥30.00"
    assert (
        "超出信用额度" in browse("sales-clerk", language="zh-hans", username="li").get("/orders/new/").content.decode()
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


NAVIGATES = {"Accept": "text/html,application/xhtml+xml"}


def test_a_refused_order_has_an_address_where_it_waits_with_what_was_said_of_it(
    owner: Client, company: Company
) -> None:
    keep(owner)
    data = entry(owner, draft="k1", draft_version="1", note="ring twice", line_sku=["CUP", "NONE"])
    refused = owner.post("/orders/new/", data, headers=NAVIGATES)
    assert refused.status_code == 302 and refused["Location"] == "/orders/new/?draft=k1"

    for _visit in range(2):  # the first time, and when the browser comes back to it
        page = owner.get(refused["Location"]).content.decode()
        assert "ring twice" in page and 'value="NONE"' in page and "is-invalid" in page
        assert 'name="draft_version" value="2"' in page
        assert data["token"] not in page  # sent again it is another request, not the refused one
    assert Order.objects.count() == 0

    token = re.search(r'name="token" value="(\w+)"', page)
    assert token
    right = {**data, "token": token[1], "line_sku": ["CUP", "POT"], "draft_version": "2"}
    placed = owner.post(refused["Location"], right, headers=NAVIGATES)
    assert re.fullmatch(r"/orders/\d+/", placed["Location"]) and Order.objects.count() == 1
    gone = owner.get(refused["Location"]).content.decode()
    assert "is not there any more" in gone and "ring twice" not in gone


def test_what_a_form_says_before_anything_is_asked_waits_too(owner: Client, company: Company) -> None:
    data = entry(owner, draft="k2", requested_on="0001-01-01", line_quantity=["two", "1"])
    page = owner.get(owner.post("/orders/new/", data, headers=NAVIGATES)["Location"]).content.decode()
    assert 'value="two"' in page and "Enter a number." in page and "0001-01-01" in page


def test_a_refused_order_of_a_draft_that_another_window_keeps_waits_under_its_own_key(
    owner: Client, company: Company
) -> None:
    keep(owner)
    keep(owner, version=1, note="of the other window")
    data = entry(owner, draft="k1", draft_version="1", note="mine", line_quantity=["two", "1"])
    address = owner.post("/orders/new/", data, headers=NAVIGATES)["Location"]
    assert address != "/orders/new/?draft=k1" and "mine" in owner.get(address).content.decode()
    assert "of the other window" in owner.get("/orders/new/?draft=k1").content.decode()


def test_saves_of_one_page_never_stand_in_each_others_way(owner: Client, company: Company) -> None:
    def save(step: int, version: int, page: str = "p1", **more: Any) -> Any:
        content = {"fields": {"note": f"step {step} of {page}"}, "rows": [], "page": page, "step": step, **more}
        return owner.post("/orders/drafts/", {"key": "k", "version": str(version), "content": json.dumps(content)})

    assert save(1, 0).json()["version"] == 1
    assert save(2, 0).json()["version"] == 2  # the answer to the first was lost on its way
    assert save(1, 0).json()["version"] == 2  # overtaken: what is newer stays
    assert "step 2 of p1" in owner.get("/orders/new/?draft=k").content.decode()
    assert save(1, 1, page="p2").status_code == 409  # another page is another page

    assert save(3, 2, left=2).json()["version"] == 3  # the last word of a page that is being left ...
    assert save(1, 2, page="p2").json()["version"] == 4  # ... came after the next one was made of what was kept before
    assert save(1, 2, page="p3").status_code == 409


def test_other_large_forms_that_were_refused_have_an_address_too(
    owner: Client, browse: Callable[..., Client], company: Company
) -> None:
    customer = Customer.objects.get(number="C1")
    path = f"/customers/{customer.pk}/change/"
    sent = {"name": "", "note": "typed before it was refused", "version": str(customer.version)}
    assert owner.post(path, sent).status_code == 422
    refused = owner.post(path, sent, headers=NAVIGATES)
    assert refused.status_code == 302 and refused["Location"].startswith(f"{path}?refused=")
    page = owner.get(refused["Location"]).content.decode()
    assert "typed before it was refused" in page and "is-invalid" in page
    # It is nobody else's, and at no other address.
    assert "typed before" not in browse("sales-clerk").get(refused["Location"]).content.decode()
    assert "typed before" not in owner.get(refused["Location"].replace("change", "merge")).content.decode()


def test_what_is_too_long_is_said_in_our_words(owner: Client, company: Company) -> None:
    def said(**cells: Any) -> str:
        return str(owner.post("/orders/new/", entry(owner, **cells)).content.decode())

    long, quantities = "x" * 130, ["1234567890123456789", "1.1234567"]
    page = said(line_quantity=quantities)
    assert "The quantity 1234567890123456789 is larger than" in page
    assert "POT is sold with at most 0 decimal places; the quantity is 1.1234567." in page
    assert "This number is too long: at most 40 digits." in said(line_quantity=["1" * 41, "1"])
    page = said(external_id=long)
    assert "At most 120 characters; these are 130." in page and "Ensure" not in page
    User.objects.update(language="zh-hans")
    assert "数量 1234567890123456789 超过" in said(line_quantity=quantities)
    page = said(external_id=long)
    assert "最多 120 个字符" in page and "确保" not in page


def test_stock_is_told_by_the_names_of_warehouses(owner: Client, company: Company) -> None:
    Warehouse.objects.update(name_en="Suzhou", name_zh="苏州仓")
    places._names.clear()
    assert owner.get("/orders/lookup/products/?q=cup&channel=shop").json()["hits"][0]["places"] == "Suzhou 10"
    assert owner.post("/orders/preview/", entry(owner)).json()["rows"][0]["free"] == "Suzhou 10"


def test_what_is_not_in_stock_is_said_above_the_form_with_what_helps(owner: Client, company: Company) -> None:
    company.channel.shortage = Channel.Shortage.REFUSE
    company.channel.save()
    forget_reference()
    answer = owner.post("/orders/new/", entry(owner, line_quantity=["2000", "1"]))
    page = flat(answer.content.decode())
    assert answer.status_code == 422 and not Order.objects.exists()
    assert "Nothing was placed: 1 line needs a look." in page and "save it as a quote" in page
