"""Facts of customers and of goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from orderwell.domains.automation.hints.facts.money import overdue_of
from orderwell.domains.automation.hints.facts.stands import stands_of
from orderwell.domains.automation.hints.facts.values import (
    AddressFacts,
    Arrival,
    CustomerFacts,
    Namesake,
    VariantFacts,
)
from orderwell.domains.automation.hints.wording import local_name
from orderwell.domains.catalog.models import Variant
from orderwell.domains.customers.duplicates import told_apart
from orderwell.domains.customers.models import Address, Contact, Customer
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.inventory.availability import available
from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.domains.orders.models import Backorder
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)
# Others with the same phone that are named; a number that a hundred share is nobody's own.
MOST_NAMESAKES = 5


def facts_of_customers(
    actor: Actor, customers: Sequence[Customer], *, grace_days: int, now: datetime
) -> list[CustomerFacts]:
    """Eight queries however many there are."""
    ids = [customer.pk for customer in customers if customer.active]
    if not ids:
        return []
    hidden = not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in _contacts_of(ids):
        contacts[contact.customer_id].append(contact)
    addresses: dict[int, list[Address]] = defaultdict(list)
    for address in _addresses_of(ids):
        addresses[address.customer_id].append(address)
    owed = {}
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        owed = overdue_of(actor, [row for row in customers if row.active], grace_days=grace_days, now=now)
    namesakes = _namesakes(actor, contacts)
    return [
        CustomerFacts(
            subject=f"customer:{row.pk}",
            id=row.pk,
            number=row.number,
            name=row.name,
            now=now,
            phones=[] if hidden else [contact.phone for contact in contacts[row.pk] if contact.phone],
            has_phone=any(contact.phone_index for contact in contacts[row.pk])
            or any(address.phone for address in addresses[row.pk]),
            hidden=hidden,
            addresses=[_address(address, hidden) for address in addresses[row.pk]],
            namesakes=namesakes.get(row.pk, ()),
            overdue=owed.get(row.pk),
        )
        for row in customers
        if row.active
    ]


@prepared([int])
def _contacts_of(customers: Sequence[int]) -> QuerySet[Contact]:
    return Contact.objects.filter(customer__in=customers).order_by("-is_primary", "pk")


@prepared([int])
def _addresses_of(customers: Sequence[int]) -> QuerySet[Address]:
    return Address.objects.filter(customer__in=customers).order_by("-is_default", "pk")


def _address(row: Address, hidden: bool) -> AddressFacts:
    return AddressFacts(
        recipient="" if hidden else row.recipient,
        phone="" if hidden else row.phone,
        street="" if hidden else row.street,
        district=row.district,
        city=row.city,
        region=row.region,
        postcode=row.postcode,
        country=row.country,
        hidden=hidden,
        label=row.label,
    )


def _namesakes(actor: Actor, contacts: dict[int, list[Contact]]) -> dict[int, list[Namesake]]:
    """Active customers with the same phone or e-mail, found through the keyed hashes."""
    mine = [row for rows in contacts.values() for row in rows]
    phones = {bytes(row.phone_index): row.customer_id for row in mine if row.phone_index}
    emails = {bytes(row.email_index): row.customer_id for row in mine if row.email_index}
    if not phones and not emails:
        return {}
    either = Q(phone_index__in=list(phones)) | Q(email_index__in=list(emails))
    rows = Contact.objects.filter(either, customer__active=True, customer__in=visible_customers(actor).values("pk"))
    apart = told_apart([row.customer_id for row in mine])
    found: dict[int, list[Namesake]] = defaultdict(list)
    for row in rows.select_related("customer").order_by("customer_id", "pk")[:200]:
        for same, index, known in (("phone", row.phone_index, phones), ("email", row.email_index, emails)):
            owner = known.get(bytes(index)) if index else None
            if owner is None or owner == row.customer_id or row.customer_id in apart.get(owner, ()):
                continue
            listed = found[owner]
            if len(listed) < MOST_NAMESAKES and all(other.id != row.customer_id for other in listed):
                listed.append(Namesake(row.customer_id, row.customer.number, row.customer.name, same))
    return found


def facts_of_variants(actor: Actor, variant_ids: Collection[int], *, now: datetime) -> list[VariantFacts]:
    """Goods with their stock, what waits for them and what is announced. Seven queries however many there are."""
    if not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return []
    found = {
        row.pk: VariantFacts(f"variant:{row.pk}", row.pk, row.product_id, row.sku, local_name(row), now)
        for row in _on_sale(list(variant_ids))
    }
    if not found:
        return []
    for stock in available(actor, list(found)):
        found[stock.variant_id].free += stock.available
    _fill_waiting(actor, found)
    arrivals: dict[int, list[Arrival]] = defaultdict(list)
    for receipt in _announced(list(found)):
        left = receipt.quantity - receipt.quantity_received
        arrivals[receipt.variant_id].append(Arrival(left, receipt.due_at, receipt.reference))
    short = [pk for pk, item in found.items() if item.free <= 0]
    stands = stands_of(actor, short)
    for pk, item in found.items():
        item.arrivals, item.stands = arrivals.get(pk, ()), stands.get(pk, ())
    return list(found.values())


def _fill_waiting(actor: Actor, found: dict[int, VariantFacts]) -> None:
    if not actor.may(Permission.ORDERS_ORDER_VIEW):
        return
    for pk, quantity, orders, promised, wanted in _waiting(actor, list(found)):
        item = found[pk]
        item.waiting, item.waiting_orders = quantity, orders
        item.wanted_at = min((moment for moment in (promised, wanted) if moment), default=None)


@prepared(Actor, [int])
def _waiting(actor: Actor, variants: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Backorder.objects.filter(variant__in=variants)
    if actor.channel_ids is not None or actor.team_ids is not None:
        rows = rows.filter(line__order__in=visible_orders(actor).values("pk"))
    return (
        rows.order_by()
        .values("variant_id")
        .annotate(
            total=Sum("quantity"),
            orders=Count("line__order", distinct=True),
            promised=Min("line__order__promised_at"),
            requested=Min("line__order__requested_at"),
        )
        .values_list("variant_id", "total", "orders", "promised", "requested")
    )


@prepared([int])
def _on_sale(variants: Sequence[int]) -> QuerySet[Variant]:
    rows = Variant.objects.filter(pk__in=variants, active=True, is_bundle=False, product__active=True)
    return rows.order_by("sku")


@prepared([int])
def _announced(variants: Sequence[int]) -> QuerySet[ExpectedReceipt]:
    rows = ExpectedReceipt.objects.filter(variant__in=variants, cancelled_at=None, quantity__gt=F("quantity_received"))
    return rows.order_by("due_at", "pk")
