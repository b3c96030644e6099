"""What stands out in a list, what steps back, and where the main button of a page is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from orderwell.domains.billing.models import Invoice
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.testing.markup import flat
from orderwell.web.cases.list_specs import RATINGS
from orderwell.web.lists.registry import specs
from orderwell.web.lists.table import _classes
from tests.web.conftest import Company
from tests.web.test_orders import send

TEMPLATES = Path(__file__).parents[2] / "src/orderwell/web/templates"
# Which button of these is the main one depends on where the order or the import stands.
BY_STATE = {"orders/detail.html", "imports/detail.html"}


def line_of(order: int) -> str:
    return f"line_{Order.objects.get(pk=order).lines.get().pk}"


def test_what_is_overdue_stands_out_and_what_is_paid_steps_back(owner: Client, place: Callable[..., int]) -> None:
    for paid in (False, True):
        order = place(CUP=2)
        send(owner, f"/orders/{order}/invoice/", **{line_of(order): "2"})
        if paid:
            send(owner, f"/orders/{order}/payment/", amount="40.00", method="bank", reference="R1")
    Invoice.objects.update(due_at=utc_now() - timedelta(days=2))
    page = flat(owner.get("/invoices/").content.decode())
    rows = {str(invoice.pk): invoice.order.paid_amount for invoice in Invoice.objects.select_related("order")}
    for key, amount in rows.items():
        row = re.search(rf'<tr data-href="/invoices/{key}/".*?</tr>', page, re.DOTALL)
        assert row
        assert ("text-bad" in row[0]) is (amount == 0)
        assert ('<span class="text-secondary">¥0.00</span>' in row[0]) is (amount != 0)


def test_a_payment_that_was_not_refunded_says_nothing_of_refunds(owner: Client, place: Callable[..., int]) -> None:
    order = place(CUP=2)
    send(owner, f"/orders/{order}/payment/", amount="40.00", method="bank", reference="R1")
    assert "¥0.00" not in flat(owner.get("/payments/").content.decode())


def test_a_return_names_whoever_ordered_without_being_a_customer(owner: Client, place: Callable[..., int]) -> None:
    order = place(CUP=2)
    send(owner, f"/orders/{order}/ship/", **{line_of(order): "2"}, carrier="", tracking_number="", warehouse="")
    back = {line_of(order): "1", "disposition": "restock", "warehouse": "", "reason": "broken"}
    send(owner, f"/orders/{order}/return/", **back)
    Return.objects.update(customer=None)
    assert "王小明" in flat(owner.get("/returns/").content.decode())
    assert "王小明" in flat(owner.get(f"/returns/{Return.objects.get().pk}/").content.decode())


def test_languages_are_named_and_not_coded(owner: Client, company: Company) -> None:
    page = flat(owner.get(f"/lists/customers/quick/{company.customer.pk}/").content.decode())
    assert "简体中文" in page and "zh-hans" not in page


def test_goods_are_taken_from_orders_with_a_red_button(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=8)
    sent = {"warehouse": "main", "reason": "count", "how": "counted", "lines": "CUP 3", "note": ""}
    asked = send(owner, "/stock/adjust/", **sent)
    assert asked.status_code == 422 and "less than what is reserved" in flat(asked.content.decode())
    assert re.search(r'class="btn btn-danger"\s+data-busy', asked.content.decode())


def test_stars_stand_below_their_title() -> None:
    score = next(column for column in RATINGS.columns if column.key == "score")
    assert score.kind == "whole", "a number in files"
    assert "num" not in _classes(score).split()


def _buttons() -> list[tuple[str, list[str]]]:
    """Of each page with buttons beside its title: their classes, in order."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        name, text = str(path.relative_to(TEMPLATES)), path.read_text()
        block = re.search(r"{% block actions %}(.*?){% endblock", text, re.DOTALL)
        part = text if name.startswith("lists/more/") or name.endswith("/buttons.html") else block[1] if block else ""
        classes = re.findall(r'class="(btn[^"]*)"', part)
        if any("btn-primary" in one for one in classes) and name not in BY_STATE:
            found.append((name, classes))
    return found


@pytest.mark.parametrize(("name", "classes"), _buttons())
def test_the_main_button_of_a_page_comes_first(name: str, classes: list[str]) -> None:
    assert "btn-primary" in classes[0], name


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_action_is_called_what_the_button_is_called_that_leaves_it(language: str) -> None:
    with translation.override(language):
        leaves = {translation.gettext(text) for text in ("Cancel", "Keep them")}
        titles = {str(action.title) for spec in specs().values() for action in spec.actions}
    assert len(titles) > 10 and not titles & leaves
