"""Codes that a list is asked for: one that is not there is refused with those that there are, or it would look empty.

What the caller may not see is as if it were not there. What is no longer active still has its orders and its stock.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from orderwell.domains.catalog.errors import UnknownCategory, UnknownChannel, UnknownTaxCategory
from orderwell.domains.catalog.models import Category, Channel, TaxCategory
from orderwell.domains.customers.errors import UnknownCustomerGroup
from orderwell.domains.customers.models import CustomerGroup
from orderwell.domains.inventory.errors import UnknownWarehouse
from orderwell.domains.inventory.models import Warehouse
from orderwell.kernel.errors import DomainError, InvalidValue, choices
from orderwell.kernel.transitions import TransitionTable
from orderwell.platform.accounts.actor import Actor


def channel_asked(actor: Actor, code: str) -> str:
    """Raises UnknownChannel."""
    return _asked(code, _within(Channel.objects.all(), actor.channel_ids), UnknownChannel, "/channel", active=True)


def warehouse_asked(actor: Actor, code: str) -> str:
    """Raises UnknownWarehouse."""
    rows = _within(Warehouse.objects.all(), actor.warehouse_ids)
    return _asked(code, rows, UnknownWarehouse, "/warehouse", active=True)


def category_asked(code: str) -> str:
    """Raises UnknownCategory."""
    return _asked(code, Category.objects.all(), UnknownCategory, "/category")


def tax_category_asked(code: str) -> str:
    """Raises UnknownTaxCategory."""
    return _asked(code, TaxCategory.objects.all(), UnknownTaxCategory, "/tax_category")


def group_asked(code: str) -> str:
    """Raises UnknownCustomerGroup."""
    return _asked(code, CustomerGroup.objects.all(), UnknownCustomerGroup, "/group")


def _within(rows: QuerySet[Any], ids: Collection[int] | None) -> QuerySet[Any]:
    return rows if ids is None else rows.filter(pk__in=ids)


def _asked(code: str, rows: QuerySet[Any], error: type[DomainError], pointer: str, **offered: bool) -> str:
    """`offered` narrows what the refusal names."""
    if code and not rows.filter(code=code).exists():
        known = rows.filter(**offered).values_list("code", flat=True)
        raise error(pointer=pointer, value=code, expected=choices(known))
    return code


def state_asked(table: TransitionTable, state: str) -> str:
    """Raises InvalidValue."""
    known = sorted(table.states)
    if state and state not in known:
        raise InvalidValue(pointer="/state", value=state, expected=" / ".join(known))
    return state
