from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def shop() -> Any:
    from orderwell.testing.factories import make_channel

    return make_channel(currency="CNY", prices_include_tax=True)


@pytest.fixture
def tea() -> Any:
    from orderwell.testing.factories import make_variant, make_warehouse, stock_up

    variant = make_variant(price="19.90")
    stock_up(variant, make_warehouse("north", priority=1), 10)
    return variant
