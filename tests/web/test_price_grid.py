"""What the grid of a price list sends."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import QueryDict

from orderwell.testing.actors import owner as the_owner
from orderwell.web.prices.grid import drafts_of, read_rows
from tests.web.conftest import Company


def sent(was: str) -> QueryDict:
    data = QueryDict(mutable=True)
    values = {"sku": "CUP", "minimum": "", "price": "12", "was": was, "stored": "1", "name": "Cup", "listed": ""}
    data.update({f"entry_{name}": value for name, value in values.items()})
    return data


@pytest.mark.parametrize("was", ["9" * 5_000, "x", "1e5", "\x00"])
def test_a_price_that_stood_there_and_cannot_be_read_is_an_error_of_its_row(company: Company, was: str) -> None:
    """No browser sends it, but the answer was an error 500."""
    rows = read_rows(sent(was))
    assert drafts_of(the_owner(), rows) == []
    assert list(rows[0].errors) == ["price"]


def test_a_price_that_is_typed_over_is_changed_from_what_stood_there(company: Company) -> None:
    rows = read_rows(sent("10.5"))
    ((row, draft),) = drafts_of(the_owner(), rows)
    assert (row.errors, draft.sku, draft.unit_price, draft.was) == ({}, "CUP", Decimal(12), Decimal("10.5"))
