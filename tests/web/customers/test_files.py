"""Files on a customer's page: its own, those of its orders and cases, and who may see which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orderwell.domains.cases.services.converse import write_message
from orderwell.domains.cases.services.files import SentFile
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.customers.models import CustomerFile
from orderwell.domains.orders.services.note import add_attachment
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.testing.actors import owner as the_owner
from tests.web.conftest import Company

pytestmark = pytest.mark.django_db


def post() -> Actor:
    """Whoever brings messages in, who is no user."""
    return replace(the_owner(), kind="system", id=None)


def test_files_are_kept_with_the_customer_and_shown_with_those_of_its_orders(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    base = f"/customers/{company.customer.pk}/files/"
    assert "None yet." in owner.get(base).content.decode()
    contract = SimpleUploadedFile("../contract.pdf", b"%PDF-1.4 agreed", "application/pdf")
    assert owner.post(f"{base}attach/", {"token": "t1", "file": contract}).status_code == 302
    row = CustomerFile.objects.get()
    assert (row.name, row.size, row.author_label) == ("contract.pdf", 15, "administrator")
    order = place(CUP=1)
    add_attachment(
        order_id=order, name="po.txt", content=b"PO 7", content_type="text/plain", actor=the_owner(), now=utc_now()
    )
    case = open_case(
        draft=CaseDraft(kind="complaint", body="broken", customer_id=company.customer.pk), actor=post(), now=utc_now()
    )
    photo = SentFile("photo.png", b"not really", "image/png")
    write_message(case_id=case.pk, body="look", internal=True, files=[photo], actor=post(), now=utc_now())
    page = owner.get(base).content.decode()
    assert "photo.png" in page and f'href="/cases/{case.pk}/"' in page
    assert "contract.pdf" in page and "po.txt" in page and f'href="/orders/{order}/"' in page
    answer = owner.get(f"{base}{row.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 agreed"  # type: ignore[attr-defined]
    assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    assert base in owner.get(f"/customers/{company.customer.pk}/").content.decode()
    assert "File contract.pdf attached" in owner.get(f"/customers/{company.customer.pk}/happenings/").content.decode()


def test_an_empty_file_is_refused_and_strangers_see_nothing(
    owner: Client, company: Company, browse: Callable[..., Client]
) -> None:
    base = f"/customers/{company.customer.pk}/files/"
    empty = SimpleUploadedFile("empty.txt", b"", "text/plain")
    assert owner.post(f"{base}attach/", {"token": "t1", "file": empty}).status_code == 422
    assert not CustomerFile.objects.exists()
    assert browse(username="nobody").get(base).status_code == 403
    assert owner.get(f"{base}999/").status_code == 404
