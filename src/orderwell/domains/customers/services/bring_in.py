"""Customers that a file or another system brings, many at a time. What exists already stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import Address, Customer
from orderwell.domains.customers.searching import customer_key
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class ForeignCustomer:
    """A customer of another system: `external_id` is unique over all systems, `number` is what people know it by."""

    external_id: str
    number: str
    name: str
    country: str = ""
    currency: str = "CNY"
    language: str = "en"


def bring_in_customers(customers: Sequence[ForeignCustomer], *, actor: Actor, now: datetime) -> dict[str, str]:
    """Make the customers whose external id does not exist. External id -> number.

    A number that another customer has already is made different by putting the external id in its place.
    """
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        wanted = {customer.external_id: customer for customer in customers}
        numbers = dict(Customer.objects.filter(external_id__in=list(wanted)).values_list("external_id", "number"))
        fresh = [customer for external_id, customer in wanted.items() if external_id not in numbers]
        taken = set(Customer.objects.filter(number__in=[c.number for c in fresh]).values_list("number", flat=True))
        for customer in fresh:
            numbers[customer.external_id] = customer.external_id if customer.number in taken else customer.number
        ids = allocate_ids({Customer: len(fresh)})[Customer]
        bulk_insert(
            Customer,
            (
                *("id", "number", "kind", "name", "external_id", "tax_number", "language", "currency"),
                *("payment_terms_days", "preferences", "note", "custom", "active", "search_key"),
                *("created_at", "updated_at", "version"),
            ),
            [
                (
                    *(pk, numbers[c.external_id], Customer.Kind.COMPANY, c.name, c.external_id, "", c.language),
                    *(c.currency, 0, {}, "", {}, True, customer_key(numbers[c.external_id], c.name), now, now, 1),
                )
                for pk, c in zip(ids, fresh, strict=True)
            ],
        )
        bulk_insert(
            Address,
            (
                *("customer", "kind", "label", "recipient", "phone", "street", "district", "city", "region"),
                *("postcode", "country", "is_default"),
            ),
            [
                (pk, Address.Kind.SHIPPING, "", c.name, "", "", "", "", "", "", c.country, True)
                for pk, c in zip(ids, fresh, strict=True)
                if c.country
            ],
        )
        record(
            [
                Fact(
                    CustomerEvent.CREATED,
                    f"customer:{pk}",
                    f"customer:{pk}",
                    {"number": numbers[c.external_id], "kind": str(Customer.Kind.COMPANY)},
                )
                for pk, c in zip(ids, fresh, strict=True)
            ],
            actor=actor,
            now=now,
        )
    return {external_id or "": number for external_id, number in numbers.items()}
