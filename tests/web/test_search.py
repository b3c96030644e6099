"""The one search box: every kind of thing by what people know of it, exact hits first, and only what one may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.catalog.models import Barcode
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
from orderwell.domains.inventory.services.expect_receipt import expect_receipt
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.testing.actors import owner as the_owner
from tests.web.conftest import Company

HTMX = {"HX-Request": "true"}


def hits(client: Client, text: str, **more: str) -> list[str]:
    page = client.get("/search/", {"q": text, **more}, headers=HTMX).content.decode()
    return re.findall(r'<a href="([^"]+)" role="option"', page)


def best(client: Client, text: str) -> str:
    found = hits(client, text)
    assert found, text
    return found[0]


def test_everything_is_found_by_its_number(owner: Client, company: Company, place: Callable[..., int]) -> None:
    order_id = place(CUP=2, external_id="WEB-77")
    number = Order.objects.get(pk=order_id).number
    now, actor = utc_now(), the_owner()
    [shipment] = ship(order_id=order_id, carrier="SF", tracking_number="SF100200", actor=actor, now=now)
    invoice = issue_invoice(order_id=order_id, actor=actor, now=now)
    payment = PaymentDraft(order_id, Decimal(5), "bank", "TXN-9")
    record_payment(payment=payment, actor=actor, now=now)
    Barcode.objects.create(code="6901234567892", variant=company.cup)
    order_page, product = f"/orders/{order_id}/", f"/products/{company.cup.product_id}/"
    for text, address in (
        (number, order_page),
        (number.lower(), order_page),
        (f"so{order_id}", order_page),
        ("WEB-77", order_page),
        (shipment.number, order_page),
        ("SF100200", order_page),
        ("sf100200", order_page),
        ("TXN-9", order_page),
        (invoice.number, f"/invoices/{invoice.pk}/"),
        ("CUP", product),
        ("6901234567892", product),
        ("C1", f"/customers/{company.customer.pk}/"),
    ):
        assert best(owner, text) == address, text
        assert owner.get("/search/", {"q": text})["Location"] == address, text  # Enter, before the list came


def test_cases_announced_goods_and_counts_of_invoices_are_found(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    now, actor = utc_now(), the_owner()
    order_id = place(CUP=2)
    invoice = issue_invoice(order_id=order_id, actor=actor, now=now)
    draft = CaseDraft("question", "Well?", "Where is it?", order_id=order_id)
    case = open_case(draft=draft, actor=system_actor(), now=now)
    wanted = ExpectedReceiptDraft(
        reference="PO-77-006", sku="CUP", warehouse=company.warehouse.code, quantity=Decimal(5), due_at=now
    )
    receipt = expect_receipt(wanted, actor=actor, now=now)
    assert best(owner, case.number) == f"/cases/{case.pk}/"
    assert best(owner, "po-77-006") == f"/stock/expected/{receipt.pk}/"
    assert f"/invoices/{invoice.pk}/" in hits(owner, "1")
    assert f"/invoices/{invoice.pk}/" in hits(owner, "000001")


def test_full_width_letters_and_digits_are_read(owner: Client, company: Company, place: Callable[..., int]) -> None:
    order_id = place(CUP=1)
    number = Order.objects.get(pk=order_id).number
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    assert best(owner, wide) == f"/orders/{order_id}/"
    assert number in owner.get("/orders/", {"q": wide, "view": "all"}).content.decode()


def test_people_and_goods_are_found_by_what_one_remembers(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    order_id = place(CUP=1)
    customer, cup = f"/customers/{company.customer.pk}/", f"/products/{company.cup.product_id}/"
    for text in ("王小明", "wangxiaoming", "wxm", "13812345678", "5678"):
        assert customer in hits(owner, text), text
    for text in ("13812345678", "5678", "王小明"):
        assert f"/orders/{order_id}/" in hits(owner, text), text
    for text in ("茶杯", "chabei", "cb", "tea cup"):
        assert cup in hits(owner, text), text


@pytest.mark.parametrize("text", ["New order", "新建订单", "xinjian", "xj", "kaidan", "order new"])
def test_actions_are_found_in_both_languages(owner: Client, company: Company, text: str) -> None:
    assert "/orders/new/" in hits(owner, text)


def test_what_one_may_not_do_or_see_is_not_offered(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    from orderwell.testing.factories import make_channel

    order_id = place(CUP=1)
    number = Order.objects.get(pk=order_id).number
    worker = browse("warehouse-worker")
    assert "/orders/new/" not in hits(worker, "New order")
    assert not [link for link in hits(worker, "王小明") if link.startswith("/customers/")]
    elsewhere = browse("sales-clerk", limits={"channel": [make_channel("other").pk]})
    for text in (number, "5678", "王小明"):
        assert f"/orders/{order_id}/" not in hits(elsewhere, text), text
    opened = elsewhere.get("/search/", {"opened": f"order:{order_id}"}, headers=HTMX).content.decode()
    assert number not in opened


def test_what_was_opened_last_is_shown_in_its_order(owner: Client, company: Company, place: Callable[..., int]) -> None:
    first, second = place(CUP=1), place(CUP=1)
    names = f"order:{second} customer:{company.customer.pk} order:{first} order:x nonsense order:999999999999999999999"
    page = owner.get("/search/", {"opened": names}, headers=HTMX).content.decode()
    links = re.findall(r'<a href="([^"]+)" role="option"', page)
    assert links[:3] == [f"/orders/{second}/", f"/customers/{company.customer.pk}/", f"/orders/{first}/"]


def test_odd_texts_do_no_harm(owner: Client, company: Company) -> None:
    for text in ("%", "_", "'", '"', "\\", "*", "x" * 500, "👍", "@", "0000", "12345678901234567890", "<script>"):
        assert owner.get("/search/", {"q": text}, headers=HTMX).status_code == 200, text


def plans(client: Client, text: str) -> list[str]:
    """How the database looks for a text: a line for each table it would read whole."""
    found: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            with connection.cursor() as cursor:
                word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
                cursor.cursor.execute(f"{word} {sql}", params)
                found.extend(f"{row[-1]} <- {sql}" for row in cursor.cursor.fetchall())
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # so few rows are read whole in any case, unless that is forbidden
            cursor.execute("SET LOCAL enable_seqscan = off")
    with connection.execute_wrapper(explain):
        hits(client, text)
    whole = re.compile(
        r"(SCAN|Seq Scan on) (orders_order|fulfilment_shipment|fulfilment_return|billing_\w+|customers_contact"
        r"|customers_customer|catalog_variant|catalog_product)\b(?! USING)"
    )
    return [line for line in found if whole.search(line)]


@pytest.mark.parametrize(
    "text", ["SO0000", "WEB-77", "13812345678", "5678", "a@b.cn", "王小明", "INV-2026", "TXN-9", "茶杯", "tea c"]
)
def test_everything_is_looked_up_in_an_index(owner: Client, place: Callable[..., int], text: str) -> None:
    place(CUP=1, external_id="WEB-77")
    assert not plans(owner, text)
