"""Two people at one quote lose nothing: header and lines merge, and what both changed is shown to choose from."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.quote import save_quote, update_quote
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import clerk
from orderwell.web.orders.entry_forms import Row
from orderwell.web.orders.quote_merging import merge_rows
from tests.web.conftest import Company
from tests.web.sent import sent_by

pytestmark = pytest.mark.django_db
D = Decimal
# A clerk who may set prices, as whoever gives a quote does.
WRITER = replace(clerk(), permissions=clerk().permissions | {"orders:price:override"})


@pytest.fixture
def quote(company: Company) -> Order:
    return Order.objects.get(pk=save_quote(draft=said(), actor=WRITER, now=utc_now()).order_id)


def said(**changes: Any) -> OrderDraft:
    values: dict[str, Any] = {
        "channel": "shop",
        "customer": "C1",
        "note": "as agreed",
        "lines": (LineDraft("CUP", D(2), D(18)), LineDraft("POT", D(1), D(90))),
        "charges": (ChargeDraft("WRAP", "Gift wrap", D(3)),),
        "ship_to": AddressDraft(recipient="王小明", phone="13812345678", street="人民路1号", city="上海市"),
        **changes,
    }
    return OrderDraft(**values)


def write_as_another(quote: Order, **changes: Any) -> None:
    update_quote(order_id=quote.pk, draft=said(**changes), version=None, actor=WRITER, now=utc_now())


def lines_of(quote: Order) -> dict[str, tuple[Decimal, Decimal]]:
    goods = Order.objects.get(pk=quote.pk).lines.filter(kind="goods")
    return {line.sku: (line.quantity, line.unit_price) for line in goods}


def test_a_form_sent_back_as_it_was_changes_nothing_of_the_quote(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    assert owner.post(path, sent_by(owner.get(path).content.decode())).status_code == 302
    now = Order.objects.get(pk=quote.pk)
    assert (now.total_amount, now.note, now.ship_to) == (quote.total_amount, quote.note, quote.ship_to)
    assert now.lines.filter(kind="charge").count() == 1


def test_a_price_in_the_form_has_the_digits_of_its_currency(owner: Client, quote: Order) -> None:
    write_as_another(quote, lines=(LineDraft("CUP", D(2), D("18.5")), LineDraft("POT", D(1), D("90.125"))))
    sent = sent_by(owner.get(f"/orders/{quote.pk}/edit/").content.decode())
    assert sent["line_unit_price"] == ["18.50", "90.125"]


def test_header_and_lines_of_two_people_merge(owner: Client, quote: Order, company: Company) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    # Meanwhile a colleague gives a better price for the cups, another note, and takes the pot off.
    write_as_another(quote, note="by Friday", lines=(LineDraft("CUP", D(2), D(17)),))
    mine |= {"shipping": "12", "line_quantity": ["6", "1"]}
    answer = owner.post(path, mine, follow=True)
    page = html.unescape(answer.content.decode())
    assert "Carl Clerk changed this meanwhile" in page and "Carl Clerk removed POT meanwhile." in page
    assert lines_of(quote) == {"CUP": (D(6), D(17))}
    now = Order.objects.get(pk=quote.pk)
    assert now.note == "by Friday" and now.lines.get(kind="shipping").unit_price == 12


def test_both_changed_the_same_and_one_has_to_choose(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    mine = sent_by(owner.get(path).content.decode())
    write_as_another(quote, note="theirs", lines=(LineDraft("CUP", D(3), D(18)), LineDraft("POT", D(1), D(90))))
    answer = owner.post(path, mine | {"note": "mine", "line_quantity": ["9", "1"]})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Tea cup: Quantity" in page and 'data-take="line-0-quantity"' in page and 'id="line-0-quantity"' in page
    assert "theirs: theirs" in page and lines_of(quote)["CUP"][0] == 3
    again = sent_by(answer.content.decode())
    assert again["line_quantity"] == ["9", "1"] and again["note"] == "mine"
    assert owner.post(path, again).status_code == 302
    assert lines_of(quote)["CUP"][0] == 9 and Order.objects.get(pk=quote.pk).note == "mine"


def test_who_may_not_see_personal_data_keeps_the_address(
    browse: Callable[..., Client], quote: Order, company: Company
) -> None:
    from orderwell.platform.accounts.models import Role

    client = browse("sales-manager")
    role = Role.objects.get(code="sales-manager")
    role.permissions = [name for name in role.permissions if name != "customers:personal-data:view"]
    role.save()
    path = f"/orders/{quote.pk}/edit/"
    page = client.get(path).content.decode()
    assert "人民路1号" not in page and "13812345678" not in page
    assert client.post(path, sent_by(page) | {"note": "x"}).status_code == 302
    now = Order.objects.get(pk=quote.pk)
    assert (now.ship_to, now.note) == (quote.ship_to, "x")


def rows(*cells: tuple[str, str]) -> list[Row]:
    return [Row(sku, sku, quantity) for sku, quantity in cells]


def merged(base: list[Row], mine: list[Row], theirs: list[Row]) -> tuple[list[tuple[str, str]], list[str]]:
    found = merge_rows(base, mine, theirs, "Ann")
    return [(row.sku, row.quantity) for row in found.rows], [conflict.target for conflict in found.conflicts]


def test_lines_merge_line_by_line() -> None:
    base = rows(("A", "1"), ("A", "5"), ("B", "2"))
    # The second line of a product is the second there too; "2.0" is "2".
    assert merged(base, rows(("A", "1"), ("A", "7"), ("B", "2.0")), rows(("A", "3"), ("A", "5"), ("B", "2"))) == (
        [("A", "3"), ("A", "7"), ("B", "2.0")],
        [],
    )
    # What I removed and she changed stays; what she removed and I changed stays; what both added is one line.
    mine = rows(("A", "1"), ("A", "6"), ("C", "4"))
    theirs = rows(("A", "1"), ("B", "9"), ("C", "4"))
    assert merged(base, mine, theirs) == ([("A", "1"), ("A", "6"), ("C", "4"), ("B", "9")], [])
    # Both added the same with other numbers: somebody has to choose.
    assert merged([], rows(("C", "4")), rows(("C", "5"))) == ([("C", "4")], ["line-0-quantity"])
