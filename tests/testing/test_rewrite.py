"""What the measure of imports compares with: every table of ours, in an order in which rows can be written."""

from __future__ import annotations

from django.apps import apps

from orderwell.domains.orders.models import Order, OrderLine
from orderwell.testing.benchmarks.rewrite import _tables


def test_every_table_has_its_place_though_some_point_to_each_other() -> None:
    tables = _tables()
    ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("orderwell.")}
    assert len(tables) == len(set(tables)) and ours <= set(tables)
    assert tables.index(Order._meta.db_table) < tables.index(OrderLine._meta.db_table)
