"""Documents of orders found by a text of a search field: their own number, that of their order, its customer, an amount."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.finding import counts
from orderwell.domains.orders.queries import SEARCH_LIMIT, newest_orders
from orderwell.kernel.money import MAX_AMOUNT
from orderwell.kernel.written import bare_number
from orderwell.platform.search import found_by, half_width, prefix

# So many customers of a name are looked at.
CUSTOMERS = 200
# Longer ones are phone numbers and the like, and no counter gets there.
MOST_DIGITS = 10
_AMOUNT = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,12})(?:[.,](?P<rest>\d{1,4}))?")


def named_by(
    rows: QuerySet[Any],
    text: str,
    *,
    numbers: Iterable[str] = (),
    exact: Iterable[Q] = (),
    amount: str = "",
    customers: bool = True,
) -> Q:
    """Those of `rows`, which have an order, that the text means: the condition to filter them by.

    `numbers` are own numbers that the text stands for, `exact` further meanings, `amount` the column that an amount
    is looked for in; `customers` says that they have a customer of their own. Each is one bounded look-up in an index of
    its own: together they stay fast however many documents there are.
    """
    text = half_width(text.strip()).replace("\x00", "")
    if not text:
        return Q(pk__in=())
    own = prefix("number", text.upper())
    has_number = any(field.name == "number" for field in rows.model._meta.get_fields())
    if has_number and not text.isdecimal() and rows.filter(own).exists():
        return own  # of a year, for example: all of them, page by page
    found: set[int] = set()

    def take(condition: Q) -> None:
        found.update(rows.filter(condition).order_by("-id").values_list("pk", flat=True)[:SEARCH_LIMIT])

    if has_number:
        take(own)
        take(Q(number__in=list(numbers)))
    for condition in exact:
        take(condition)
    if amount and (value := amount_in(text)) is not None:
        take(Q(**{amount: value}))
    named = Customer.objects.filter(found_by("search_key", text))
    people = list(named.values_list("pk", flat=True)[:CUSTOMERS])
    if people and customers:
        take(Q(customer_id__in=people))
    if orders := _orders(text, [] if customers else people):
        take(Q(order_id__in=orders))
    return Q(pk__in=list(found))


def counted(text: str) -> int | None:
    """The count that a text of digits alone stands for: 563 means INV-2026-000563 as well."""
    text = half_width(text.strip())
    return int(text) if text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS else None


def amount_in(text: str) -> Decimal | None:
    """The amount that a text is, with or without the sign of its currency.

    >>> amount_in("¥2,097.05")
    Decimal('2097.05')
    >>> amount_in("￥６０．５ 元"), amount_in("60,5"), amount_in("SO1")
    (Decimal('60.5'), Decimal('60.5'), None)
    """
    known = _AMOUNT.fullmatch(bare_number(text))
    if known is None:
        return None
    value = Decimal(f"{known['whole'].replace(',', '')}.{known['rest'] or 0}")
    return value if 0 < value <= MAX_AMOUNT else None


def _orders(text: str, customers: list[int]) -> list[int]:
    conditions = [prefix("number", text.upper()), Q(external_id=text)]
    if (value := counted(text)) is not None:
        conditions.append(counts(value))
    found: set[int] = set()
    if customers:
        conditions.append(Q(customer_id__in=customers))
    for condition in conditions:
        found.update(newest_orders(condition))
    return list(found)
