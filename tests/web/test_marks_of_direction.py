"""Marks that turn the direction of text: refused inside names, taken off around them, and harmless where they are stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.orders.models import Order
from orderwell.testing.markup import flat
from orderwell.web.components.forms import without_marks
from tests.web.conftest import Company
from tests.web.sent import begun

pytestmark = pytest.mark.django_db


def test_marks_around_what_was_copied_are_taken_off() -> None:
    sent = QueryDict(mutable=True)
    sent.update({"phone": "\u202a+86 138 1234 5678\u202c", "name": "a\u202eb"})
    assert without_marks(sent).dict() == {"phone": "+86 138 1234 5678", "name": "a\u202eb"}


def test_a_carrier_is_refused_at_its_field_and_an_old_one_stands_apart(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    order = place(CUP=2)
    path, units = f"/orders/{order}/ship/", f"line_{Order.objects.get(pk=order).lines.get().pk}"
    sent = {units: "2", "warehouse": "", "tracking_number": "123"}
    page = owner.post(path, {**begun(owner, path), **sent, "carrier": "DHL \u202elatx"})
    assert page.status_code == 422 and "U+202E" in page.content.decode()
    assert owner.post(path, {**begun(owner, path), **sent, "carrier": "DHL"}).status_code == 302
    Shipment.objects.filter(order_id=order).update(carrier="DHL \u202elatx")
    Order.objects.filter(pk=order).update(customer_name="Li\u202e")
    text = flat(owner.get(f"/orders/{order}/").content.decode())
    assert "<bdi>DHL \u202elatx</bdi>" in text and "<bdi>123</bdi>" in text
    assert "<bdi>Li\u202e</bdi>" in text
