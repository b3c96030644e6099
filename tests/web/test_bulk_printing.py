"""Papers of many rows as one file: pick lists of orders, labels of shipments, invoices."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.jobs.models import Progress
from orderwell.platform.jobs.tasks import run_next_task
from orderwell.platform.printing import runs
from orderwell.platform.printing.errors import TemplateBroken
from orderwell.platform.printing.models import PrintRun
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat

pytestmark = pytest.mark.django_db


def pages(answer: Any) -> list[str]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def numbers(model: Any, ids: list[int]) -> list[str]:
    return [model.objects.get(pk=pk).number for pk in ids]


def test_pick_lists_of_ticked_orders_in_their_order(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    first, second, third = place(CUP=1), place(CUP=2), place(POT=1)
    worker = browse("warehouse-worker")
    page = flat(worker.get("/to-ship/").content.decode())
    assert 'data-print="/lists/to-ship/print/pick-list/"' in page and "data-pick" in page
    found = pages(worker.get(f"/lists/to-ship/print/pick-list/?id={third}&id={first}"))
    assert len(found) == 2
    for text, number in zip(found, numbers(Order, [third, first]), strict=True):
        assert number in text
    everything = pages(worker.get("/lists/to-ship/print/pick-list/?all=1"))
    assert len(everything) == 3 and numbers(Order, [second])[0] in "".join(everything)


def test_papers_of_what_left_and_was_invoiced_from_the_list_of_orders(owner: Client, place: Callable[..., int]) -> None:
    orders = [place(CUP=1), place(CUP=2)]
    waiting = place(POT=1)
    for order_id in orders:
        ship(order_id=order_id, actor=the_owner(), now=utc_now())
        issue_invoice(order_id=order_id, actor=the_owner(), now=utc_now())
    asked = "&".join(f"id={pk}" for pk in (orders[1], waiting, orders[0]))
    slips = pages(owner.get(f"/lists/orders/print/packing-slip/?{asked}"))
    wanted = [Shipment.objects.get(order_id=pk).number for pk in (orders[1], orders[0])]
    assert [number in text for number, text in zip(wanted, slips, strict=True)] == [True, True]
    bills = pages(owner.get(f"/lists/orders/print/invoice/?{asked}"))
    assert Invoice.objects.get(order_id=orders[1]).number in bills[0]
    nothing = owner.get(f"/lists/orders/print/packing-slip/?id={waiting}")
    assert nothing.status_code == 422 and "no such document" in flat(nothing.content.decode())


def test_shipments_and_invoices_have_boxes_and_papers(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    for order_id in (place(CUP=1), place(CUP=2)):
        ship(order_id=order_id, actor=the_owner(), now=utc_now())
        issue_invoice(order_id=order_id, actor=the_owner(), now=utc_now())
    worker, bookkeeper = browse("warehouse-worker"), browse("bookkeeper")
    page = flat(worker.get("/shipments/").content.decode())
    for kind in ("packing-slip", "delivery-note", "address-label"):
        assert f'data-print="/lists/shipments/print/{kind}/"' in page
        assert len(pages(worker.get(f"/lists/shipments/print/{kind}/?all=1"))) == 2
    page = flat(bookkeeper.get("/invoices/").content.decode())
    assert 'data-print="/lists/invoices/print/invoice/"' in page and "data-pick" in page
    ids = list(Invoice.objects.values_list("pk", flat=True))
    assert len(pages(bookkeeper.get(f"/lists/invoices/print/invoice/?id={ids[0]}&id={ids[1]}"))) == 2
    assert worker.get(f"/lists/orders/print/invoice/?id={ids[0]}").status_code == 403
    assert bookkeeper.get("/lists/invoices/print/pick-list/?all=1").status_code == 404


@pytest.mark.parametrize("query", ["ids={0}&ids={1}", "ids={0},{1}", "ids={0},{1}&ids={1}"])
def test_ids_given_several_times_are_all_printed(owner: Client, place: Callable[..., int], query: str) -> None:
    orders = [place(CUP=1), place(CUP=2)]
    found = pages(owner.get(f"/print/pick-list/?{query.format(*orders)}"))
    assert [number in text for number, text in zip(numbers(Order, orders), found, strict=True)] == [True, True]


def test_many_papers_are_made_by_a_worker_and_stay_within_reach(
    browse: Callable[..., Client], place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    monkeypatch.setattr(runs, "TOGETHER", 2)
    orders = [place(CUP=1) for _ in range(5)]
    worker = browse("warehouse-worker")
    few = "&".join(f"id={pk}" for pk in orders[:2])
    assert len(pages(worker.get(f"/lists/to-ship/print/pick-list/?{few}"))) == 2
    answer = worker.get("/lists/to-ship/print/pick-list/?all=1")
    run = PrintRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/print/runs/{run.pk}/")
    # A page that is loaded again asks for the same print.
    assert worker.get("/lists/to-ship/print/pick-list/?all=1")["Location"] == answer["Location"]
    page = flat(worker.get(answer["Location"]).content.decode())
    assert "waits for a worker" in page and "0 / 5" in page
    assert "waits for a worker" in flat(worker.get("/progress/").content.decode())
    assert worker.get(f"/print/runs/{run.pk}/file/").status_code == 422
    assert run_next_task("test")
    page = flat(worker.get(answer["Location"]).content.decode())
    assert f'href="/print/runs/{run.pk}/file/"' in page
    assert f'href="/print/runs/{run.pk}/file/"' in flat(worker.get("/progress/").content.decode())
    file = worker.get(f"/print/runs/{run.pk}/file/")
    assert file["Content-Type"] == "application/pdf" and file["Content-Disposition"].startswith("inline")
    texts = [part.extract_text() for part in PdfReader(io.BytesIO(b"".join(file.streaming_content))).pages]
    assert [number in text for number, text in zip(numbers(Order, run.ids), texts, strict=True)] == [True] * 5
    progress = Progress.objects.get()
    assert (progress.done, progress.total, progress.failed) == (5, 5, "")
    # It is one's own, and gone with its file after a day.
    other = browse("administrator", username="somebody-else")
    assert (
        other.get(f"/print/runs/{run.pk}/").status_code == other.get(f"/print/runs/{run.pk}/file/").status_code == 404
    )
    path = runs.file_of(PrintRun.objects.get())
    assert path.exists()
    assert runs.forget_old(now=utc_now() + timedelta(hours=23)) == 0
    assert runs.forget_old(now=utc_now() + timedelta(hours=25)) == 1 and not path.exists()


def test_invoices_that_were_never_printed_take_long_and_printed_ones_do_not(
    owner: Client, place: Callable[..., int]
) -> None:
    ids = [issue_invoice(order_id=place(CUP=1), actor=the_owner(), now=utc_now()).pk for _ in range(3)]
    assert runs.takes_long("invoice", ids) and not runs.takes_long("invoice", ids[:2])
    asked = "&".join(f"ids={pk}" for pk in ids)
    assert owner.get(f"/print/invoice/?{asked}").status_code == 302
    assert run_next_task("test")
    assert len(pages(owner.get(f"/print/invoice/?{asked}"))) == 3


def test_a_single_paper_of_very_many_lines_takes_long(
    browse: Callable[..., Client], place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand lines are set in two to four seconds: no request waits for them."""
    monkeypatch.setattr(runs, "LINES", 1)
    monkeypatch.setattr(runs, "WEIGHT_OF_ISSUED", 1)
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    short, long = place(CUP=1), place(CUP=1, POT=1)
    shipment, invoice = (do(order_id=long, actor=the_owner(), now=utc_now()) for do in (ship, issue_invoice))
    papers = {"order-confirmation": long, "delivery-note": shipment[0].pk, "packing-slip": shipment[0].pk}
    assert all(runs.takes_long(kind, [pk]) for kind, pk in papers.items())
    assert runs.takes_long("invoice", [invoice.pk]) and not runs.takes_long("order-confirmation", [short])
    assert not runs.takes_long("address-label", [shipment[0].pk])
    clerk = browse("sales-clerk")
    address = clerk.get(f"/print/order-confirmation/?ids={long}")["Location"]
    assert run_next_task("test")
    assert "The file is ready" in clerk.get(address).content.decode()
    assert clerk.get(f"/print/order-confirmation/?ids={short}").status_code == 200


@pytest.mark.parametrize("ids", ["9" * 5_000, "1," + "9" * 5_000, "9" * 19, "１", "x", ""])
def test_a_number_that_no_document_has_is_not_found(browse: Callable[..., Client], ids: str) -> None:
    """Python makes no number of more than 4,300 digits; the answer was an error 500."""
    assert browse("sales-clerk").get("/print/order-confirmation/", {"ids": ids}).status_code == 404


def test_a_print_that_fails_says_why(
    browse: Callable[..., Client], place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    for _ in range(3):
        place(CUP=1)
    worker = browse("warehouse-worker")
    address = worker.get("/lists/to-ship/print/pick-list/?all=1")["Location"]

    def broken(*given: Any, **named: Any) -> Any:
        raise TemplateBroken(line=7, reason="unclosed delimiter")

    monkeypatch.setattr(runs, "parts_of", broken)
    assert run_next_task("test")
    page = flat(worker.get(address).content.decode())
    assert "line 7: unclosed delimiter" in page and "Open the PDF" not in page
    # Asked again, it is tried again.
    monkeypatch.undo()
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    assert worker.get("/lists/to-ship/print/pick-list/?all=1")["Location"] != address
