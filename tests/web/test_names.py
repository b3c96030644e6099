"""What the system names within itself, pages call by the name that people know."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils.translation import override

import orderwell
from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.events.models import Event
from orderwell.platform.jobs import schedules
from orderwell.platform.permissions import Permission
from orderwell.platform.views.services.exports import run_export
from orderwell.web.admin.installation import SETTING_GROUPS
from orderwell.web.components.markup import markup
from orderwell.web.components.numbers import numbers_of
from orderwell.web.components.schedules import JOBS, SCHEDULES, job_name, schedule_name
from orderwell.web.components.timeline import sentence_of
from orderwell.web.lists.registry import specs
from orderwell.web.lists.spec import Column
from orderwell.web.lists.table import table_rows
from tests.web.conftest import Company
from tests.web.stock.test_expected import announced, words

__all__ = ["announced"]

PACKAGE = Path(orderwell.__file__).parent


def headline(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    found = re.search(r'<h1 class="page-title">(.*?)</h1>(?:<div class="text-secondary">(.*?)</div>)?', page)
    assert found, page
    return " | ".join(part for part in found.groups() if part)


def test_all_work_that_runs_by_itself_has_a_name() -> None:
    assert set(schedules.planned()) <= set(SCHEDULES)
    with override("en"):
        assert schedule_name("verify.every-night") == "Check every balance"
    assert schedule_name("a.new-one") == "a.new-one"


def test_every_job_in_the_background_has_a_name() -> None:
    tasks = {
        f"orderwell.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}.{name}"
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"^@task\(\)\ndef (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert run_export.module_path in tasks
    assert tasks == set(JOBS)
    assert job_name("plugin.tasks.send_all") == "send all"


def test_documents_are_called_by_their_numbers(
    company: Company, place: Callable[..., int], announced: list[ExpectedReceipt]
) -> None:
    order = Order.objects.get(pk=place(CUP=1))
    numbers = {
        f"order:{order.pk}": order.number,
        f"customer:{company.customer.pk}": "C1",
        f"expected_receipt:{announced[0].pk}": "PO-9",
        f"product:{company.cup.product_id}": company.cup.product.code,
    }
    assert numbers_of(system_actor(), [*numbers, "role:1", "order:999", "order:x", ""]) == numbers


def test_nobody_learns_numbers_of_what_they_may_not_see(
    browse: Callable[..., Client], company: Company, place: Callable[..., int]
) -> None:
    order = Order.objects.get(pk=place(CUP=1))
    assert order.number in words(browse("owner"), "/system/events/?columns=stream")
    blind = replace(system_actor(), permissions=frozenset({Permission.SYSTEM_EVENT_VIEW}))
    assert numbers_of(blind, [f"order:{order.pk}"]) == {}


def test_a_form_on_a_page_of_its_own_has_one_title(
    owner: Client, place: Callable[..., int], announced: list[ExpectedReceipt]
) -> None:
    order = Order.objects.get(pk=place(CUP=1))
    assert headline(owner, f"/orders/{order.pk}/hold/") == f"Hold {order.number}"
    assert headline(owner, "/stock/expected/new/") == "Announce goods"
    page = owner.get(f"/orders/{order.pk}/hold/").content.decode()
    assert page.count("<h1") == 1 and "card-header" not in page


@pytest.mark.django_db
def test_what_happened_is_told_in_the_words_of_the_pages() -> None:
    counts = {"done": 3, "unchanged": 0, "refused": 0}
    acted = Event(name="views.bulk.finished", data={"action": "priority", "list": "orders", **counts})
    styled = Event(name="printing.template.saved", data={"kind": "Packing slip", "version": 1})
    agreed = {"purpose": "marketing", "medium": "wechat", "origin": "Fair"}
    with override("zh-hans"):
        assert "设置优先级" in sentence_of(acted)
        assert "装箱单" in sentence_of(styled)
        assert "微信" in sentence_of(Event(name="customers.consent.given", data=agreed))
        assert "广告" in sentence_of(Event(name="customers.consent.given", data=agreed))


def test_every_setting_stands_in_a_group_with_a_name(owner: Client) -> None:
    assert {option.key.partition(".")[0] for option in configuration.options()} <= set(SETTING_GROUPS)
    page = owner.get("/admin/settings/").content.decode()
    assert page.index("hints.overdue_balance.on") < page.index("hints.overdue_balance.amount")


def test_a_phone_shows_no_name_of_a_value_that_is_not_there(browse: Callable[..., Client]) -> None:
    column = Column("due", "Due", lambda row: None, show=lambda row: markup('<span class="{}">{}</span>', "", ""))
    spec = replace(specs()["cases"], columns=(column,), link=None, row_class=None)
    row = SimpleNamespace(pk=1)
    dated = replace(column, show=lambda row: markup("<span>{}</span>", markup("<time>{}</time>", "11-26")))
    assert "11-26" in table_rows(spec, [dated], [row], pick=False)
    assert '<td class="at-more" data-label="Due"></td>' in table_rows(spec, [column], [row], pick=False)
