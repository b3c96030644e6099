"""A dialog that stood open while a colleague dealt with some of its lines says which, and does nothing by halves."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.domains.billing.models import CreditNote, Invoice
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.orders.models import Order
from orderwell.testing.markup import flat
from tests.web.test_orders import HTMX

Place = Callable[..., int]


def lines(order: int) -> dict[str, int]:
    return dict(Order.objects.get(pk=order).lines.values_list("sku", "pk"))


def asked(client: Client, path: str, quantities: dict[int, str], **more: str) -> dict[str, str]:
    """What the dialog sends with these quantities and no others."""
    page = client.get(path, headers=HTMX).content.decode()
    fields = re.findall(r'<input[^>]*?\bname="(\w+)"[^>]*?\bvalue="([^"]*)"', page)
    sent = {key: html.unescape(value) for key, value in fields if key == "token" or key.startswith("seen_")}
    return sent | {f"line_{pk}": quantity for pk, quantity in quantities.items()} | more


def said(answer: object) -> str:
    return html.unescape(flat(answer.content.decode()))  # type: ignore[attr-defined]


def gone(answer: object, *names: str) -> str:
    page = said(answer)
    assert answer.status_code == 422, page  # type: ignore[attr-defined]
    assert "Changed since this was opened" in page and "at least one line" not in page
    for name in names:
        assert f"nothing is left of {name}" in page
    return page


@pytest.mark.parametrize("also", [False, True], ids=["that line alone", "with one that is left"])
def test_shipping_what_was_shipped_elsewhere(owner: Client, place: Place, also: bool) -> None:
    order = place(CUP=2, POT=1)
    known, path = lines(order), f"/orders/{order}/ship/"
    stale = asked(owner, path, {known["POT"]: "1", known["CUP"]: "2" if also else ""})
    assert owner.post(path, asked(owner, path, {known["POT"]: "1"}), headers=HTMX).status_code == 204
    page = gone(owner.post(path, stale, headers=HTMX), "Tea pot")
    assert f'name="line_{known["CUP"]}"' in page and f'name="line_{known["POT"]}"' not in page
    assert Shipment.objects.count() == 1, "nothing by halves"
    fresh = asked(owner, path, {known["CUP"]: "2"})
    assert owner.post(path, fresh, headers=HTMX).status_code == 204


def test_shipping_more_than_is_left_says_how_many_there_are(owner: Client, place: Place) -> None:
    order = place(CUP=3, POT=1)
    known, path = lines(order), f"/orders/{order}/ship/"
    stale = asked(owner, path, {known["CUP"]: "3"})
    owner.post(path, asked(owner, path, {known["CUP"]: "2"}), headers=HTMX)
    answer = owner.post(path, stale, headers=HTMX)
    assert answer.status_code == 422
    assert "of Tea cup there are 1 instead of 3" in said(answer)


def test_invoicing_returning_and_crediting_say_it_alike(owner: Client, place: Place) -> None:
    order = place(CUP=2, POT=1)
    known = lines(order)
    owner.post(
        f"/orders/{order}/ship/",
        asked(owner, f"/orders/{order}/ship/", dict.fromkeys(known.values(), "1")),
        headers=HTMX,
    )
    for path, made in ((f"/orders/{order}/invoice/", Invoice), (f"/orders/{order}/return/", Return)):
        stale = asked(owner, path, {known["POT"]: "1"}, reason="wrong colour", disposition="restock")
        fresh = asked(owner, path, {known["POT"]: "1"}, reason="wrong colour", disposition="restock")
        assert owner.post(path, fresh, headers=HTMX).status_code == 204
        before = made.objects.count()
        gone(owner.post(path, stale, headers=HTMX), "Tea pot")
        assert made.objects.count() == before
    assert CreditNote.objects.count() == 0


def test_a_line_that_was_left_empty_disturbs_nothing(owner: Client, place: Place) -> None:
    order = place(CUP=2, POT=1)
    known, path = lines(order), f"/orders/{order}/ship/"
    stale = asked(owner, path, {known["CUP"]: "2", known["POT"]: ""})
    owner.post(path, asked(owner, path, {known["POT"]: "1"}), headers=HTMX)
    assert owner.post(path, stale, headers=HTMX).status_code == 204


def test_what_was_seen_of_a_line_is_shown_as_text(owner: Client, place: Place) -> None:
    order = place(CUP=2)
    path = f"/orders/{order}/ship/"
    stale = asked(owner, path, {}) | {"seen_99": "1|<b>x", "line_99": "1"}
    answer = owner.post(path, stale, headers=HTMX)
    assert answer.status_code == 422 and "<b>x" not in answer.content.decode()
