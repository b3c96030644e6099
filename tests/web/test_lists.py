"""Lists: columns of one's own, saved views, exports that equal the list, bulk actions with a verdict per row."""

from __future__ import annotations

import csv
import errno
import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from orderwell.domains.customers.models import Tag
from orderwell.domains.orders.models import Hold, Order
from orderwell.platform.events.models import Event
from orderwell.platform.views.models import BulkRun, Export, SavedView
from orderwell.testing.markup import flat


def numbers(page: Any) -> list[str]:
    """The orders of a page, in their order."""
    return re.findall(r">(SO\d+)</a>", page.content.decode())


def send(client: Client, path: str, **data: Any) -> HttpResponse:
    """Open a dialog and send it as htmx does."""
    opened = flat(client.get(path, headers={"HX-Request": "true"}).content.decode())
    found = re.search(r'name="token" value="([^"]+)"', opened)
    answer: HttpResponse = client.post(
        path, {"token": found[1] if found else "", **data}, headers={"HX-Request": "true"}
    )
    return answer


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def exported(client: Client, query: str, file_format: str = "csv") -> bytes:
    return exported_from(client, "orders", query, file_format)


def exported_from(client: Client, name: str, query: str, file_format: str = "csv") -> bytes:
    answer = send(client, f"/lists/{name}/export/{query}", format=file_format)
    return body(client.get(answer["HX-Redirect"]))


def table(client: Client, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(client, query).decode("utf-8-sig"))))


