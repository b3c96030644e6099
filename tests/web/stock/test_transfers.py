"""Transfers on the screen: planned from one's own warehouse, changed while nothing has left, told with quantities."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.inventory.models import Transfer, Warehouse
from orderwell.kernel.clock import business_day, utc_now
from orderwell.testing import factories
from orderwell.web.home.views import zone
from tests.web.conftest import Company
from tests.web.stock.test_expected import DAY, send, words


@pytest.fixture
def east(company: Company) -> Warehouse:
    return factories.make_warehouse("east")


def fields(**more: str) -> dict[str, str]:
    return {"origin": "main", "destination": "east", "lines": "CUP 8", "expected_on": "", "note": "", **more}


def change(client: Client, path: str, **more: str) -> Any:
    """Send the form of a change as it was shown, with these fields typed over."""
    page = client.get(path).content.decode()
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("version", "base")}
    known = {name: found[1].replace("&quot;", '"') for name, found in hidden.items() if found}
    return send(client, path, **known, **fields(**more))


def only(warehouse: Warehouse) -> dict[str, list[int]]:
    return {"warehouse": [warehouse.pk]}


def plan(client: Client, **more: str) -> Transfer:
    answer = send(client, "/transfers/new/", **fields(**more))
    assert answer.status_code == 302, answer.content.decode()
    return Transfer.objects.latest("pk")


def test_who_works_in_one_warehouse_sends_from_it_to_any(
    browse: Callable[..., Client], company: Company, east: Warehouse
) -> None:
    here = browse("warehouse-worker", limits=only(company.warehouse))
    page = here.get("/transfers/new/").content.decode()
    offered = {
        name: re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL) for name in ("origin", "destination")
    }
    values = {name: re.findall(r'<option value="(\w+)"', found[0]) for name, found in offered.items() if found}
    assert values == {"origin": ["main"], "destination": ["east", "main"]}
    assert 'value="east" selected' in page
    transfer = plan(here)
    assert "/dispatch/" in here.get(f"/transfers/{transfer.pk}/").content.decode()
    there = browse("warehouse-worker", limits=only(east), username="lin")
    seen = there.get(f"/transfers/{transfer.pk}/").content.decode()
    assert transfer.number in seen and "/dispatch/" not in seen and "/change/" not in seen and "Free now" not in seen
    assert send(here, f"/transfers/{transfer.pk}/dispatch/").status_code == 302
    assert "/receive/" not in here.get(f"/transfers/{transfer.pk}/").content.decode()
    assert "/receive/" in there.get(f"/transfers/{transfer.pk}/").content.decode()


def test_a_planned_transfer_says_what_is_not_there_and_can_be_changed(
    owner: Client, company: Company, east: Warehouse
) -> None:
    transfer = plan(owner, lines="CUP 999999\nPOT 2", expected_on=DAY)
    path = f"/transfers/{transfer.pk}/"
    page = words(owner, path)
    assert "1 line is not free" in page and "Free now" in page and "CUP 999,999 10 0 0" in page
    assert "CUP\t999999\nPOT\t2" in owner.get(f"{path}change/").content.decode()
    answer = change(owner, f"{path}change/", lines="CUP 9", expected_on=DAY, note="nine")
    assert answer.status_code == 302, answer.content.decode()
    page = words(owner, path)
    assert "not free" not in page and "CUP · Quantity" in page and "POT · Quantity" in page
    transfer.refresh_from_db()
    assert [(line.variant.sku, line.quantity) for line in transfer.lines.all()] == [("CUP", 9)]
    send(owner, f"{path}dispatch/")
    late = change(owner, f"{path}change/", lines="CUP 1")
    assert late.status_code == 422 and "has left already" in late.content.decode()


def test_two_people_change_one_transfer(
    browse: Callable[..., Client], owner: Client, company: Company, east: Warehouse
) -> None:
    transfer = plan(owner)
    path = f"/transfers/{transfer.pk}/change/"
    page = owner.get(path).content.decode()
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    old = {"version": "1", "base": base[1].replace("&quot;", '"')}
    assert change(browse("warehouse-worker"), path, lines="CUP 4").status_code == 302
    assert send(owner, path, **old, **fields(note="urgent", lines="CUP\t8")).status_code == 302
    transfer.refresh_from_db()
    assert (transfer.lines.get().quantity, transfer.note) == (4, "urgent")
    both = send(owner, path, **old, **fields(lines="CUP 6", note="urgent"))
    assert both.status_code == 422 and transfer.lines.get().quantity == 4


def test_what_two_people_counted_of_one_arrival_is_booked_once(
    owner: Client, browse: Callable[..., Client], company: Company, east: Warehouse
) -> None:
    transfer = plan(owner)
    path = f"/transfers/{transfer.pk}/receive/"
    send(owner, f"/transfers/{transfer.pk}/dispatch/")
    line = transfer.lines.get()
    page = owner.get(path).content.decode()
    token, seen = (re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("token", f"seen_{line.pk}"))
    assert token and seen
    older = {"token": token[1], f"seen_{line.pk}": seen[1], f"line_{line.pk}": "3"}
    lin = browse("warehouse-worker", username="lin")
    assert send(lin, path, **{f"line_{line.pk}": "3", f"seen_{line.pk}": seen[1]}).status_code == 302
    refused = owner.post(path, older)
    assert refused.status_code == 422 and "Changed since this was opened" in refused.content.decode()
    line.refresh_from_db()
    assert line.quantity_received == 3
    assert (
        send(lin, path, **{f"line_{line.pk}": "5", f"seen_{line.pk}": seen[1].replace("8|", "5|")}).status_code == 302
    )
    assert "Nothing is on the way" in owner.get(path).content.decode()


def test_goods_leave_as_the_dialog_showed_them(
    owner: Client, browse: Callable[..., Client], company: Company, east: Warehouse
) -> None:
    transfer = plan(owner, lines="CUP 2")
    path = f"/transfers/{transfer.pk}/"
    page = owner.get(f"{path}dispatch/").content.decode()
    assert "CUP" in page
    token, version = (re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("token", "version"))
    assert token and version
    older = {"token": token[1], "version": version[1]}
    assert change(browse("warehouse-worker"), f"{path}change/", lines="CUP 9").status_code == 302
    refused = owner.post(f"{path}dispatch/", older)
    text = refused.content.decode()
    assert refused.status_code == 422 and "changed by somebody else" in text
    transfer.refresh_from_db()
    assert transfer.state == "draft"
    now = re.search(r'name="version" value="([^"]*)"', text)
    assert now and owner.post(f"{path}dispatch/", {**older, "version": now[1]}).status_code == 302
    late = send(owner, f"{path}dispatch/", version=version[1])
    assert late.status_code == 422 and "somebody else" not in late.content.decode()


def test_a_day_that_is_over_is_refused(owner: Client, company: Company, east: Warehouse) -> None:
    over = (business_day(utc_now(), zone()) - timedelta(days=1)).isoformat()
    answer = send(owner, "/transfers/new/", **fields(expected_on=over))
    assert answer.status_code == 422 and "This day is over." in answer.content.decode()
    transfer = plan(owner, expected_on=DAY)
    Transfer.objects.filter(pk=transfer.pk).update(expected_at=utc_now() - timedelta(days=1))
    assert change(owner, f"/transfers/{transfer.pk}/change/", expected_on=over, lines="CUP 7").status_code == 302
    assert transfer.lines.get().quantity == 7


def test_arrivals_are_told_with_what_came_and_what_was_lost(
    owner: Client, browse: Callable[..., Client], company: Company, east: Warehouse
) -> None:
    transfer = plan(owner)
    path = f"/transfers/{transfer.pk}/"
    chinese = browse("administrator", language="zh-hans", username="王芳")
    line = f"line_{transfer.lines.get().pk}"
    assert "CUP" not in words(owner, f"{path}receive/")
    early = send(chinese, f"{path}receive/", **{line: "1"})
    assert early.status_code == 422 and f"{transfer.number} 还没有发出，请先发出。" in early.content.decode()
    send(owner, f"{path}dispatch/")
    send(owner, f"{path}receive/", **{line: "5"})
    send(owner, f"{path}receive/", **{line: "2", "rest_is_lost": "on"})
    page = words(owner, path)
    assert "CUP × 5" in page and "CUP × 2; lost on the way: CUP × 1" in page
    assert "CUP × 2；在途丢失：CUP × 1" in words(chinese, path)
