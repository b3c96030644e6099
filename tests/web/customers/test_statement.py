"""The statement on the screen, as a file, and on paper: the same figures."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pypdf import PdfReader

from orderwell.domains.billing.models import Statement
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from tests.web.conftest import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(company: Company, place: Callable[..., int]) -> str:
    now = utc_now()
    issue_invoice(order_id=place(CUP=2), actor=the_owner(), now=now - timedelta(days=300))
    order = place(POT=1)
    invoice = issue_invoice(order_id=order, actor=the_owner(), now=now)
    assert invoice.gross_amount == 90
    payment = PaymentDraft(
        order_id=order, amount=Decimal(50), method="bank", reference="=CMD()", invoice=invoice.number
    )
    record_payment(payment=payment, actor=the_owner(), now=now)
    return f"/customers/{company.customer.pk}/statement/"


def test_screen_file_and_paper_say_the_same(owner: Client, path: str) -> None:
    page = owner.get(path).content.decode()
    for amount in ("¥40.00", "¥90.00", "-¥50.00", "¥80.00"):
        assert amount in page or amount.replace("-¥", "¥-") in page or amount.replace("-", "−") in page, amount
    file = owner.get(path + "csv/").content.decode("utf-8-sig").splitlines()
    assert len(file) == 5 and file[1].split(",")[6] == "40" and file[-1].split(",")[6] == "80"
    assert "'=CMD()" in file[3]
    # Which invoice the payment names.
    number = file[2].split(",")[2]
    assert file[3].endswith(f",{number}") and f"for {number}" in flat(page)
    answer = owner.post(path + "print/")
    made = Statement.objects.get()
    assert answer["Location"] == f"/print/statement/?ids={made.pk}"
    pdf = owner.get(answer["Location"])
    text = " ".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf.content)).pages)
    assert number in text.partition("=CMD()")[2].partition("80.00")[0].replace("\n", ""), "the payment's invoice"
    assert "80.00" in text and "王小明" in text.replace(" ", "") and f"{made.pk:06d}" in text
    # Printed again it is the same file, to the byte.
    assert owner.get(answer["Location"]).content == pdf.content
    assert owner.post(path + "print/")["Location"] == answer["Location"]


def test_a_period_typed_wrong_shows_one_all_the_same(owner: Client, path: str) -> None:
    for query in ("from=x&to=y", "from=2030-01-01&to=2020-01-01", "currency=XXX", "from=0001-01-01"):
        assert owner.get(f"{path}?{query}").status_code == 200, query


def test_days_the_wrong_way_round_are_put_right(owner: Client, path: str) -> None:
    right, wrong = "from=2000-01-01&to=2030-01-01", "from=2030-01-01&to=2000-01-01"
    assert owner.get(f"{path}csv/?{wrong}").content == owner.get(f"{path}csv/?{right}").content


def test_who_may_not_see_invoices_sees_no_statement(browse: Callable[..., Client], path: str) -> None:
    worker = browse("warehouse-worker")
    for part in ("", "csv/"):
        assert worker.get(path + part).status_code == 403
    assert worker.post(path + "print/").status_code == 403