def field(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def test_columns_are_chosen_ordered_and_kept(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    answer = owner.post("/lists/orders/columns/?view=all", {"column": ["total", "number", "nonsense"]})
    assert answer.status_code == 302
    heads = re.findall(r'<th class="[^"]*"[^>]*>\s*(?:<a[^>]*>)?([A-Z][a-z]+)', owner.get("/orders/").content.decode())
    assert heads == ["Total", "Number"]
    owner.post("/lists/orders/columns/?view=all", {"reset": "1", "column": ["total"]})
    assert "Customer" in owner.get("/orders/").content.decode()


def test_a_view_holds_columns_and_filters_and_its_address_says_them(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    place(CUP=1)
    place(CUP=100)
    manager = browse("sales-manager")
    query = "?fulfilment=backordered&columns=number,total"
    answer = send(manager, f"/lists/orders/views/new/{query}", name="Missing", shared="on", default="on")
    view = SavedView.objects.get()
    assert (view.filters, view.columns, view.shared) == ({"fulfilment": "backordered"}, ["number", "total"], True)
    assert f"view={view.pk}" in answer["HX-Redirect"] and "fulfilment=backordered" in answer["HX-Redirect"]
    opened = manager.get("/orders/")  # it opens with the view
    assert opened.status_code == 302 and f"view={view.pk}" in opened["Location"]
    assert len(numbers(manager.get(opened["Location"]))) == 1
    assert len(numbers(manager.get("/orders/?view=all"))) == 2
    other = browse("sales-clerk")  # shared: others have it as a tab, and its count
    assert "Missing" in other.get("/orders/").content.decode()
    assert other.get("/lists/orders/counts/").json()[f"view-{view.pk}"] == "1"
    assert other.post(f"/lists/orders/views/{view.pk}/remove/").status_code == 403
    assert manager.post(f"/lists/orders/views/{view.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()
    assert Event.objects.filter(name="views.view.removed").exists()
    # Once more from another tab: it is gone, which is what was wanted.
    again = manager.post(f"/lists/orders/views/{view.pk}/remove/", follow=True)
    assert again.status_code == 200 and "This view is gone already." in again.content.decode()
    assert Event.objects.filter(name="views.view.removed").count() == 1


def test_a_shared_view_that_a_colleague_changed_is_not_written_over_unseen(browse: Callable[..., Client]) -> None:
    one, two = browse("sales-manager"), browse("sales-manager", username="lin")
    send(one, "/lists/orders/views/new/?hold=1", name="Ours", shared="on")
    view = SavedView.objects.get()
    path = f"/lists/orders/views/{view.pk}/"
    older = {name: field(one.get(f"{path}?hold=1&view={view.pk}"), name) for name in ("token", "version")}
    theirs = f"{path}?fulfilment=backordered&view={view.pk}"
    current = field(two.get(theirs), "version")
    assert send(two, theirs, name="Ours", shared="on", version=current).status_code == 204
    mine = {"name": "Ours and mine", "shared": "on"}
    refused = one.post(f"{path}?hold=1&view={view.pk}", {**older, **mine}, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "changed by somebody else" in refused.content.decode()
    view.refresh_from_db()
    assert (view.name, view.filters) == ("Ours", {"fulfilment": "backordered"})
    again = {**older, **mine, "version": field(refused, "version")}
    assert one.post(f"{path}?hold=1&view={view.pk}", again, headers={"HX-Request": "true"}).status_code == 204


def test_own_views_are_nobody_elses_and_names_are_not_used_twice(browse: Callable[..., Client]) -> None:
    clerk = browse("sales-clerk")
    assert send(clerk, "/lists/orders/views/new/?hold=1", name="Mine", shared="on").status_code == 204
    view = SavedView.objects.get()
    assert not view.shared  # a clerk may not share
    assert "Mine" not in browse("viewer").get("/orders/").content.decode()
    again = send(clerk, "/lists/orders/views/new/?hold=1", name="Mine")
    assert again.status_code == 422 and "already have a view" in again.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?view=all",
        "?fulfilment=waiting",
        "?payment=open",
        "?state=sold&sort=placed",
        "?q=C1",
        "?late=1",
        "?hold=1",
        "?state=draft",
    ],
)
def test_an_export_has_the_rows_of_the_list_in_its_order(owner: Client, place: Callable[..., int], query: str) -> None:
    for count in range(1, 9):
        order_id = place(CUP=count, external_id=f"=1+{count}")
        if count % 3 == 0:
            send(owner, f"/orders/{order_id}/hold/", kind="address", reason="why")
    shown = numbers(owner.get(f"/orders/{query}"))
    rows = table(owner, query + "&columns=number,external,total")
    assert [row["Number"] for row in rows] == shown
    assert all(row["External number"].startswith("'=1+") for row in rows)  # never a formula
    totals = dict(Order.objects.values_list("number", "total_amount"))
    assert all(float(row["Total"]) == float(totals[row["Number"]]) for row in rows)
    assert all(row["Currency"] == "CNY" for row in rows)  # an amount never goes without it


def test_every_format_tells_the_same(owner: Client, place: Callable[..., int]) -> None:
    from arro3.io import read_parquet
    from openpyxl import load_workbook

    place(CUP=2)
    place(POT=1)
    columns = "?columns=number,placed,customer,status,total,hold"
    sheet = load_workbook(io.BytesIO(exported(owner, columns, "xlsx"))).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    names = [row["Number"] for row in table(owner, columns)]
    assert [line[0] for line in lines[1:]] == names and lines[0][:2] == ("Number", "Placed")
    assert [float(line[4]) for line in lines[1:]] == [90.0, 40.0]
    data = read_parquet(exported(owner, columns, "parquet")).read_all()
    assert data.column("number").to_pylist() == names
    assert [str(value) for value in data.column("total").to_pylist()] == ["90.000000", "40.000000"]
    assert data.column("hold").to_pylist() == [False, False]
    assert Event.objects.filter(name="views.list.exported").count() == 3


def test_an_export_speaks_the_language_of_its_reader(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    place(CUP=2)
    row = table(browse("sales-clerk", language="zh-hans"), "?columns=number,status,payment")[0]
    assert row["状况"] == "已预留" and row["收款"] == "未付款"


def test_personal_data_is_exported_only_by_those_who_may_see_it(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    place(CUP=1)
    assert table(browse("sales-clerk"), "?columns=number,phone")[0]["Phone"] == "13812345678"
    assert "Phone" not in table(browse("viewer"), "?columns=number,phone")[0]


def test_an_export_belongs_to_who_asked_for_it(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    place(CUP=1)
    exported(browse("sales-clerk"), "?view=all")
    export = Export.objects.get()
    assert browse("administrator").get(f"/lists/exports/{export.pk}/file/").status_code == 404


@pytest.mark.parametrize(("fields", "said"), [({"history": True}, "History"), ({}, "Unpaid")])
def test_an_export_says_of_the_payment_what_the_list_says(
    owner: Client, place: Callable[..., int], fields: dict[str, Any], said: str
) -> None:
    Order.objects.filter(pk=place(CUP=1)).update(**fields)
    assert re.search(rf"badge[^>]*>[^<]*(<[^>]*>)*\s*{said}", owner.get("/orders/?view=all").content.decode())
    answer = send(owner, "/lists/orders/export/?view=all&columns=number,payment", format="csv")
    (row,) = list(csv.reader(io.StringIO(body(owner.get(answer["HX-Redirect"])).decode("utf-8-sig"))))[1:]
    assert row[1] == said


def test_many_rows_are_exported_by_a_worker_and_the_tray_follows(
    owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from orderwell.platform.jobs.tasks import run_next_task
    from orderwell.platform.views.services import exports

    monkeypatch.setattr(exports, "AT_ONCE", 1)
    place(CUP=1)
    place(CUP=2)
    answer = send(owner, "/lists/orders/export/?view=all", format="csv")
    address = answer["HX-Redirect"]
    assert re.fullmatch(r"/lists/exports/\d+/", address)
    assert "waits for a worker" in owner.get("/progress/").content.decode()
    assert run_next_task("test")
    tray = owner.get("/progress/").content.decode()
    assert f"{address}file/" in tray and "Done · 2 ·" in tray
    assert "Download" in owner.get(address).content.decode()
    assert len(body(owner.get(f"{address}file/")).splitlines()) == 3
    seen = re.search(r"/progress/\d+/seen/", tray)
    assert seen and address not in owner.post(seen[0]).content.decode()


def test_a_bulk_action_gives_each_row_its_verdict_and_retries_the_refused(
    owner: Client, place: Callable[..., int]
) -> None:
    good, cancelled, held = place(CUP=1), place(CUP=1), place(CUP=1)
    send(owner, f"/orders/{held}/hold/", kind="address", reason="first")
    send(owner, f"/lists/orders/act/cancel/?id={cancelled}", reason="not wanted")
    query = urlencode({"id": [good, cancelled, held]}, doseq=True)
    answer = send(owner, f"/lists/orders/act/hold/?{query}", kind="address", reason="check").content.decode()
    run = BulkRun.objects.latest("pk")
    assert [item["outcome"] for item in run.verdicts] == ["done", "refused", "unchanged"]
    number = Order.objects.get(pk=cancelled).number
    assert number in answer and "cancelled" in answer.lower()
    assert "Those that are unchanged were so already." in answer
    assert "Try the refused again" not in answer  # a cancelled order stays cancelled
    again = owner.post(f"/lists/runs/{run.pk}/retry/", {"token": "t1"}, headers={"HX-Request": "true"})
    assert again.status_code == 200
    assert BulkRun.objects.latest("pk").ids == [cancelled]  # only what failed
    undone = owner.post(f"/lists/runs/{run.pk}/undo/", {"token": "t2"}, headers={"HX-Request": "true"})
    assert undone.status_code == 200
    assert not Hold.objects.filter(order=good, released_at=None).exists()
    assert Hold.objects.filter(order=held, released_at=None).exists()  # it was not this run that held it
    twice = owner.post(f"/lists/runs/{run.pk}/undo/", {"token": "t3"}, headers={"HX-Request": "true"})
    assert twice.status_code == 422


def test_a_bulk_action_sent_twice_happens_once(owner: Client, place: Callable[..., int]) -> None:
    path = f"/lists/orders/act/priority/?id={place(CUP=1)}"
    for _ in range(2):
        assert owner.post(path, {"token": "same", "priority": "5"}).status_code == 200
    assert BulkRun.objects.count() == 1


def test_all_that_match_means_all_and_stops_at_a_limit(
    owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from orderwell.web.lists import bulk

    for _ in range(4):
        place(CUP=1)
    send(owner, "/lists/orders/act/priority/?all=1&fulfilment=reserved", priority="7")
    assert set(Order.objects.values_list("priority", flat=True)) == {7}
    monkeypatch.setattr(bulk, "MOST_ROWS", 3)
    refused = send(owner, "/lists/orders/act/priority/?all=1&fulfilment=reserved", priority="9")
    assert refused.status_code == 422
    assert set(Order.objects.values_list("priority", flat=True)) == {7}


def test_a_run_of_many_rows_goes_on_where_its_worker_died(owner: Client, place: Callable[..., int]) -> None:
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.views.services import bulk as service

    ids = [place(CUP=1) for _ in range(3)]
    send(owner, f"/lists/orders/act/priority/?id={ids[0]}", priority="3")
    run = BulkRun.objects.get()
    run.ids, run.finished_at = ids, None
    run.save()
    service.perform_run(run_id=run.pk, actor=system_actor())
    run.refresh_from_db()
    assert [item["id"] for item in run.verdicts] == ids
    assert list(Order.objects.order_by("pk").values_list("priority", flat=True)) == [3, 3, 3]


def test_pages_go_back_as_they_went_forward(owner: Client, place: Callable[..., int]) -> None:
    for _ in range(120):
        place(CUP=1)
    first = owner.get("/orders/")
    second = owner.get("/orders/" + _link(first, "next"))
    third = owner.get("/orders/" + _link(second, "next"))
    assert len(numbers(third)) == 20
    assert numbers(owner.get("/orders/" + _link(third, "prev"))) == numbers(second)
    back = owner.get("/orders/" + _link(second, "prev"))
    assert numbers(back) == numbers(first) and 'rel="prev"' not in back.content.decode()


def _link(page: Any, rel: str) -> str:
    found = re.search(rf'href="(\?[^"]+)" rel="{rel}"', flat(page.content.decode()))
    assert found
    return found[1].replace("&amp;", "&")


def test_what_is_kept_of_a_list_follows_its_choices_and_its_reader(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    place(CUP=1)
    tag = Tag.objects.create(name="Old name")
    page = flat(owner.get("/orders/").content.decode())
    assert '<option value="Old name">Old name</option>' in page and 'data-act="/lists/orders/act/hold/"' in page
    Tag.objects.filter(pk=tag.pk).update(name="New name")
    page = flat(owner.get("/orders/").content.decode())
    assert '<option value="New name">New name</option>' in page and "Old name" not in page
    chosen = flat(owner.get("/orders/?tag=New+name").content.decode())
    assert '<option value="New name" selected>New name</option>' in chosen
    seen = flat(browse("viewer").get("/orders/").content.decode())
    assert 'data-act="/lists/orders/act/hold/"' not in seen  # whoever may not hold orders has no button for it
    chinese = browse("sales-manager", language="zh-hans").get("/orders/").content.decode()
    assert "导出" in chinese and ">Export<" not in chinese


def test_a_row_is_looked_at_without_leaving_the_list(owner: Client, place: Callable[..., int]) -> None:
    shown = owner.get(f"/lists/orders/quick/{place(CUP=3)}/").content.decode()
    assert "CUP" in shown and "<html" not in shown
    assert owner.get("/lists/orders/quick/999/").status_code == 404
    assert owner.get("/lists/orders/quick/x-y/").status_code == 404


def test_nothing_at_all_and_nothing_that_matches_are_told_apart(owner: Client, place: Callable[..., int]) -> None:
    assert "No orders yet" in owner.get("/orders/").content.decode()
    place(CUP=1)
    assert "Nothing matches" in owner.get("/orders/?hold=1").content.decode()


def test_a_bulk_action_without_a_ticked_row_says_what_to_do_and_has_no_button(
    owner: Client, place: Callable[..., int]
) -> None:
    page = flat(owner.get("/lists/orders/act/hold/").content.decode())
    assert "No row is ticked." in page and "data-busy" not in page and 'name="reason"' not in page
    page = flat(owner.get(f"/lists/orders/act/hold/?id={place(CUP=1)}").content.decode())
    assert "No row is ticked." not in page and "data-busy" in page and 'name="reason"' in page


def test_an_export_on_a_full_disk_leaves_nothing_and_says_why(
    browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from orderwell.platform.views.services import exports

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    client = browse("administrator")
    client.raise_request_exception = False
    monkeypatch.setattr(exports, "write", full)
    answer = client.post("/lists/orders/export/?view=all", {"token": "t", "format": "csv"})
    assert answer.status_code == 503 and "The disk is full." in answer.content.decode()
    assert Export.objects.get().state == "failed"


def test_an_issued_invoice_whose_file_is_lost_says_what_to_bring_back(owner: Client, place: Callable[..., int]) -> None:
    from pathlib import Path

    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.printing.models import IssuedDocument
    from orderwell.testing.actors import owner as boss

    invoice = issue_invoice(order_id=place(CUP=1), actor=boss(), now=utc_now())
    path = f"/lists/invoices/print/invoice/?id={invoice.pk}"
    assert body(owner.get(path)).startswith(b"%PDF")
    Path(IssuedDocument.objects.get().file.path).unlink()
    owner.raise_request_exception = False
    answer = owner.get(path)
    assert answer.status_code == 503 and "bring the folder back from the backup" in body(answer).decode()
    assert IssuedDocument.objects.count() == 1  # what was issued is never made anew
