"""The search box's look for orders: each step one bounded look-up in an index, filtered for the actor afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet

from orderwell.domains.customers.models import Contact, Customer
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.crypto import email_index, phone_index, phone_last4_index
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.search import prefix

# Candidates of one look-up; a text that names more is too vague for a box that shows a few.
LOOKED_AT = 60
CUSTOMERS = 5
_SHORT = re.compile(r"(?P<letters>[A-Za-z-]{0,8})(?P<value>[0-9]{1,9})")


def find_orders(actor: Actor, text: str, *, limit: int) -> list[Order]:
    """By number or its beginning, external id, phone, last four digits, e-mail; then the newest of customers so named."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    found: dict[int, Order] = {}
    for condition, order in _looks(text.strip()):
        # The candidates first, without the row filter: a filter on top could make a database walk another index.
        ids = list(Order.objects.filter(condition).order_by(*order).values_list("pk", flat=True)[:LOOKED_AT])
        rows = _shown(actor, ids) if ids else []
        found.update({row.pk: row for row in sorted(rows, key=lambda row: -row.pk) if row.pk not in found})
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


@prepared(Actor, [int])
def _shown(actor: Actor, ids: Sequence[int]) -> QuerySet[Order]:
    return visible_orders(actor).filter(pk__in=ids).select_related("customer")


def counts(value: int) -> Q:
    """The order whose number counts it as this one, under whatever template and in whatever year it got the number."""
    return Q(pk=value, number__contains=str(value))


def _looks(text: str) -> Iterator[tuple[Q, tuple[str, ...]]]:
    """What the text may mean, the most exact first; asked for one by one, and only as far as needed."""
    if not text:
        return
    yield Q(number=text.upper()), ()
    yield Q(external_id=text), ()
    if (short := _SHORT.fullmatch(text)) is not None:
        # 498 and SO498 stand for SO00000498: nobody types the zeros.
        yield counts(int(short["value"])) & Q(number__startswith=short["letters"].upper()), ()
    if len(text) >= 3 and text.isascii() and any(character.isdigit() for character in text):
        yield prefix("number", text.upper()), ("number",)
    personal = _personal(text)
    if personal is not None:
        yield personal, ()
        people = list(Contact.objects.filter(personal).values_list("customer_id", flat=True)[:CUSTOMERS])
    else:
        named = Customer.objects.filter(Q(number=text) | Q(name=text))
        people = list(named.values_list("pk", flat=True)[:CUSTOMERS])
    for customer in people:
        yield Q(customer_id=customer), ("-placed_at", "-id")


def _personal(text: str) -> Q | None:
    """A phone number, its last four digits or an e-mail address, as orders and contacts index them."""
    digits = "".join(character for character in text if character.isdigit())
    if "@" in text:
        return Q(email_index=email_index(text))
    if len(digits) == 4 and digits == text:
        return Q(phone_last4_index=phone_last4_index(text))
    return Q(phone_index=phone_index(text)) if len(digits) >= 7 else None


def orders_by_id(actor: Actor, ids: list[int]) -> list[Order]:
    """Those of the orders that the actor may know of."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    return list(visible_orders(actor).filter(pk__in=ids))
