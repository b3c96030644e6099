"""Cases, tasks, mentions and ratings on the screen of the staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.web.test_public import arrive, number_of, send, visitor

Browse = Callable[..., Client]
Place = Callable[..., int]


def asked(order: int) -> Any:
    from orderwell.domains.cases.models import Case

    send(visitor(order), "/track/order/ask/", body="Where is it?")
    return Case.objects.latest("pk")


def test_a_case_goes_from_the_inbox_to_closed(browse: Browse, place: Place) -> None:
    client, order = browse("sales-clerk"), place(CUP=1)
    case = asked(order)
    page = client.get("/cases/").content.decode()
    assert case.number in page and number_of(order) in page
    assert case.number not in client.get("/cases/?box=mine").content.decode()
    change = {"token": "a", "version": 1, "assignee": "sales-clerk", "priority": 10, "due_on": "2031-01-01"}
    assert client.post(f"/cases/{case.pk}/change/", change).status_code == 302
    assert client.post(f"/cases/{case.pk}/change/", {**change, "token": "b", "priority": 90}).status_code == 422
    assert case.number in client.get("/cases/?box=mine").content.decode()
    assert client.post(f"/cases/{case.pk}/close/", {"token": "c"}).status_code == 302
    row = f'data-href="/cases/{case.pk}/"'
    assert row not in client.get("/cases/").content.decode()
    assert row in client.get("/cases/?state=closed").content.decode()
    assert client.post(f"/cases/{case.pk}/reopen/").status_code == 302
    assert client.post(f"/cases/{case.pk}/write/", {"token": "d", "body": " ", "as": "reply"}).status_code == 422


def test_a_case_is_opened_from_an_order_and_stands_in_its_panel(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Case

    client, order = browse("sales-clerk"), place(CUP=1)
    values = {"token": "a", "kind": "complaint", "direction": "in", "body": "Too late", "subject": "Late"}
    for _ in range(2):
        answer = client.post(f"/cases/new/?order={order}", values)
        assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order}/")
    case = Case.objects.get()
    assert case.number in client.get(f"/orders/{order}/").content.decode()
    assert case.number in client.get(f"/customers/{case.customer_id}/").content.decode()
    for wrong in ("99999999", "x", "9" * 30):
        answer = client.post(f"/cases/new/?order={wrong}", {**values, "token": wrong})
        assert answer.status_code in {302, 404}
    assert Case.objects.filter(order=None).count() == 2


def test_without_an_order_an_answer_is_noted_and_not_sent(browse: Browse) -> None:
    from orderwell.domains.cases.models import Case

    client = browse("sales-clerk")
    client.post("/cases/new/", {"token": "a", "kind": "question", "direction": "in", "body": "By telephone"})
    page = f"/cases/{Case.objects.get().pk}/"
    assert "Note our answer" in client.get(page).content.decode()
    client.post(f"{page}write/", {"token": "b", "body": "Told her so", "as": "reply"})
    said = client.get(page).content.decode()
    assert "Answer noted." in said and "Answer sent." not in said


def test_a_return_request_becomes_a_return(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Case
    from orderwell.domains.fulfilment.models import Return
    from orderwell.domains.orders.models import OrderLine

    order = place(CUP=2)
    arrive(order)
    line = OrderLine.objects.get(order_id=order)
    customer = visitor(order)
    send(customer, "/track/order/return/", reason="too small", **{f"line_{line.pk}": "2"})
    case = Case.objects.get()
    client = browse("sales-manager")
    assert "Goods came back" in client.get(f"/cases/{case.pk}/").content.decode()
    values = {"token": "a", "disposition": "scrap", "reason": "too small", "answer": "Done, thank you."}
    assert client.post(f"/cases/{case.pk}/return/", {**values, f"line_{line.pk}": "3"}).status_code == 422
    assert client.post(f"/cases/{case.pk}/return/", {**values, f"line_{line.pk}": "1"}).status_code == 302
    assert Return.objects.get().lines.get().quantity == 1
    page, back = client.get(f"/cases/{case.pk}/").content.decode(), Return.objects.get()
    assert f'<a href="/returns/{back.pk}/">{back.number}</a>' in page
    assert "No credit note has been issued for it yet." in page
    assert "Done, thank you." in customer.get("/track/order/").content.decode()
    assert client.post(f"/cases/{case.pk}/return/", {**values, "token": "b", f"line_{line.pk}": "1"}).status_code == 422


def test_tasks_and_mentions_wait_on_the_page_for_me(browse: Browse, place: Place) -> None:
    order = place(CUP=1)
    wei, client = browse("warehouse-worker", username="wei"), browse("sales-clerk")
    assert wei.get("/live/counters/").json()["for-me"] == ""
    values = {"token": "a", "text": "Look for the box", "assignee": "wei", "due_on": "2031-01-01"}
    late = client.post(f"/tasks/add/order/{order}/", {**values, "token": "late", "due_on": "2020-01-01"})
    assert late.status_code == 422 and "This day is over." in late.content.decode()
    assert client.post(f"/tasks/add/order/{order}/", values).status_code == 302
    assert wei.get("/live/counters/").json()["for-me"] == "1"
    page = wei.get("/for-me/").content.decode()
    assert "Look for the box" in page and number_of(order) in page
    from orderwell.domains.cases.models import Notice, Task

    task = Task.objects.get()
    answer = wei.post(f"/tasks/{task.pk}/done/", {"next": "//evil.example/"})
    assert answer["Location"] == "/"
    assert Task.objects.get().done_at is not None
    assert wei.post("/for-me/read/", {"notice": Notice.objects.get().pk}).status_code == 302
    assert wei.get("/live/counters/").json()["for-me"] == ""
    assert client.post("/tasks/add/nothing/1/", values).status_code == 404


def test_a_case_is_not_due_on_a_day_that_is_over(browse: Browse, place: Place) -> None:
    client, order = browse("sales-clerk"), place(CUP=1)
    path = f"/cases/new/?order={order}"
    values = {"kind": "question", "direction": "internal", "body": "Look", "assignee": ""}
    late = client.post(path, {**values, "token": "a", "due_on": "2020-01-01"})
    assert late.status_code == 422 and "This day is over." in late.content.decode()
    assert client.post(path, {**values, "token": "b", "due_on": "2031-01-01"}).status_code == 302
    from orderwell.domains.cases.models import Case

    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(due_at="2020-01-01T10:00:00Z")
    change = {"version": case.version, "assignee": "", "priority": 90}
    path = f"/cases/{case.pk}/change/"
    assert client.post(path, {**change, "token": "c", "due_on": "2020-01-02"}).status_code == 422
    assert client.post(path, {**change, "token": "d", "due_on": "2020-01-01"}).status_code == 302


def test_a_name_that_reaches_nobody_is_said(browse: Browse, place: Place) -> None:
    order, client = place(CUP=1), browse("sales-clerk")
    browse("warehouse-worker", username="wei")
    values = {"token": "a", "text": "@wei @nowhere have a look", "assignee": "", "due_on": ""}
    assert client.post(f"/tasks/add/order/{order}/", values).status_code == 302
    page = client.get(f"/orders/{order}/").content.decode()
    assert "Told: wei. No colleague is called @nowhere, or several are." in page


def test_colleagues_are_offered_for_what_is_typed_after_an_at_sign(browse: Browse, place: Place) -> None:
    order, client = place(CUP=1), browse("sales-clerk")
    browse("warehouse-worker", username="wei")
    assert client.get("/colleagues/?q=we").json() == {"people": [{"call": "wei", "name": "wei", "username": "wei"}]}
    assert client.get("/colleagues/?q=" + "x" * 300).json() == {"people": []}
    for path in (f"/tasks/add/order/{order}/", f"/orders/{order}/note/", "/cases/new/"):
        assert "data-mentions" in client.get(path).content.decode(), path


def test_nobody_reads_the_notices_of_another(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Notice

    order = place(CUP=1)
    browse("warehouse-worker", username="wei")
    client = browse("sales-clerk")
    client.post(f"/tasks/add/order/{order}/", {"token": "a", "text": "@wei secret plan"})
    notice = Notice.objects.get()
    client.post("/for-me/read/", {"notice": notice.pk})
    assert Notice.objects.get().read_at is None
    assert "secret plan" not in client.get("/for-me/").content.decode()


def test_anybody_asks_the_administrators(browse: Browse) -> None:
    from orderwell.domains.cases.models import Case

    asker, admin, other = browse(username="new"), browse("administrator"), browse("sales-manager")
    assert asker.post("/ask/", {"token": "a", "subject": "Printer", "body": "No paper"}).status_code == 302
    case = Case.objects.get()
    assert "Printer" in asker.get("/for-me/").content.decode()
    assert "No paper" in admin.get(f"/cases/{case.pk}/").content.decode()
    assert other.get(f"/cases/{case.pk}/").status_code == 404
    admin.post(f"/cases/{case.pk}/write/", {"token": "b", "body": "In the cupboard", "as": "reply"})
    assert "In the cupboard" in asker.get(f"/cases/{case.pk}/").content.decode()
    assert asker.post(f"/cases/{case.pk}/close/", {"token": "c"}).status_code == 403


def test_ratings_are_shown_where_they_count_and_can_be_hidden(browse: Browse, place: Place, company: Any) -> None:
    from orderwell.domains.cases.models import Rating

    order = place(CUP=1)
    arrive(order)
    send(visitor(order), "/track/order/rate/", score="2", comment="rude words")
    client = browse("sales-manager")
    for page in (f"/customers/{company.customer.pk}/", f"/products/{company.cup.product_id}/"):
        assert "2.0 of 5 from 1 rating" in client.get(page).content.decode(), page
    assert "2.0 of 5" not in client.get(f"/products/{company.pot.product_id}/").content.decode()
    rating = Rating.objects.get()
    quick = client.get(f"/lists/ratings/quick/{rating.pk}/").content.decode()
    assert "★★☆☆☆</span></h2>" in quick and quick.count("rude words") == 1
    assert client.post(f"/ratings/{rating.pk}/hide/", {"token": "a", "reason": ""}).status_code == 422
    assert client.post(f"/ratings/{rating.pk}/hide/", {"token": "b", "reason": "insult"}).status_code == 302
    assert "of 5 from" not in client.get(f"/products/{company.cup.product_id}/").content.decode()
    assert "insult" in client.get("/ratings/").content.decode()
    assert client.post(f"/ratings/{rating.pk}/show/").status_code == 302
    assert Rating.objects.get().hidden_at is None


def test_the_link_of_an_order_is_made_shown_and_taken_back(browse: Browse, place: Place) -> None:
    client, order = browse("sales-clerk"), place(CUP=1)
    path = f"/orders/{order}/customer-link/"
    assert "/track/o/" not in client.get(path).content.decode()
    page = client.post(path).content.decode()
    assert "/track/o/" in page and "data:image/svg+xml" in page
    assert client.post(path).content.decode().count("/track/o/") == page.count("/track/o/")
    assert client.post(f"{path}revoke/").status_code == 302
    assert "/track/o/" not in client.get(path).content.decode()
    assert browse("viewer").get(path).status_code == 403


def test_files_of_messages_are_served_without_power(browse: Browse, place: Place) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from orderwell.domains.cases.models import MessageFile

    client, case = browse("sales-clerk"), asked(place(CUP=1))
    file = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "text/html")
    values = {"token": "a", "body": "see file", "as": "internal", "file": file}
    assert client.post(f"/cases/{case.pk}/write/", values).status_code == 302
    kept = MessageFile.objects.get()
    answer = client.get(f"/cases/{case.pk}/files/{kept.pk}/")
    assert answer["Content-Disposition"].startswith("attachment") and "sandbox" in answer["Content-Security-Policy"]
    assert client.get(f"/cases/{case.pk}/files/{kept.pk + 1}/").status_code == 404


def test_a_clerk_begins_with_the_customers_who_wait_for_an_answer(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Case
    from orderwell.domains.cases.services.open_case import CaseDraft, open_case
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor

    place(CUP=1)
    for subject in ("Where is my cup?", "Broken handle"):
        open_case(draft=CaseDraft("question", "?", subject), actor=system_actor(), now=utc_now())
    Case.objects.filter(subject="Broken handle").update(state="waiting_for_customer")
    page = browse("sales-clerk").get("/").content.decode()
    section = page.split("Waiting for an answer", 1)[1].split("</section>")[0]
    assert "Where is my cup?" in section and "Broken handle" not in page
