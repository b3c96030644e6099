"""Notes and files on the page of an order: changed and taken away by their author, looked at where they are."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.orders.models import Attachment, OrderNote
from orderwell.domains.orders.services.note import add_attachment
from orderwell.kernel.clock import utc_now
from orderwell.platform.events.models import Event
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from tests.web.conftest import Company
from tests.web.test_orders import HTMX, send, token

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def order(company: Company, place: Callable[..., int]) -> int:
    return place(CUP=1)


def undo(client: Client, order: int) -> Any:
    """Press the button of the toast on the order page."""
    page = html.unescape(client.get(f"/orders/{order}/").content.decode())
    found = re.search(r'name="token" value="([^"]+)"[^<]*>\s*(?:<[^>]*>\s*)*<button[^>]*>[^<]*Undo', page) or re.search(
        r'action="/undo/".*?name="token" value="([^"]+)"', page, re.DOTALL
    )
    assert found
    return client.post("/undo/", {"token": found[1]}, headers=HTMX)


def note_of(order: int) -> OrderNote:
    return OrderNote.objects.get(order=order)


def test_the_author_changes_a_note_and_the_timeline_keeps_what_it_said(owner: Client, order: int) -> None:
    send(owner, f"/orders/{order}/note/", body="call before noon")
    path = f"/orders/{order}/notes/{note_of(order).pk}/"
    form = owner.get(path).content.decode()
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version and ">call before noon</textarea>" in form.replace("\n", "")
    answer = send(owner, path, body="call after noon", version=version[1])
    assert answer.status_code == 204
    note = note_of(order)
    assert (note.body, note.before, note.version) == ("call after noon", "call before noon", 2)
    event = Event.objects.get(name="orders.note.changed")
    assert event.data["changes"] == {"note": ["call before noon", "call after noon"]}
    page = owner.get(f"/orders/{order}/").content.decode()
    assert "Note changed" in page and "call before noon" in page


def test_a_note_changed_in_another_window_is_not_overwritten(owner: Client, order: int) -> None:
    send(owner, f"/orders/{order}/note/", body="one")
    path = f"/orders/{order}/notes/{note_of(order).pk}/"
    send(owner, path, body="two", version="1")
    assert send(owner, path, body="three", version="1").status_code == 422
    assert note_of(order).body == "two"


def test_a_change_and_a_taking_away_are_undone(owner: Client, order: int) -> None:
    send(owner, f"/orders/{order}/note/", body="one")
    owner.get(f"/orders/{order}/")
    path = f"/orders/{order}/notes/{note_of(order).pk}/"
    send(owner, path, body="two", version="1")
    undo(owner, order)
    assert note_of(order).body == "one"
    owner.get(f"/orders/{order}/")
    owner.post(f"{path}drop/", headers=HTMX)
    assert note_of(order).removed_at is not None
    undo(owner, order)
    assert note_of(order).removed_at is None
    assert [name for name in Event.objects.order_by("pk").values_list("name", flat=True) if ".note." in name] == [
        *("orders.note.added", "orders.note.changed", "orders.note.changed"),
        *("orders.note.removed", "orders.note.restored"),
    ]


def test_nobody_changes_the_note_of_another(owner: Client, browse: Callable[..., Client], order: int) -> None:
    send(owner, f"/orders/{order}/note/", body="mine")
    path = f"/orders/{order}/notes/{note_of(order).pk}/"
    clerk = browse("sales-clerk")
    assert path not in clerk.get(f"/orders/{order}/").content.decode()
    assert clerk.post(path, {"token": token(clerk, path), "body": "x", "version": "1"}, headers=HTMX).status_code == 422
    assert clerk.post(f"{path}drop/").status_code == 422
    assert note_of(order).body == "mine" and note_of(order).removed_at is None
    assert owner.get(f"/orders/{order + 1}/notes/{note_of(order).pk}/").status_code == 404


def attached(order: int, name: str, kind: str, content: bytes) -> Attachment:
    return add_attachment(
        order_id=order, name=name, content=content, content_type=kind, actor=the_owner(), now=utc_now()
    )


def test_images_and_papers_are_looked_at_in_the_page_and_nothing_else_is(owner: Client, order: int) -> None:
    image = attached(order, "door.png", "image/png", PNG)
    paper = attached(order, "offer.pdf", "application/pdf", b"%PDF-1.4")
    script = attached(order, "page.html", "text/html", b"<script>alert(1)</script>")
    page = owner.get(f"/orders/{order}/")
    assert (
        "frame-src 'self'" in page["Content-Security-Policy"] and "script-src 'self'" in page["Content-Security-Policy"]
    )

    def address(file: Attachment, more: str = "") -> str:
        return f"/orders/{order}/files/{file.pk}/{more}"

    assert f'<img class="file-large" src="{address(image)}"' in owner.get(address(image, "show/")).content.decode()
    assert (
        f'<iframe class="file-page" src="{address(paper)}?inside"'
        in owner.get(address(paper, "show/")).content.decode()
    )
    said = owner.get(address(script, "show/")).content.decode()
    assert "iframe" not in said and "download it" in said
    assert address(script, "show/") not in page.content.decode()

    inside = owner.get(address(paper, "?inside"))
    assert inside["X-Frame-Options"] == "SAMEORIGIN" and inside["Content-Type"] == "application/pdf"
    assert "frame-ancestors 'self'" in inside["Content-Security-Policy"]
    assert inside["X-Content-Type-Options"] == "nosniff"
    for file in (image, paper, script):
        assert owner.get(address(file))["Content-Security-Policy"] == "default-src 'none'; sandbox"
    kept = owner.get(address(script, "?inside"))
    assert (
        kept["Content-Disposition"].startswith("attachment")
        and "frame-ancestors" not in kept["Content-Security-Policy"]
    )


def test_a_long_note_shows_its_beginning(owner: Client, order: int) -> None:
    send(owner, f"/orders/{order}/note/", body="line\n" * 40)
    assert '<details class="long-text">' in owner.get(f"/orders/{order}/").content.decode()


def test_the_papers_that_there_are_stand_among_the_files_with_their_links(
    owner: Client, browse: Callable[..., Client], order: int
) -> None:
    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.domains.fulfilment.services.ship import ship
    from orderwell.domains.orders.models import Order

    def files(client: Client) -> str:
        page = flat(html.unescape(client.get(f"/orders/{order}/").content.decode()))
        return page[page.index('id="files"') :]

    number = Order.objects.get(pk=order).number
    assert f'href="/print/order-confirmation/?ids={order}"' in files(owner)
    assert f"Order confirmation {number}" in files(owner)
    assert "/print/invoice/" not in files(owner) and "/print/delivery-note/" not in files(owner)
    shipment = ship(order_id=order, actor=the_owner(), now=utc_now())[0]
    invoice = issue_invoice(order_id=order, actor=the_owner(), now=utc_now())
    for kind, title, row in (("invoice", "Invoice", invoice), ("delivery-note", "Delivery note", shipment)):
        assert f'href="/print/{kind}/?ids={row.pk}"' in files(owner)
        assert f"{title} {row.number}" in files(owner)
    # Nothing is offered that its reader may not open.
    worker = files(browse("warehouse-worker"))
    assert "/print/delivery-note/" in worker and "/print/invoice/" not in worker


def test_a_note_without_an_author_says_so(owner: Client, order: int) -> None:
    OrderNote.objects.create(order_id=order, body="from long ago", author_label="", created_at=utc_now())
    assert "unknown (before authors were kept)" in owner.get(f"/orders/{order}/").content.decode()
