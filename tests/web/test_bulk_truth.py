"""An action on many rows says how many were asked for, and what became of each, also where they changed in between."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.hold import place_hold
from orderwell.kernel.clock import utc_now
from orderwell.platform.views.models import BulkRun
from orderwell.testing.actors import owner as person
from orderwell.testing.markup import flat

HTMX = {"HX-Request": "true"}


def hold(order: int) -> None:
    place_hold(order_id=order, kind="address", reason="wrong street", actor=person(), now=utc_now())


def opened(client: Client, path: str) -> tuple[str, dict[str, str]]:
    """The dialog, and what it would send."""
    page = flat(client.get(path, headers=HTMX).content.decode())
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return page, {**dict(hidden), "warehouse": "", "carrier": ""}


def said(answer: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", flat(answer)).split())


def test_all_that_were_counted_are_shipped_or_refused(owner: Client, place: Callable[..., int]) -> None:
    left, held = place(CUP=1), place(CUP=1)
    path = "/lists/to-ship/act/ship/?all=1"
    page, form = opened(owner, path)
    assert "2 rows" in page
    hold(held)
    late = place(CUP=1)
    answer = said(owner.post(path, form, headers=HTMX).content.decode())
    assert "Asked for 2 Done 1 Refused 1" in answer
    assert Order.objects.get(pk=held).number in answer and "on hold" in answer.lower()
    states = {pk: Order.objects.get(pk=pk).fulfilment_state for pk in (left, held, late)}
    assert states == {left: "shipped", held: "reserved", late: "reserved"}, "nobody was told of the late one"
    assert [item["id"] for item in BulkRun.objects.get().verdicts if item["outcome"] == "done"] == [left]


def test_ticked_rows_that_left_the_list_are_told_before(owner: Client, place: Callable[..., int]) -> None:
    orders = [place(CUP=1) for _ in range(3)]
    path = "/lists/to-ship/act/ship/?" + "&".join(f"id={pk}" for pk in orders)
    assert "no longer in this list" not in opened(owner, path)[0]
    hold(orders[0])
    hold(orders[2])
    page, form = opened(owner, path)
    assert "3 rows" in page and "2 of them are no longer in this list" in page
    answer = said(owner.post(path, form, headers=HTMX).content.decode())
    assert "Asked for 3 Done 1 Refused 2" in answer


def test_the_tray_counts_what_was_done(
    owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from orderwell.platform.jobs.tasks import run_next_task
    from orderwell.platform.views.services import bulk

    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    orders = [place(CUP=1) for _ in range(3)]
    path = "/lists/to-ship/act/ship/?" + "&".join(f"id={pk}" for pk in orders)
    _page, form = opened(owner, path)
    hold(orders[1])
    owner.post(path, form, headers=HTMX)
    assert run_next_task("test")
    assert "Done · 2 / 3 ·" in said(owner.get("/progress/").content.decode())
