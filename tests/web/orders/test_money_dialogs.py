"""What the dialogs, buttons and filters of an order's money say and where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from orderwell.domains.billing.models import CreditNote, Invoice
from orderwell.domains.orders.models import Order
from orderwell.platform.formats import money_text
from orderwell.testing.markup import flat
from tests.web.test_orders import send


def read(client: Client, path: str) -> str:
    return flat(client.get(path).content.decode())


def shipped(client: Client, place: Callable[..., int]) -> int:
    order = place(CUP=2)
    send(client, f"/orders/{order}/ship/", **units(order), carrier="", tracking_number="", warehouse="")
    return order


def units(order: int, quantity: str = "2") -> dict[str, str]:
    return {f"line_{Order.objects.get(pk=order).lines.get().pk}": quantity}


def test_who_sees_invoices_asks_for_orders_to_be_invoiced_in_the_bar(
    browse: Callable[..., Client], owner: Client, place: Callable[..., int]
) -> None:
    order, other = shipped(owner, place), place(CUP=1)
    control = re.compile(r'<input[^>]*type="checkbox"[^>]*name="to_invoice"[^>]*>')
    page = read(browse("bookkeeper"), "/orders/")
    found = control.search(page)
    assert found and "checked" not in found[0] and 'value="1"' in found[0]
    assert page.index('name="payment"') < found.start() < page.index('name="from"')
    page = read(browse("bookkeeper", username="two"), "/orders/?to_invoice=1")
    found = control.search(page)
    assert found and "checked" in found[0] and page.count('name="to_invoice"') == 1
    assert f'href="/orders/{order}/"' in page and f'href="/orders/{other}/"' not in page
    picker = browse("warehouse-worker")
    assert 'name="to_invoice"' not in read(picker, "/orders/")
    assert '<input type="hidden" name="to_invoice"' in read(picker, "/orders/?to_invoice=1"), "kept by other filters"


def test_cancelling_what_was_cancelled_elsewhere_says_so(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order, path = place(CUP=2), "/orders/{}/cancel/"
    typed = units(order)
    assert send(owner, path.format(order), **typed, reason="elsewhere").status_code == 204
    late = send(owner, path.format(order), **typed, reason="late")
    page = flat(late.content.decode())
    assert (
        late.status_code == 422
        and f"Order {Order.objects.get(pk=order).number} is cancelled. Undo the cancellation first" in page
    )
    assert "at least one line" not in page and "data-busy" not in page
    order = shipped(owner, place)
    late = send(owner, path.format(order), **units(order), reason="late")
    assert late.status_code == 422 and "at least one line" not in late.content.decode()
    order = place(CUP=2)
    nothing = send(owner, path.format(order), **units(order, ""), reason="nothing typed")
    assert "Give a quantity for at least one line." in nothing.content.decode()


def test_columns_say_what_can_be_invoiced_and_cancelled(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order, chinese = place(CUP=2), browse("administrator", username="zh", language="zh-hans")
    for step, english, other in (("invoice", "Can be invoiced", "可开票"), ("cancel", "Can be cancelled", "可取消")):
        assert f'<th class="num">{english}</th>' in read(owner, f"/orders/{order}/{step}/")
        assert f'<th class="num">{other}</th>' in read(chinese, f"/orders/{order}/{step}/")


def test_undoing_a_credit_note_speaks_of_a_return_only_where_it_credited_one(
    owner: Client, place: Callable[..., int]
) -> None:
    order = shipped(owner, place)
    send(owner, f"/orders/{order}/invoice/", **units(order))
    invoice = Invoice.objects.get()
    credit = {f"line_{invoice.lines.get().pk}": "1"}
    assert send(owner, f"/invoices/{invoice.pk}/credit/", **credit, reason="too dear").status_code == 204
    by_hand = CreditNote.objects.get()
    dialog = read(owner, f"/credit-notes/{by_hand.pk}/undo/")
    assert "keep their numbers." in dialog and "return" not in dialog.partition("keep their numbers.")[2][:80]
    back = {"disposition": "restock", "warehouse": "", "reason": "broken", "credit": "on"}
    send(owner, f"/orders/{order}/return/", **units(order, "1"), **back)
    credited = CreditNote.objects.exclude(pk=by_hand.pk).get()
    dialog = read(owner, f"/credit-notes/{credited.pk}/undo/")
    assert "The return that it credited waits for its credit note again." in dialog


def test_a_refund_stands_out_only_where_something_is_to_be_given_back(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order = shipped(owner, place)
    refund = f"/orders/{order}/refund/"
    send(owner, f"/orders/{order}/invoice/", **units(order))
    send(owner, f"/orders/{order}/payment/", amount="10.00", method="bank", reference="R1")
    head, more = read(owner, f"/orders/{order}/").split("More</button>")
    assert refund not in head and f'class="dropdown-item" href="{refund}"' in more
    send(owner, f"/orders/{order}/payment/", amount="42.50", method="bank", reference="R2", more="on")
    head, more = read(owner, f"/orders/{order}/").split("More</button>")
    assert refund in head and refund not in more.split('id="order-next"')[0]
    desk = read(browse("bookkeeper"), "/")
    card = desk.split('id="start-unassigned"')[1].split("</section>")[0]
    assert f'href="{refund}"' in card and "Refund" in card


def test_the_dialog_says_what_the_invoice_comes_to(owner: Client, place: Callable[..., int]) -> None:
    order = place(CUP=3)
    path, line = f"/orders/{order}/invoice/", Order.objects.get(pk=order).lines.get()
    total = money_text(Order.objects.get(pk=order).total_amount, "CNY")
    assert re.search(rf"Amount of this invoice</dt>\s*<dd[^>]*>\s*{re.escape(total)}", read(owner, path))
    typed = read(owner, f"{path}?sums=1&line_{line.pk}=2&seen_{line.pk}=3%7CCup")
    assert "Issue invoice" not in typed and not Invoice.objects.exists()
    assert send(owner, path, **units(order)).status_code == 204
    issued = money_text(Invoice.objects.get().gross_amount, "CNY")
    assert re.search(rf"{re.escape(issued)}\s*<div", typed)
    assert f'<span id="worth-{line.pk}" hx-swap-oob="true">{issued}</span>' in typed
    too_many = read(owner, f"{path}?sums=1&line_{line.pk}=9")
    assert "¥0.00" in too_many and f'id="worth-{line.pk}" hx-swap-oob="true">—<' in too_many
