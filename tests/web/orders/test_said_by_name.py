"""Reasons and previews call warehouses and countries what people call them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.utils import translation

from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.difference import FieldDifference
from orderwell.domains.orders.overview import LineView
from orderwell.platform.caching import forget_everything
from orderwell.web.orders.line_reasons import why_from
from orderwell.web.templatetags.ordertags import changed_field


@pytest.mark.django_db
def test_the_reason_of_an_allocation_names_the_warehouses() -> None:
    Warehouse.objects.create(code="main", name_zh="上海总仓", name_en="Shanghai main")
    Warehouse.objects.create(code="south", name_zh="广州仓", name_en="")
    forget_everything()
    choice: dict[str, Any] = {
        "rule": "fewest",
        "taken": {"main": "3"},
        "free": {"main": "5", "south": "2", "gone": "1"},
    }
    view = cast("LineView", SimpleNamespace(sourcing=[choice]))
    with translation.override("zh-hans"):
        (said,) = why_from(view)
    assert "上海总仓 3" in said and "上海总仓 5、广州仓 2、gone 1" in said
    assert "main" not in said and "south" not in said
    with translation.override("en"):
        (said,) = why_from(view)
    assert "Shanghai main 5, 广州仓 2, gone 1" in said


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [("zh-hans", "中国 上海", "德国 Berlin 10115"), ("en", "China 上海", "Germany Berlin 10115")],
)
def test_the_preview_of_a_change_names_the_country(language: str, old: str, new: str) -> None:
    with translation.override(language):
        shown = changed_field(FieldDifference("ship_to", "CN 上海", "DE Berlin 10115"))
        nothing = changed_field(FieldDifference("ship_to", "", "DE Berlin"))
        note = changed_field(FieldDifference("note", "CN first", "DE"))
    assert f">{old}</span>" in shown and f"<strong>{new}</strong>" in shown
    assert "CN" not in nothing and "CN first" in note
