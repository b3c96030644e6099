"""What is typed over a quote or an order that meanwhile became something else is not lost."""

from __future__ import annotations

import html
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.quote import confirm_quote
from orderwell.kernel.clock import utc_now
from orderwell.testing.markup import flat
from tests.web.conftest import Company
from tests.web.orders.test_quote_merging import WRITER, lines_of, quote, write_as_another
from tests.web.sent import sent_by

pytestmark = pytest.mark.django_db
D = Decimal
__all__ = ["quote"]


def confirm(quote: Order) -> None:
    confirm_quote(order_id=quote.pk, actor=WRITER, now=utc_now())


def cancel(order_id: int) -> None:
    cancel_units(order_id=order_id, lines=None, reason="no longer wanted", actor=WRITER, now=utc_now())


def test_a_confirmed_quote_goes_on_as_a_change_of_the_order(owner: Client, quote: Order, company: Company) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    confirm(quote)
    mine |= {"note": "a long note\nof two lines", "shipping": "12"}
    mine |= {
        "line_sku": ["CUP", "POT", "CUP"],
        "line_name": ["", "", "Tea cup"],
        "line_quantity": ["7", "1", "3"],
        "line_unit_price": ["18", "90", "15"],
        "line_discount": ["", "5", "1"],
    }
    answer = owner.post(path, mine)
    page = html.unescape(flat(answer.content.decode()))
    assert f'action="/orders/{quote.pk}/change/"' in page
    assert f"Carl Clerk confirmed quote {quote.number} while you were typing" in page
    assert "a long note\nof two lines" in html.unescape(answer.content.decode())
    # A new line of a change has no field for its discount: said, not dropped.
    assert "Tea cup: the discount of 1" in page
    typed = sent_by(answer.content.decode())
    change = f"/orders/{quote.pk}/change/"
    shown = owner.post(change, typed)
    assert shown.status_code == 200
    made = owner.post(change, sent_by(shown.content.decode()))
    assert made.status_code == 302
    now = Order.objects.get(pk=quote.pk)
    assert sorted((line.sku, line.quantity, line.line_discount) for line in now.lines.filter(kind="goods")) == [
        ("CUP", D(3), D(0)),
        ("CUP", D(7), D(0)),
        ("POT", D(1), D(5)),
    ]
    assert now.note.replace("\r\n", "\n") == "a long note\nof two lines"


def test_what_a_colleague_changed_before_confirming_stays(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    write_as_another(quote, note="by Friday")
    confirm(quote)
    typed = sent_by(owner.post(path, mine | {"line_quantity": ["6", "1"]}).content.decode())
    assert typed["note"] == "by Friday"
    cups = Order.objects.get(pk=quote.pk).lines.get(sku="CUP")
    assert typed[f"q-{cups.pk}"] == "6"
    assert lines_of(quote)["CUP"] == (D(2), D(18))  # nothing is changed before it was seen


def test_a_line_taken_off_a_quote_is_taken_off_the_order(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    confirm(quote)
    mine |= {"line_sku": ["CUP"], "line_name": [""], "line_quantity": ["2"], "line_unit_price": ["18"]}
    mine |= {"line_discount": [""]}
    typed = sent_by(owner.post(path, mine).content.decode())
    pot = Order.objects.get(pk=quote.pk).lines.get(sku="POT")
    assert typed[f"x-{pot.pk}"] == "1"


def test_of_a_cancelled_quote_a_new_order_is_left(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    cancel(quote.pk)
    answer = owner.post(path, mine | {"note": "call before noon", "line_quantity": ["6", "1"]})
    page = html.unescape(flat(answer.content.decode()))
    assert answer.status_code == 422
    assert f"Carl Clerk cancelled {quote.number} while you were typing" in page
    assert "call before noon" in page and "CUP" in page
    again = page.partition('href="/orders/new/?draft=')[2].partition('"')[0]
    entry = sent_by(owner.get(f"/orders/new/?draft={again}").content.decode())
    assert entry["note"] == "call before noon" and entry["customer"] == "C1"
    assert entry["line_quantity"] == ["6", "1"] and entry["line_sku"] == ["CUP", "POT"]


def test_of_a_cancelled_order_too(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=4, POT=1)
    path = f"/orders/{order_id}/change/"
    mine = sent_by(owner.get(path).content.decode())
    order = Order.objects.get(pk=order_id)
    cups, pot = order.lines.get(sku="CUP"), order.lines.get(sku="POT")
    cancel(order_id)
    mine |= {f"q-{cups.pk}": "9", f"x-{pot.pk}": "1", "note": "second floor", "reason": "he called"}
    mine |= {"new_sku": ["POT"], "new_name": ["Tea pot"], "new_quantity": ["2"], "new_unit_price": [""]}
    answer = owner.post(path, mine)
    page = html.unescape(flat(answer.content.decode()))
    assert f"Carl Clerk cancelled {order.number} while you were typing" in page
    assert "second floor" in page and "he called" in page
    again = page.partition('href="/orders/new/?draft=')[2].partition('"')[0]
    entry = sent_by(owner.get(f"/orders/new/?draft={again}").content.decode())
    assert (entry["line_sku"], entry["line_quantity"]) == (["CUP", "POT"], ["9", "2"])
    # What nobody typed over is priced anew, as for every order again.
    assert entry["line_unit_price"] == ["", ""] and entry["note"] == "second floor"


def test_scripts_send_only_what_was_typed_over(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=4, POT=1)
    order = Order.objects.get(pk=order_id)
    cups, pot = order.lines.get(sku="CUP"), order.lines.get(sku="POT")
    # One cup had been cancelled before: it is no part of what this person wants.
    cancel_units(order_id=order_id, lines={cups.pk: D(1)}, reason="one broke", actor=WRITER, now=utc_now())
    path = f"/orders/{order_id}/change/"
    mine = sent_by(owner.get(path).content.decode())
    cancel(order_id)
    mine = {name: value for name, value in mine.items() if name[:2] not in ("q-", "p-", "d-")}
    page = owner.post(path, mine | {f"d-{pot.pk}": "5"}).content.decode()
    again = page.partition('href="/orders/new/?draft=')[2].partition('"')[0]
    entry = sent_by(owner.get(f"/orders/new/?draft={again}").content.decode())
    assert (entry["line_sku"], entry["line_quantity"]) == (["CUP", "POT"], ["3", "1"])
    assert entry["line_discount"] == ["", "5"]


def test_sent_twice_it_is_kept_once(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    cancel(quote.pk)
    owner.post(path, mine)
    owner.post(path, mine)
    assert owner.get("/orders/new/").content.decode().count("?draft=") == 1
