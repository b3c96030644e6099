"""A case at which two people work at once, and the questions of colleagues."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.test_cases import asked
from tests.web.test_public import send, visitor

Browse = Callable[..., Client]
Place = Callable[..., int]


def form_of(client: Client, path: str) -> dict[str, str]:
    """What the hidden fields of a page hold."""
    page = client.get(path).content.decode()
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def test_two_answers_at_once_do_not_both_go_out_unseen(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Message

    one, other = browse("sales-clerk"), browse("sales-manager")
    case = asked(place(CUP=1))
    page = f"/cases/{case.pk}/"
    first, second = form_of(one, page), form_of(other, page)
    assert one.post(f"{page}write/", {**first, "body": "Tomorrow.", "as": "reply"}).status_code == 302
    refused = other.post(f"{page}write/", {**second, "body": "It is lost.", "as": "reply"})
    text = refused.content.decode()
    assert refused.status_code == 422 and "Tomorrow." in text and "It is lost." in text
    assert "sales-clerk has written here meanwhile." in text
    again = dict(re.findall(r'<input type="hidden" name="(token|seen)" value="([^"]*)"', text))
    assert other.post(f"{page}write/", {**again, "body": "It is lost.", "as": "reply"}).status_code == 302
    assert Message.objects.count() == 3


def test_two_who_change_a_case_lose_nothing(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Case

    one, other, order = browse("sales-clerk"), browse("sales-manager"), place(CUP=1)
    path = f"/cases/{asked(order).pk}/change/"
    first, second = form_of(one, path), form_of(other, path)
    same = {"assignee": "", "priority": 50, "due_on": "", "subject": ""}
    assert one.post(path, {**first, **same, "priority": 10}).status_code == 302
    case = Case.objects.get()
    send(visitor(order), "/track/order/ask/", body="Hello?", case=case.pk)
    assert other.post(path, {**second, **same, "subject": "Parcel"}).status_code == 302
    case = Case.objects.get()
    assert (case.priority, case.subject) == (10, "Parcel")
    third = other.post(path, {**second, **same, "token": "t", "priority": 90})
    assert third.status_code == 422 and "while you were typing" in third.content.decode()
    assert Case.objects.get().priority == 10


def test_only_those_who_can_open_a_case_are_offered_for_it(browse: Browse, place: Place) -> None:
    from orderwell.domains.cases.models import Case

    admin, wei, _clerk = browse("administrator"), browse(username="wei"), browse("sales-clerk")
    wei.post("/ask/", {"token": "a", "subject": "Printer", "body": "No paper"})
    case = Case.objects.get()
    page = admin.get(f"/cases/{case.pk}/change/").content.decode()
    assert '<option value="administrator"' in page and '<option value="sales-clerk"' not in page
    values: dict[str, Any] = {**form_of(admin, f"/cases/{case.pk}/change/"), "subject": "Printer", "priority": 50}
    assert admin.post(f"/cases/{case.pk}/change/", {**values, "assignee": "sales-clerk"}).status_code == 422
    about = admin.get("/cases/new/").content.decode()
    assert '<option value="sales-clerk"' in about and '<option value="wei"' not in about


def test_a_question_to_the_administrators_brings_a_picture_along(browse: Browse) -> None:
    from orderwell.domains.cases.models import Case

    asker, other = browse("warehouse-worker", username="wei"), browse("sales-manager")
    page = asker.get("/ask/").content.decode()
    assert 'type="file"' in page and 'enctype="multipart/form-data"' in page
    picture = SimpleUploadedFile("screen.png", b"\x89PNG", "image/png")
    values = {"token": "a", "subject": "Printer", "body": "No paper"}
    assert asker.post("/ask/", {**values, "file": picture}).status_code == 302
    case = Case.objects.get()
    file = case.messages.get().files.get()
    assert asker.get(f"/cases/{case.pk}/files/{file.pk}/").status_code == 200
    assert other.get(f"/cases/{case.pk}/files/{file.pk}/").status_code == 404
    empty = SimpleUploadedFile("nothing.png", b"", "image/png")
    assert asker.post("/ask/", {**values, "token": "b", "file": empty}).status_code == 422
    assert Case.objects.count() == 1
