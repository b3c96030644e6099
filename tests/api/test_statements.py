"""Account statements through the API: the figures of the screen, by pages, and the document that is handed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from orderwell.domains.billing.models import Statement
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.printing.models import IssuedDocument
from orderwell.testing import factories as make
from orderwell.testing.actors import owner as the_owner
from tests.api.callers import Caller
from tests.api.shop import Shop, draft


@pytest.fixture
def path(owner: Caller, shop: Shop) -> str:
    """Three invoices of 40 and a payment of 50 a day ago."""
    for _ in range(3):
        order = owner.post("/orders", draft()).json()["id"]
        assert owner.post(f"/orders/{order}/invoices", {}).status_code == 201
    paid = PaymentDraft(order_id=Order.objects.earliest("id").pk, amount=Decimal(50), method="bank", reference="TT-1")
    record_payment(payment=paid, actor=the_owner(), now=utc_now() - timedelta(days=1))
    return f"/customers/{shop.customer.pk}/statement"


def test_balances_run_on_from_page_to_page(owner: Caller, path: str) -> None:
    whole = owner.get(path).json()
    assert [(row["kind"], row["amount"], row["balance"]) for row in whole["items"]] == [
        ("payment", "-50.00", "-50.00"),
        ("invoice", "40.00", "-10.00"),
        ("invoice", "40.00", "30.00"),
        ("invoice", "40.00", "70.00"),
    ]
    assert (whole["items"][0]["number"], whole["items"][1]["number"][:1]) == ("TT-1", whole["items"][2]["number"][:1])
    figures = {"opening": "0.00", "charged": "120.00", "settled": "-50.00", "closing": "70.00", "partial": False}
    assert figures.items() <= whole.items()
    # Two invoices are open; what the payment brought beyond its order stands beside them.
    assert (whole["ageing"]["not_due"], whole["ageing"]["credit"]) == ("80.00", "-10.00")
    met, address = [], f"{path}?limit=1"
    while address:
        answer = owner.get(address)
        assert figures.items() <= answer.json().items()
        met += answer.json()["items"]
        link = answer.headers.get("Link", "")
        address = link.partition(">")[0].removeprefix("</api/v1")
        if address:
            address = path + address[address.index("?") :]
    assert met == whole["items"]


def test_what_came_before_the_period_is_its_opening_balance(owner: Caller, path: str) -> None:
    today = utc_now().astimezone().date()
    found = owner.get(f"{path}?first={today + timedelta(days=2)}&last={today + timedelta(days=3)}").json()
    assert (found["opening"], found["closing"], found["items"]) == ("70.00", "70.00", [])
    assert owner.get(f"{path}?last=2020-01-31").json()["first"] == "2019-12-01"


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("first=2026-03-02&last=2026-03-01", "invalid_value", "/first"),
        ("first=0001-01-01", "invalid_value", "/first"),
        ("last=yesterday", "wrong_type", "/last"),
        ("currency=XXX", "invalid_value", "/currency"),
        ("cursor=abc", "unknown_cursor", None),
    ],
)
def test_what_is_wrong_is_named(owner: Caller, path: str, query: str, code: str, pointer: str | None) -> None:
    answer = owner.get(f"{path}?{query}")
    assert answer.status_code in (400, 422) and answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (code, pointer), answer.content


def test_a_statement_that_was_handed_out_stays(owner: Caller, path: str) -> None:
    first = owner.post(path + "s", {})
    assert first.status_code == 201 and first.json()["closing"] == "70.00" and first.json()["documents"] == 4
    assert owner.post(path + "s", {}).json()["id"] == first.json()["id"]
    pdf = owner.get(f"/statements/{first.json()['id']}/pdf")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    assert owner.get(f"/statements/{first.json()['id']}/pdf").content == pdf.content
    assert owner.get(path + "s").json()["items"] == [first.json()]


def test_its_file_is_that_of_the_day_it_was_handed_out(owner: Caller, path: str, caller: Callable[..., Caller]) -> None:
    made = owner.post(path + "s", {}).json()
    late = PaymentDraft(order_id=Order.objects.earliest("id").pk, amount=Decimal(7), method="bank", reference="TT-2")
    record_payment(payment=late, actor=the_owner(), now=utc_now() - timedelta(hours=1))
    address = f"/statements/{made['id']}/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(owner.get(address).content)).pages)
    assert "70.00" in text and "63.00" not in text
    blind = caller("billing:*", "customers:customer:view")
    assert blind.get(address).status_code == blind.post(path + "s", {}).status_code == 403
    assert Statement.objects.count() == 1
    assert owner.post(path + "s", {}).json()["closing"] == "63.00"


def test_one_that_was_never_printed_is_not_printed_with_other_figures(owner: Caller, path: str) -> None:
    made = owner.post(path + "s", {}).json()
    IssuedDocument.objects.all().delete()
    late = PaymentDraft(order_id=Order.objects.earliest("id").pk, amount=Decimal(7), method="bank", reference="TT-2")
    record_payment(payment=late, actor=the_owner(), now=utc_now() - timedelta(hours=1))
    refused = owner.get(f"/statements/{made['id']}/pdf")
    assert (refused.status_code, refused.json()["code"]) == (422, "statement_outdated")


def test_a_part_of_an_account_says_so_and_is_not_handed_out(
    owner: Caller, path: str, caller: Callable[..., Caller], shop: Shop
) -> None:
    make.make_channel("fair")
    order = owner.post("/orders", draft(channel="fair")).json()["id"]
    owner.post(f"/orders/{order}/invoices", {})
    kept = owner.post(path + "s", {}).json()["id"]
    limited = caller("*", limits={"channel": [shop.channel.pk]})
    found = limited.get(path).json()
    assert (found["partial"], found["closing"], len(found["items"])) == (True, "70.00", 4)
    assert owner.get(path).json()["closing"] == "110.00"
    # The balance says it as well.
    balance = path.replace("/statement", "/balance")
    assert limited.get(balance).json() == {"balances": {"CNY": "70.00"}, "partial": True}
    assert owner.get(balance).json() == {"balances": {"CNY": "110.00"}, "partial": False}
    for refused in (limited.post(path + "s", {}), limited.get(f"/statements/{kept}/pdf")):
        assert refused.json()["code"] == "statement_partial"
    assert Statement.objects.count() == 1
