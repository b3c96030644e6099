"""The life of an order on the screen: typed, held, changed, shipped, invoiced, paid, returned."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.billing.models import Invoice, Payment, Refund
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.catalog.models import Barcode, Pack
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.orders.models import Hold, Order, OrderNote
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.factories import make_price_list, make_warehouse
from orderwell.testing.markup import flat
from tests.web.conftest import Company

HTMX = {"HX-Request": "true"}


def token(client: Client, path: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', client.get(path).content.decode())
    assert found, path
    return found[1]


def send(client: Client, path: str, **data: Any) -> Any:
    return client.post(path, {"token": token(client, path), **data}, headers=HTMX)


def entry(client: Client, **more: Any) -> dict[str, Any]:
    return {
        "token": token(client, "/orders/new/"),
        "channel": "shop",
        "customer": "C1",
        "line_sku": ["CUP", "POT"],
        "line_name": ["", ""],
        "line_quantity": ["2", "1"],
        "line_unit_price": ["", ""],
        "line_discount": ["", ""],
        **more,
    }


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_all_calendars_is_refused_at_its_field(owner: Client, day: str) -> None:
    answer = owner.post("/orders/new/", entry(owner, requested_on=day))

    assert answer.status_code == 422
    assert "requested_on" in answer.context["form"].errors


def test_an_order_is_placed(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/new/", entry(owner, shipping="12.00", requested_on="2030-05-01"))
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.pk}/"
    assert (order.state, order.total_amount, order.customer_id) == ("placed", Decimal("142.00"), company.customer.pk)
    assert order.requested_at is not None and order.requested_at.isoformat().startswith("2030-05-01T15:59:59")
    assert "was placed" in owner.get(answer["Location"]).content.decode()


def test_the_same_form_sent_twice_places_one_order(owner: Client, company: Company) -> None:
    data = entry(owner)
    first, second = owner.post("/orders/new/", data), owner.post("/orders/new/", data)
    assert Order.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_what_is_wrong_stands_at_the_cell(owner: Client, company: Company) -> None:
    data = entry(owner, line_sku=["CUP", "NONE"], line_quantity=["two", "0"])
    answer = owner.post("/orders/new/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Order.objects.exists()
    assert re.search(r'data-error="quantity">Enter a number\.', page)
    answer = owner.post("/orders/new/", entry(owner, line_sku=["CUP", "NONE"], line_quantity=["1", "0"]))
    assert re.search(r'data-error="quantity">The quantity must be greater than zero', answer.content.decode())
    answer = owner.post("/orders/new/", entry(owner, line_sku=["CUP", "NONE"], line_quantity=["1", "1"]))
    assert re.search(r'data-error="sku">There is no active product with the SKU NONE', answer.content.decode())


def test_a_corrected_order_goes_through(owner: Client, company: Company) -> None:
    refused = owner.post("/orders/new/", entry(owner, line_quantity=["2", "1.5"]))
    again = re.search(r'name="token" value="(\w+)"', refused.content.decode())
    assert refused.status_code == 422 and again
    assert owner.post("/orders/new/", entry(owner) | {"token": again[1]}).status_code == 302


def test_an_order_needs_lines(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/new/", {"token": "x" * 10, "channel": "shop"})
    assert answer.status_code == 422
    assert "needs at least one line" in answer.content.decode()


def test_clerks_do_not_set_prices(browse: Callable[..., Client], company: Company) -> None:
    client = browse("sales-clerk")
    assert "readonly" in client.get("/orders/new/").content.decode()
    answer = client.post("/orders/new/", entry(client, line_unit_price=["1.00", ""]))
    assert answer.status_code == 422
    assert re.search(r'data-error="unit_price">.*may not set prices', answer.content.decode())


def test_totals_follow_what_is_typed(owner: Client, company: Company) -> None:
    answer = owner.post("/orders/preview/", entry(owner, line_quantity=["2", "3"], discount="10.00")).json()
    assert answer["total"] == {"net": "¥265.49", "tax": "¥34.51", "total": "¥300.00"}
    assert [row["amount"] for row in answer["rows"]] and answer["rows"][1]["missing"] == "1"
    assert answer["rows"][0]["name"] == "Tea cup"
    wrong = owner.post("/orders/preview/", entry(owner, line_sku=["NONE", "POT"])).json()
    assert "NONE" in wrong["rows"][0]["errors"]["sku"]


def test_products_and_customers_are_found_while_typing(owner: Client, company: Company) -> None:
    hit = owner.get("/orders/lookup/products/?q=chabei&channel=shop").json()["hits"][0]
    assert (hit["sku"], hit["price"], hit["free"]) == ("CUP", "¥20.00", "10")
    make_price_list({company.cup: {1: "17.50"}}, customer=company.customer)
    hit = owner.get("/orders/lookup/products/?q=chabei&channel=shop&customer=C1").json()["hits"][0]
    assert hit["price"] == "¥17.50"
    assert owner.get("/orders/lookup/products/?q=chabei&channel=shop").json()["hits"][0]["price"] == "¥20.00"
    assert owner.get("/orders/lookup/customers/?q=5678").json()["hits"][0]["number"] == "C1"
    card = owner.get("/orders/lookup/customer/?number=C1").json()
    assert card["address"]["street"] == "人民路1号"


def test_a_quote_is_saved_edited_and_confirmed(owner: Client, company: Company) -> None:
    owner.post("/orders/new/", {**entry(owner), "as": "quote"})
    quote = Order.objects.get()
    assert quote.state == "draft"
    path = f"/orders/{quote.pk}/edit/"
    changed = entry(owner, line_quantity=["5", "1"], version=str(quote.version))
    assert owner.post(path, changed).status_code == 302
    assert send(owner, f"/orders/{quote.pk}/confirm/").status_code == 204
    quote.refresh_from_db()
    assert (quote.state, quote.total_amount) == ("placed", Decimal("190.00"))


def test_a_quote_sent_twice_is_one_quote(owner: Client, company: Company) -> None:
    sent = {**entry(owner), "as": "quote"}
    first, again = (owner.post("/orders/new/", sent) for _ in range(2))
    assert first["Location"] == again["Location"] == f"/orders/{Order.objects.get().pk}/"


def test_a_pasted_carton_counts_its_pieces(owner: Client, company: Company) -> None:
    carton = Pack.objects.create(variant=company.cup, unit="carton", quantity=Decimal(12))
    Barcode.objects.create(variant=company.cup, code="4006381333931", pack=carton)
    text = "4006381333931\t2\nCUP\t2\n4006381333931\tsome"
    rows = owner.post("/orders/pasted/", {"text": text}).json()["rows"]
    assert [(row["sku"], row["quantity"]) for row in rows] == [("CUP", "24"), ("CUP", "2"), ("CUP", "some")]


def test_a_past_order_can_be_ordered_again(owner: Client, place: Callable[..., int]) -> None:
    page = flat(owner.get(f"/orders/new/?again={place(CUP=3)}").content.decode())
    assert 'name="line_sku" value="CUP"' in page and 'name="line_quantity" value="3"' in page


def test_hold_and_release(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    answer = send(owner, f"/orders/{order_id}/hold/", kind="address", reason="门牌号不清楚")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/orders/{order_id}/")
    hold = Hold.objects.get()
    page = owner.get(f"/orders/{order_id}/").content.decode()
    assert "门牌号不清楚" in page and "A hold stops this step" in page
    assert send(owner, f"/orders/{order_id}/holds/{hold.pk}/release/", reason="").status_code == 422
    assert send(owner, f"/orders/{order_id}/holds/{hold.pk}/release/", reason="checked").status_code == 204
    assert not Order.objects.get(pk=order_id).on_hold


def test_units_are_cancelled_with_a_reason(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=5)
    line = Order.objects.get(pk=order_id).lines.get()
    path = f"/orders/{order_id}/cancel/"
    too_many = send(owner, path, **{f"line_{line.pk}": "6"}, reason="changed mind")
    assert too_many.status_code == 422 and "At most 5." in too_many.content.decode()
    assert send(owner, path, **{f"line_{line.pk}": "2"}, reason="changed mind").status_code == 204
    line.refresh_from_db()
    assert line.quantity_cancelled == 2


def test_the_page_says_what_documents_cannot_print(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    assert "cannot be printed" not in owner.get(f"/orders/{order_id}/").content.decode()
    Order.objects.filter(pk=order_id).update(customer_name="𠀀𠮷𠀁🌸")
    page = flat(owner.get(f"/orders/{order_id}/").content.decode())
    assert "2 characters cannot be printed: 𠀀 U+20000, 𠀁 U+20001. Documents show 〓 instead." in page


def test_ship_deliver_invoice_pay_return_refund(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    line = f"line_{Order.objects.get(pk=order_id).lines.get().pk}"
    shipped = send(owner, f"/orders/{order_id}/ship/", **{line: "2"}, carrier="DHL", tracking_number="T1", warehouse="")
    assert shipped.status_code == 204
    shipment = Shipment.objects.get()
    assert send(owner, f"/shipments/{shipment.pk}/deliver/").status_code == 204
    assert send(owner, f"/orders/{order_id}/invoice/", **{line: "2"}).status_code == 204
    assert send(owner, f"/orders/{order_id}/payment/", amount="40.00", method="bank", reference="R1").status_code == 204
    order = Order.objects.get(pk=order_id)
    assert (order.state, order.fulfilment_state, order.payment_state) == ("completed", "delivered", "paid")
    back = {line: "1", "disposition": "restock", "warehouse": "", "reason": "broken", "credit": "on"}
    assert send(owner, f"/orders/{order_id}/return/", **back).status_code == 204
    order.refresh_from_db()
    assert (order.credited_amount, order.payment_state) == (Decimal("20.00"), "overpaid")
    payment = Payment.objects.get()
    too_much = send(owner, f"/orders/{order_id}/refund/", payment=payment.pk, amount="50", reason="broken")
    assert too_much.status_code == 422 and "invalid-feedback" in too_much.content.decode()
    assert (
        send(owner, f"/orders/{order_id}/refund/", payment=payment.pk, amount="20", reason="broken").status_code == 204
    )
    page = owner.get(f"/orders/{order_id}/").content.decode()
    for document in (shipment.number, Invoice.objects.get().number, "Credit note", "R1", "T1"):
        assert document in page
    assert Refund.objects.get().amount == 20


def test_where_all_goods_came_back_and_the_money_went_nothing_is_left_to_do(
    owner: Client, place: Callable[..., int]
) -> None:
    order_id = place(CUP=1)
    line = f"line_{Order.objects.get(pk=order_id).lines.get().pk}"
    send(owner, f"/orders/{order_id}/ship/", **{line: "1"}, carrier="", tracking_number="", warehouse="")
    send(owner, f"/orders/{order_id}/invoice/", **{line: "1"})
    send(owner, f"/orders/{order_id}/payment/", amount="20.00", method="bank", reference="R1")
    page = flat(owner.get(f"/orders/{order_id}/").content.decode())
    assert "On its way" in page
    back = {line: "1", "disposition": "restock", "warehouse": "", "reason": "broken", "credit": "on", "refund": "on"}
    assert send(owner, f"/orders/{order_id}/return/", **back).status_code == 204
    page = flat(owner.get(f"/orders/{order_id}/").content.decode())
    assert "All goods came back." in page and "On its way" not in page


def test_the_desk_names_what_is_too_much_and_what_is_not_invoiced(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=2)
    line = f"line_{Order.objects.get(pk=order_id).lines.get().pk}"
    send(owner, f"/orders/{order_id}/ship/", **{line: "2"}, carrier="", tracking_number="", warehouse="")
    send(owner, f"/orders/{order_id}/invoice/", **{line: "1"})
    send(owner, f"/orders/{order_id}/payment/", amount="52.50", method="bank", reference="R1", more="on")
    assert Order.objects.get(pk=order_id).payment_state == "overpaid"
    bookkeeper = browse("bookkeeper")
    desk = flat(bookkeeper.get("/").content.decode())
    part = {name: desk.split(f'id="start-{name}"')[1].split("</section>")[0] for name in ("invoicing", "unassigned")}
    assert "¥20.00" in part["invoicing"] and "¥12.50" in part["unassigned"] and "¥40.00" not in part["unassigned"]
    (shown,) = re.findall(r'href="(/orders/\?[^"]*overpaid[^"]*)"', part["unassigned"])
    assert "12.50" in flat(bookkeeper.get(shown.replace("&amp;", "&")).content.decode())
    # The list behind the card has its rows, no others, and what they come to.
    place(CUP=1)
    (shown,) = re.findall(r'href="(/orders/\?[^"]*to_invoice[^"]*)"', part["invoicing"])
    shown = shown.replace("&amp;", "&")
    listed = flat(bookkeeper.get(shown).content.decode())
    assert re.findall(r'<a class="fw-bold" href="/orders/(\d+)/"', listed) == [str(order_id)]
    said = bookkeeper.get(f"/lists/orders/total/?{shown.partition('?')[2]}").content.decode()
    assert said == "1 in all · sum ¥40.00 · not invoiced ¥20.00 · of it shipped ¥20.00"


def test_where_only_charges_are_left_nothing_has_left(owner: Client, company: Company) -> None:
    answer = send(owner, "/orders/new/", **entry(owner, shipping="12.00"))
    order = Order.objects.get()
    units = {f"line_{line.pk}": str(line.quantity) for line in order.lines.filter(kind="goods")}
    assert send(owner, f"/orders/{order.pk}/cancel/", **units, reason="wrong").status_code == 204, answer
    page = flat(owner.get(f"/orders/{order.pk}/").content.decode())
    assert "Only charges are left" in page and "The goods have left" not in page


def test_charges_go_with_the_last_goods_unless_they_are_to_stay(owner: Client, company: Company) -> None:
    send(owner, "/orders/new/", **entry(owner, shipping="12.00"))
    order = Order.objects.get()
    address = f"/orders/{order.pk}/cancel/"
    page = flat(owner.get(address).content.decode())
    box = re.findall(r'<input[^>]*name="charges"[^>]*>', page)
    assert len(box) == 1 and "checked" in box[0], "ticked unless somebody says otherwise"
    assert "¥12.00" in page
    (shipping,) = order.lines.filter(kind="shipping")
    assert re.search(rf'name="line_{shipping.pk}"(?![^>]* value=)', page), "asked about once, by the box"
    units = {f"line_{line.pk}": str(line.quantity) for line in order.lines.filter(kind="goods")}
    draft = PaymentDraft(order_id=order.pk, amount=order.total_amount, method="bank")
    record_payment(payment=draft, actor=the_owner(), now=utc_now())
    assert send(owner, address, **units, charges="on", reason="wrong").status_code == 204
    order.refresh_from_db()
    assert (order.state, order.total_amount) == ("cancelled", 0)
    refund = owner.get(f"/orders/{order.pk}/refund/").context["form"]
    assert Decimal(refund.initial["amount"]) == order.paid_amount


def test_an_invoice_says_what_is_paid_and_takes_a_payment(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=4)
    line = f"line_{Order.objects.get(pk=order_id).lines.get().pk}"
    send(owner, f"/orders/{order_id}/invoice/", **{line: "4"})
    send(owner, f"/orders/{order_id}/payment/", amount="¥ 15", method="bank", reference="R-77")
    page = flat(owner.get(f"/invoices/{Invoice.objects.get().pk}/").content.decode())
    assert "R-77" in page and "¥65.00" in page
    assert f'href="/orders/{order_id}/payment/?invoice={Invoice.objects.get().pk}"' in page


def test_more_than_is_due_is_asked_about_and_money_of_tomorrow_refused(
    owner: Client, place: Callable[..., int]
) -> None:
    path = f"/orders/{place(CUP=2)}/payment/"
    asked = send(owner, path, amount="￥40.01", method="cash")
    assert asked.status_code == 422 and "¥0.01" in flat(asked.content.decode())
    later = send(owner, path, amount="40", method="cash", received_on=str(utc_now().date() + timedelta(days=40)))
    assert later.status_code == 422 and not Payment.objects.exists()
    assert send(owner, path, amount="40.01", method="cash", more="on").status_code == 204
    assert Payment.objects.get().amount == Decimal("40.01")


def test_a_payment_form_sent_twice_is_one_payment(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    path = f"/orders/{order_id}/payment/"
    data = {"token": token(owner, path), "amount": "10.00", "method": "cash", "reference": "", "received_on": ""}
    assert [owner.post(path, data, headers=HTMX).status_code for _ in range(2)] == [204, 204]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-1", "1.234", "abc", "99999999999999"])
def test_an_unusable_amount_is_refused_at_the_field(owner: Client, place: Callable[..., int], amount: str) -> None:
    order_id = place(CUP=1)
    answer = send(owner, f"/orders/{order_id}/payment/", amount=amount, method="cash")
    assert answer.status_code == 422
    assert 'id="id_amount_error"' in answer.content.decode()
    assert not Payment.objects.exists()


def test_notes_and_files(owner: Client, place: Callable[..., int]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    order_id = place(CUP=1)
    assert send(owner, f"/orders/{order_id}/note/", body="<b>call first</b>").status_code == 204
    assert OrderNote.objects.get().author_label == "administrator"
    file = SimpleUploadedFile("drawing.html", b"<script>alert(1)</script>", content_type="text/html")
    assert send(owner, f"/orders/{order_id}/attach/", file=file).status_code == 204
    page = owner.get(f"/orders/{order_id}/").content.decode()
    assert "&lt;b&gt;call first" in page and "drawing.html" in page
    link = re.search(r'href="(/orders/\d+/files/\d+/)"', page)
    assert link
    answer = owner.get(link[1])
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_without_scripts_a_dialog_is_a_page(owner: Client, place: Callable[..., int]) -> None:
    path = f"/orders/{place(CUP=1)}/hold/"
    page = owner.get(path).content.decode()
    assert "<html" in page and 'name="reason"' in page
    answer = owner.post(path, {"token": token(owner, path), "kind": "other", "reason": "x"})
    assert answer.status_code == 302


def test_orders_are_found(owner: Client, place: Callable[..., int]) -> None:
    number = Order.objects.get(pk=place(CUP=1, external_id="WEB-77")).number
    place(POT=1)
    for text in (number, "WEB-77"):
        assert re.findall(r">(SO\d+)<", owner.get("/orders/", {"q": text}).content.decode()) == [number]
    for text in ("13812345678", "5678", "王小"):
        assert len(re.findall(r">(SO\d+)<", owner.get("/orders/", {"q": text}).content.decode())) == 2
    box = owner.get("/search/", {"q": number}, headers=HTMX).content.decode()
    assert number in box
    assert owner.get("/search/", {"q": "WEB-77"})["Location"].startswith("/orders/")


def test_an_order_without_an_address_says_so_before_it_is_shipped(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    assert "There is no delivery address" not in flat(owner.get(f"/orders/{order_id}/").content.decode())
    dialog = flat(owner.get(f"/orders/{order_id}/ship/").content.decode())
    assert "no delivery address" not in dialog and Order.objects.get(pk=order_id).ship_city in dialog
    Order.objects.filter(pk=order_id).update(ship_to="", ship_city="", ship_region="", ship_postcode="")
    page = flat(owner.get(f"/orders/{order_id}/").content.decode())
    assert "There is no delivery address" in page and "Change the order" in page
    assert "Ship it only if somebody comes for it" in flat(owner.get(f"/orders/{order_id}/ship/").content.decode())


def test_who_works_in_another_warehouse_is_not_offered_to_ship(
    browse: Callable[..., Client], company: Company, place: Callable[..., int]
) -> None:
    other = make_warehouse("other")
    order_id = place(CUP=2)
    near = browse("warehouse-worker", username="near", limits={"warehouse": [company.warehouse.pk]})
    far = browse("warehouse-worker", username="far", limits={"warehouse": [other.pk]})
    page = flat(near.get(f"/orders/{order_id}/").content.decode())
    assert "Ready to ship" in page and f'href="/orders/{order_id}/ship/"' in page
    page = flat(far.get(f"/orders/{order_id}/").content.decode())
    assert "Shipped by another warehouse" in page and "Ready to ship" not in page
    assert "lies in warehouses that are not yours" in page and f'href="/orders/{order_id}/ship/"' not in page
    assert 'value="2"' in near.get(f"/orders/{order_id}/ship/").content.decode()
    assert 'value="2"' not in far.get(f"/orders/{order_id}/ship/").content.decode()
