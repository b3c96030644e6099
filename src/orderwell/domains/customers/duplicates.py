"""Customers who are perhaps the same: by phone, e-mail, tax number or name. Each look is one bounded look-up in an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, QuerySet

from orderwell.domains.customers.models import Contact, Customer, NotDuplicate
from orderwell.domains.customers.queries import visible_customers
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.crypto import email_index, normalise_phone, phone_index
from orderwell.platform.prepared import prepared

MOST = 5
PAIRS = 100
# A number that so many share is that of a switchboard, and says nothing about who is who.
SWITCHBOARD = 6
REASONS = ("tax_number", "phone", "email", "name")


@dataclass(frozen=True, slots=True)
class LookAlike:
    customer: Customer
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two customers who may be one; the older one first."""

    first: Customer
    second: Customer
    reasons: list[str] = field(default_factory=list)


def spellings(name: str) -> set[str]:
    """A name as others may have typed it: capitals, brackets of either script, spaces."""
    plain = " ".join(name.split())
    wide, narrow = plain.translate(_WIDE), plain.translate(_NARROW)
    found = {plain, wide, narrow, plain.replace(" ", "")}
    return {form for text in found for form in (text, text.upper(), text.lower(), text.title()) if form}


_WIDE = str.maketrans("()", "（）")
_NARROW = str.maketrans("（）", "()")


def look_alikes(
    actor: Actor,
    *,
    name: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    tax_number: str = "",
    except_id: int | None = None,
) -> list[LookAlike]:
    """Customers the actor may know of who share one of these, those with the best reasons first."""
    reasons: dict[int, list[str]] = defaultdict(list)
    usable = [phone for phone in phones if len(normalise_phone(phone).removeprefix("+")) >= 7]
    looks: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("tax_number", Customer.objects.filter(tax_number=tax_number.strip() or None), "pk"),
        ("phone", Contact.objects.filter(phone_index__in=[phone_index(phone) for phone in usable]), "customer_id"),
        (
            "email",
            Contact.objects.filter(email_index__in=[email_index(text) for text in emails if "@" in text]),
            "customer_id",
        ),
        ("name", Customer.objects.filter(name__in=spellings(name)), "pk"),
    )
    for reason, rows, key in looks:
        for pk in set(rows.order_by("pk").values_list(key, flat=True)[: 4 * MOST]):
            reasons[pk].append(reason)
    if except_id is not None:
        for known in (except_id, *told_apart([except_id]).get(except_id, ())):
            reasons.pop(known, None)
    visible = visible_customers(actor).filter(pk__in=list(reasons), merged_into=None)
    found = [LookAlike(row, reasons[row.pk]) for row in visible]
    found.sort(key=lambda item: (-len(item.reasons), REASONS.index(item.reasons[0]), item.customer.pk))
    return found[:MOST]


def likely_pairs(actor: Actor, *, most: int = PAIRS) -> list[LikelyPair]:
    """Pairs that share a tax number, phone, e-mail or name, those with most in common first."""
    visible_customers(actor)
    shared: dict[tuple[int, int], list[str]] = defaultdict(list)
    for reason, groups in _groups(most):
        for members in groups:
            for pair in combinations(sorted(members), 2):
                if reason not in shared[pair]:
                    shared[pair].append(reason)
    for apart in list(_told_apart_among(pk for pair in shared for pk in pair)):
        shared.pop(apart, None)
    wanted = {pk for pair in shared for pk in pair}
    rows = {row.pk: row for row in visible_customers(actor).filter(pk__in=wanted, merged_into=None, active=True)}
    pairs = [
        LikelyPair(rows[first], rows[second], reasons)
        for (first, second), reasons in shared.items()
        if first in rows and second in rows
    ]
    pairs.sort(key=lambda pair: (-len(pair.reasons), REASONS.index(pair.reasons[0]), pair.first.pk))
    return pairs[:most]


def told_apart(ids: Collection[int]) -> dict[int, set[int]]:
    """{customer: those whom somebody found not to be the same}."""
    wanted: set[int] = set(ids)
    found: dict[int, set[int]] = defaultdict(set)
    for first, second in _told_apart_among(ids):
        for one, other in ((first, second), (second, first)):
            if one in wanted:
                found[one].add(other)
    return found


def rejected_pairs(actor: Actor, *, most: int = PAIRS) -> list[NotDuplicate]:
    """Pairs that somebody found not to be the same, newest first."""
    visible = visible_customers(actor).values("pk")
    rows = NotDuplicate.objects.filter(first__in=visible, second__in=visible)
    live = rows.filter(first__merged_into=None, second__merged_into=None)
    return list(live.select_related("first", "second").order_by("-pk")[:most])


def _told_apart_among(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        yield from _not_the_same(wanted[start : start + 500])


@prepared([int])
def _not_the_same(ids: Sequence[int]) -> QuerySet[Any, tuple[int, int]]:
    return NotDuplicate.objects.filter(Q(first__in=ids) | Q(second__in=ids)).values_list("first", "second")


def _groups(most: int) -> Iterator[tuple[str, Collection[set[int]]]]:
    customers = Customer.objects.filter(merged_into=None, active=True)
    people = Contact.objects.filter(customer__merged_into=None, customer__active=True)
    yield "tax_number", _sharing(customers.exclude(tax_number=""), "tax_number", "pk", most)
    yield "phone", _sharing(people.filter(phone_index__isnull=False), "phone_index", "customer_id", most)
    yield "email", _sharing(people.filter(email_index__isnull=False), "email_index", "customer_id", most)
    yield "name", _sharing(customers, "name", "pk", most)


def _sharing(rows: QuerySet[Any], value: str, key: str, most: int) -> list[set[int]]:
    """Customers that share a value, two to a few of them."""
    several = (
        rows.order_by()
        .values_list(value, flat=True)
        .annotate(n=Count(key, distinct=True))
        .filter(n__gt=1, n__lte=SWITCHBOARD)[:most]
    )
    values = list(several)
    groups: dict[Any, set[int]] = defaultdict(set)
    for found, pk in rows.filter(**{f"{value}__in": values}).order_by().values_list(value, key):
        groups[bytes(found) if not isinstance(found, str) else found].add(pk)
    return list(groups.values())
