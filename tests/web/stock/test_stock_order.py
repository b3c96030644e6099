"""The list of stock goes by an index, however much stock there is."""

from __future__ import annotations

import pytest

from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner
from orderwell.web.lists.registry import specs
from orderwell.web.lists.source import order_of
from tests.web.conftest import Company

FILTERS = [{}, {"state": "low"}, {"state": "available"}, {"warehouse": "main"}]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_stock_is_read_in_the_order_of_its_skus(
    company: Company, filters: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All stock is not put in order for a page: at most the few places of one SKU are."""
    from django.db import connection

    from orderwell.domains.inventory import queries

    monkeypatch.setattr(queries, "MUCH", 2)  # two goods lie in the warehouse: that is much here
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # tables this small are sorted in any case, unless that is forbidden
            for setting in (
                "enable_sort",
                "enable_seqscan",
                "enable_bitmapscan",
                "enable_hashjoin",
                "enable_mergejoin",
            ):
                cursor.execute(f"SET LOCAL {setting} = off")
    spec = specs()["stock"]
    (rows,) = spec.rows(owner(), filters, utc_now())
    plan = rows.order_by(*order_of(spec, filters, ""))[:51].explain()
    assert {row.warehouse.code for row in rows} == {"main"}
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan
    if connection.vendor == "postgresql":
        if "warehouse" in filters:
            return  # it knows how much lies there, and may as well sort that
        assert "Incremental Sort" in plan and "Presorted Key" in plan, plan
