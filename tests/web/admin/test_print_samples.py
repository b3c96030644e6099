"""What a template is shown and tried with: a document as it would be printed with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.platform.printing.services import preview
from orderwell.testing.actors import owner as boss
from orderwell.testing.factories import make_channel
from tests.domains.books import place, stocked
from tests.web.sent import begun

pytestmark = pytest.mark.django_db
PATH = "/admin/print/order-confirmation/"
# Tells in an error which document it is set with.
NUMBER = "#let document(doc, given) = { panic(doc.number) }"
LOOK = {"paper": "a4", "colour": "#066fd1", "columns": ["name"], "closing": "", "markup": NUMBER}


def two() -> tuple[Order, Order]:
    """Of a channel each, the second is the newest."""
    first, second = (place([(stocked(), 1)]) for _ in range(2))
    Order.objects.filter(pk=first.pk).update(placed_at=second.placed_at - timedelta(days=1))  # type: ignore[operator]
    return first, second


def previewed(owner: Client, path: str) -> str:
    page = path.replace("/?", "/preview/?") if "?" in path else f"{path}preview/"
    return owner.post(page, {**begun(owner, path), **LOOK}).content.decode()


def test_a_template_of_a_channel_is_shown_and_tried_with_a_document_of_it(owner: Client) -> None:
    first, second = two()
    path = f"{PATH}?channel={first.channel.code}"
    assert f"?ids={first.pk}&" in owner.get(path).content.decode()
    shown = previewed(owner, path)
    assert first.number in shown and second.number not in shown and "of another channel" not in shown
    assert first.number in owner.post(path, {**begun(owner, path), **LOOK}).content.decode()
    assert second.number in previewed(owner, PATH)


def test_a_channel_without_a_document_is_shown_one_of_another_and_says_so(owner: Client) -> None:
    _first, second = two()
    shown = previewed(owner, f"{PATH}?channel={make_channel().code}")
    assert second.number in shown and "of another channel" in shown


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_template_of_every_language_is_shown_in_that_of_the_customer(language: str) -> None:
    order = place([(stocked(), 1)])
    Customer.objects.update(language=language)
    asked = {"kind": "order-confirmation", "document_id": order.pk, "options": {}, "markup": "", "actor": boss()}
    assert preview(language="", **asked) == preview(language=language, **asked)  # type: ignore[arg-type]
