"""Dialogs that stay open while what they change is changed elsewhere: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.test_public import arrive, send, visitor

HTMX = {"HX-Request": "true"}
Browse = Callable[..., Client]
Place = Callable[..., int]


def hidden(text: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(token|version|base|seen)" value="([^"]*)"', text)
    # The form's own stand before those of a toast.
    return {name: html.unescape(value) for name, value in reversed(found)}


def opened(client: Client, path: str) -> dict[str, str]:
    return hidden(client.get(path, headers=HTMX).content.decode())


def refused(client: Client, path: str, values: dict[str, Any]) -> str:
    answer = client.post(path, values, headers=HTMX)
    assert answer.status_code == 422
    return answer.content.decode()


def test_tags_that_two_change_are_shown_to_the_second(browse: Browse, company: Any) -> None:
    from orderwell.domains.customers.drafts import CustomerDraft
    from orderwell.domains.customers.models import Customer
    from orderwell.domains.customers.services.save_customer import save_customer
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    one, other = browse("sales-clerk"), browse("sales-manager")
    path = f"/customers/{company.customer.pk}/tags/"
    first, second, third = opened(one, path), opened(other, path), opened(one, path)
    # What does not touch the tags does not stand in their way.
    number = Customer.objects.get(pk=company.customer.pk).number
    save_customer(CustomerDraft(number=number, name="Another name"), actor=the_owner(), now=utc_now())
    assert one.post(path, {**first, "tags": "vip"}, headers=HTMX).status_code == 204
    text = refused(other, path, {**second, "tags": "late payer"})
    assert "changed this to “vip” while you were typing" in text and "late payer" in text
    assert other.post(path, {**hidden(text), "tags": "late payer, vip"}, headers=HTMX).status_code == 204
    tags = Customer.objects.get(pk=company.customer.pk).tags
    assert sorted(tag.name for tag in tags.all()) == ["late payer", "vip"]
    refused(one, path, {**third, "tags": "new"})


def test_a_tracking_number_that_two_type_is_shown_to_the_second(browse: Browse, place: Place) -> None:
    from orderwell.domains.fulfilment.models import Shipment

    order = place(CUP=1)
    arrive(order)
    one, other = browse("administrator"), browse("warehouse-worker")
    shipment = Shipment.objects.get()
    path = f"/shipments/{shipment.pk}/tracking/"
    first, second = opened(one, path), opened(other, path)
    same = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
    assert one.post(path, {**first, **same, "carrier": "DHL"}, headers=HTMX).status_code == 204
    assert other.post(path, {**second, **same, "tracking_number": "SF 7"}, headers=HTMX).status_code == 204
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.tracking_number) == ("DHL", "SF 7")


def test_notes_open_in_two_tabs_do_not_overwrite_each_other(browse: Browse, place: Place, company: Any) -> None:
    from orderwell.domains.customers.models import CustomerNote
    from orderwell.domains.orders.models import OrderNote

    owner, order = browse("administrator"), place(CUP=1)
    for page, model in (
        (f"/orders/{order}/note/", OrderNote),
        (f"/customers/{company.customer.pk}/notes/new/", CustomerNote),
    ):
        assert owner.post(page, {**opened(owner, page), "body": "one"}, headers=HTMX).status_code == 204
        note: Any = model.objects.get()
        path = f"{page.removesuffix('note/').removesuffix('notes/new/')}notes/{note.pk}/"
        first, second = opened(owner, path), opened(owner, path)
        assert owner.post(path, {**first, "body": "two"}, headers=HTMX).status_code == 204
        text = refused(owner, path, {**second, "body": "three"})
        note.refresh_from_db()
        assert note.body == "two" and "three" in text and "while you were typing" in text
        assert owner.post(path, {**hidden(text), "body": "three"}, headers=HTMX).status_code == 204


def test_a_form_whose_answer_was_lost_can_be_sent_with_other_words(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Case

    client, values = browse("sales-clerk"), {"token": "a", "subject": "Printer", "body": "No paper"}
    client.post("/ask/", values)
    text = refused(client, "/ask/", {**values, "body": "No paper at all"})
    assert (
        "This form was taken once already." in text
        and "No paper at all" in text
        and "key" not in text.split("<form")[0]
    )
    assert client.post("/ask/", {**values, **hidden(text), "body": "No paper at all"}).status_code == 302
    assert Case.objects.count() == 2
    customer = visitor(place(CUP=1))
    send(customer, "/track/order/ask/", token="t", body="Where?")
    answer = send(customer, "/track/order/ask/", token="t", body="Where is it?")
    assert answer.status_code == 422 and "This form was taken once already." in answer.content.decode()


@pytest.mark.parametrize("base", ["[" * 60_000, "{", "[]", "7"])
def test_a_form_that_comes_back_damaged_is_no_defect(browse: Browse, base: str) -> None:
    client = browse("administrator")
    values = {"token": "a", "version": "-1", "base": base, "code": "garden", "name_en": "Garden"}
    assert client.post("/admin/groups/new/", values).status_code == 302
