"""Codes that a list is asked for: one that is not there is refused with those that there are, or it would look empty.

What the caller may not see is as if it were not there. What is no longer active still has its orders and its stock.
"""

from __future__ import annotations

from orderwell.domains.catalog.errors import UnknownCategory, UnknownChannel, UnknownTaxCategory
from orderwell.domains.catalog.models import Category, Channel, TaxCategory
from orderwell.domains.catalog.resolving import reference
from orderwell.domains.customers.errors import UnknownCustomerGroup
from orderwell.domains.customers.models import CustomerGroup
from orderwell.domains.inventory.errors import UnknownWarehouse
from orderwell.domains.inventory.models import Warehouse
from orderwell.kernel.errors import InvalidValue, choices
from orderwell.kernel.transitions import TransitionTable
from orderwell.platform.accounts.actor import Actor


def channel_asked(actor: Actor, code: str) -> str:
    """Raises UnknownChannel."""
    if code:
        rows = Channel.objects.filter(code=code)
        if actor.channel_ids is not None:
            rows = rows.filter(pk__in=actor.channel_ids)
        if not rows.exists():
            expected = reference().codes_within(actor.channel_ids)
            raise UnknownChannel(pointer="/channel", value=code, expected=expected)
    return code


def warehouse_asked(actor: Actor, code: str) -> str:
    """Raises UnknownWarehouse."""
    if code:
        rows = Warehouse.objects.all()
        if actor.warehouse_ids is not None:
            rows = rows.filter(pk__in=actor.warehouse_ids)
        if not rows.filter(code=code).exists():
            expected = choices(rows.filter(active=True).values_list("code", flat=True))
            raise UnknownWarehouse(pointer="/warehouse", value=code, expected=expected)
    return code


def category_asked(code: str) -> str:
    """Raises UnknownCategory."""
    if code and not Category.objects.filter(code=code).exists():
        expected = choices(Category.objects.values_list("code", flat=True))
        raise UnknownCategory(pointer="/category", value=code, expected=expected)
    return code


def tax_category_asked(code: str) -> str:
    """Raises UnknownTaxCategory."""
    if code and not TaxCategory.objects.filter(code=code).exists():
        expected = choices(TaxCategory.objects.values_list("code", flat=True))
        raise UnknownTaxCategory(pointer="/tax_category", value=code, expected=expected)
    return code


def group_asked(code: str) -> str:
    """Raises UnknownCustomerGroup."""
    if code and not CustomerGroup.objects.filter(code=code).exists():
        expected = choices(CustomerGroup.objects.values_list("code", flat=True))
        raise UnknownCustomerGroup(pointer="/group", value=code, expected=expected)
    return code


def state_asked(table: TransitionTable, state: str) -> str:
    """Raises InvalidValue."""
    known = sorted(table.states)
    if state and state not in known:
        raise InvalidValue(pointer="/state", value=state, expected=" / ".join(known))
    return state
