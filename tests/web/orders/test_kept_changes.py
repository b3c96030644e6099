"""Drafts over a stored order: kept, offered when the same form is opened again, gone once it is saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.quote import confirm_quote
from orderwell.kernel.clock import utc_now
from orderwell.platform.drafts.models import Draft
from orderwell.testing.markup import flat
from tests.web.conftest import Company
from tests.web.orders.test_quote_merging import WRITER, quote, write_as_another
from tests.web.sent import sent_by
from tests.web.test_order_change import HTMX, change, fields, seen_in

pytestmark = pytest.mark.django_db
__all__ = ["quote"]
OFFERED = "What you typed here before"


@pytest.fixture
def opened(owner: Client, place: Callable[..., int]) -> tuple[str, dict[str, str], OrderLine]:
    order_id = place(CUP=5)
    path = f"/orders/{order_id}/change/"
    return path, fields(owner, path), OrderLine.objects.get(order_id=order_id)


def keep(client: Client, path: str, content: dict[str, Any], key: str = "k1", version: int = 0) -> Any:
    sent = {"key": key, "version": str(version), "content": json.dumps({"begun": True, **content})}
    return client.post(f"{path}draft/", sent)


def typed(values: dict[str, str], **more: str) -> dict[str, Any]:
    own = ("token", "draft", "draft_version", "draft_page", "draft_step")
    return {"typed": [[name, value] for name, value in {**values, **more}.items() if name not in own]}


def of_quote(client: Client, path: str, quantity: str, **more: str) -> dict[str, Any]:
    sent = {name: value for name, value in sent_by(client.get(path).content.decode()).items() if value != [""]}
    rows = [[sku, "", count, "", ""] for sku, count in zip(sent["line_sku"], [quantity, "1"], strict=True)]
    names = [name for name in sent if not name.startswith("line_") and not name.startswith("draft")]
    return {"title": "", "fields": {name: sent[name] for name in names} | more, "rows": rows}


def page_of(answer: Any) -> str:
    return unescape(flat(answer.content.decode()))


def test_a_change_is_offered_again_and_goes_on_where_it_was(
    owner: Client, browse: Callable[..., Client], opened: Any
) -> None:
    path, values, line = opened
    content = typed(values, **{f"q-{line.pk}": "8", "reason": "wants more"})
    assert keep(owner, path, content).json() == {"version": 1, "finished": False}
    page = page_of(owner.get(path))
    assert OFFERED in page and 'href="?draft=k1"' in page and 'value="8"' not in page
    again = page_of(owner.get(f"{path}?draft=k1"))
    assert 'value="8"' in again and 'value="wants more"' in again and 'name="draft" value="k1"' in again
    assert OFFERED not in again and "was changed after you began" not in again
    # It is nobody else's, of no other order, and not among the new orders.
    other = browse("sales-clerk")
    assert OFFERED not in page_of(other.get(path)) and "wants more" not in page_of(other.get(f"{path}?draft=k1"))
    assert "?draft=" not in page_of(owner.get("/orders/new/"))


def test_it_is_gone_once_the_change_is_made_or_it_is_thrown_away(owner: Client, opened: Any) -> None:
    path, values, line = opened
    content = typed(values, **{f"q-{line.pk}": "8"})
    keep(owner, path, content)
    assert change(owner, path, values | {f"q-{line.pk}": "8", "draft": "k1", "draft_version": "1"}).status_code == 302
    assert OFFERED not in page_of(owner.get(path))
    assert keep(owner, path, content, version=1).json()["finished"] is True
    keep(owner, path, content, key="k2")
    answer = owner.post(f"{path}draft/discard/", {"key": "k2"})
    assert answer.status_code == 302 and answer["Location"] == path
    assert OFFERED not in page_of(owner.get(path))
    gone = page_of(owner.get(f"{path}?draft=k2"))
    assert "not there any more" in gone and 'id="order-change"' in gone
    assert set(Draft.objects.filter(kind__startswith="change:").values_list("finished", flat=True)) == {True}


def test_the_same_change_sent_twice_is_one_whatever_was_kept_in_between(owner: Client, opened: Any) -> None:
    path, values, line = opened
    sent = values | {f"q-{line.pk}": "8", "draft": "k1", "draft_version": "1"}
    seen = seen_in(owner.post(f"{path}preview/", sent, headers=HTMX))
    assert owner.post(path, sent | {"seen": seen}).status_code == 302
    # The answer was lost, and the page had kept its draft once more.
    again = sent | {"seen": seen, "draft_version": "2", "draft_step": "2", "draft_page": "p"}
    assert "taken once already" not in page_of(owner.post(path, again, follow=True))


def test_an_order_that_was_changed_meanwhile_says_so_and_shows_what_was_typed(owner: Client, opened: Any) -> None:
    path, values, line = opened
    keep(owner, path, typed(values, **{f"q-{line.pk}": "8", "shipping": "12"}))
    assert change(owner, path, fields(owner, path) | {f"q-{line.pk}": "6", "note": "ring first"}).status_code == 302
    assert "The order was changed meanwhile" in page_of(owner.get(path))
    answer = owner.get(f"{path}?draft=k1")
    page = page_of(answer)
    assert answer.status_code == 200 and "was changed after you began to type" in page
    # Both quantities to choose from, the other's note, my shipping.
    assert 'value="8"' in page and f'data-take="q-{line.pk}"' in page
    assert "ring first" in page and 'name="shipping" value="12"' in page
    mine = fields(owner, f"{path}?draft=k1")
    assert change(owner, path, mine).status_code == 302
    now = Order.objects.get(pk=line.order_id)
    assert (now.lines.get(pk=line.pk).quantity, now.note) == (8, "ring first")


def test_what_was_refused_is_kept_as_it_was_sent(owner: Client, opened: Any) -> None:
    path, values, line = opened
    sent = values | {f"q-{line.pk}": "many", "note": "the last words", "draft": "k1", "draft_version": "0"}
    answer = owner.post(path, sent)
    assert answer.status_code == 422 and 'name="draft_version" value="1"' in page_of(answer)
    again = page_of(owner.get(f"{path}?draft=k1"))
    assert 'value="many"' in again and "the last words" in again


def test_a_change_of_an_order_that_was_cancelled_is_shown_to_copy_from(
    owner: Client, opened: Any, company: Company
) -> None:
    path, values, line = opened
    keep(owner, path, typed(values, **{f"q-{line.pk}": "8", "note": "typed before"}))
    cancel_units(order_id=line.order_id, lines=None, reason="no longer wanted", actor=WRITER, now=utc_now())
    answer = owner.get(path, follow=True)
    page = page_of(answer)
    assert answer.status_code == 200 and "was cancelled meanwhile" in page and "typed before" in page
    # Looked at twice it is one unfinished order.
    owner.get(path, follow=True)
    assert Draft.objects.filter(kind="order", finished=False).count() == 1


def test_a_quote_is_offered_again_and_saved_from_its_draft(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    assert keep(owner, path, of_quote(owner, path, "9", note="typed before")).json()["version"] == 1
    assert 'href="?draft=k1"' in page_of(owner.get(path))
    answer = owner.get(f"{path}?draft=k1")
    page = page_of(answer)
    assert answer.status_code == 200 and "typed before" in page and 'name="draft" value="k1"' in page
    assert "was changed after you began" not in page and "is-invalid" not in page
    sent = sent_by(answer.content.decode())
    assert sent["line_quantity"] == ["9", "1"]
    assert owner.post(path, sent).status_code == 302
    now = Order.objects.get(pk=quote.pk)
    assert (now.lines.get(sku="CUP").quantity, now.note) == (9, "typed before")
    assert OFFERED not in page_of(owner.get(path))


def test_a_quote_that_was_changed_meanwhile_merges_with_what_was_typed(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    keep(owner, path, of_quote(owner, path, "9", note="mine"))
    write_as_another(quote, note="theirs")
    page = page_of(owner.get(f"{path}?draft=k1"))
    assert "was changed after you began to type" in page and "Carl Clerk" in page
    assert "theirs: theirs" in page and 'value="9"' in page and "mine" in page


def test_a_quote_that_was_confirmed_meanwhile_goes_on_as_a_change(owner: Client, quote: Order) -> None:
    path = f"/orders/{quote.pk}/edit/"
    keep(owner, path, of_quote(owner, path, "9"))
    confirm_quote(order_id=quote.pk, actor=WRITER, now=utc_now())
    answer = owner.get(path, follow=True)
    page = page_of(answer)
    assert answer.status_code == 200 and f'action="/orders/{quote.pk}/change/"' in page
    assert "while you were typing: it is an order now" in page and 'value="9"' in page


@pytest.mark.parametrize("content", ["", "[]", '{"typed": 5}', '{"typed": [[1], "x", [null, {}]]}', '{"fields": []}'])
@pytest.mark.parametrize("form", ["change", "edit"])
def test_what_is_no_draft_is_refused_or_shown_empty(
    owner: Client, opened: Any, quote: Order, content: str, form: str
) -> None:
    path = opened[0] if form == "change" else f"/orders/{quote.pk}/edit/"
    answer = owner.post(f"{path}draft/", {"key": "k1", "version": "0", "content": content})
    assert answer.status_code == (400 if content in ("", "[]") else 200)
    assert owner.get(f"{path}?draft=k1").status_code == 200
    assert owner.post("/orders/999999/change/draft/", {"key": "k", "content": "{}"}).status_code == 404
