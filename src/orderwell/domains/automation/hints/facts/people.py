"""The customers behind orders, and what their contacts and addresses would fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwell.domains.automation.hints.facts.values import CustomerBrief, OrderFacts
from orderwell.domains.customers.models import Address, Contact, Customer
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

# Values of the preference "substitutes" that mean no.
REFUSING = {"no", "never", "none", "false", "0", "不要", "不接受", "否"}


def fill_customers(actor: Actor, facts: Sequence[OrderFacts], known: Mapping[int, Customer]) -> None:
    """Contacts and addresses are read only for orders that lack an address, a phone or a postcode: two queries at most."""
    for item in facts:
        customer = known.get(item.customer_id or 0)
        if customer is not None:
            item.customer = CustomerBrief(
                customer.pk, customer.number, customer.name, takes_substitutes(customer.preferences)
            )
    lacking = [item for item in facts if item.customer and _lacks(item)]
    if not lacking or not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        return
    ids = {item.customer_id for item in lacking}
    phones: dict[int, str] = {}
    for contact in Contact.objects.filter(customer__in=ids).order_by("customer_id", "-is_primary", "pk"):
        if contact.phone:
            phones.setdefault(contact.customer_id, contact.phone)
    addresses: dict[int, list[Address]] = {}
    for address in Address.objects.filter(customer__in=ids).order_by("customer_id", "-is_default", "pk"):
        addresses.setdefault(address.customer_id, []).append(address)
    for item in lacking:
        _fill(item, phones, addresses)


def takes_substitutes(preferences: Mapping[str, object]) -> bool:
    said = preferences.get("substitutes", True)
    return said is not False and str(said).strip().lower() not in REFUSING


def _lacks(item: OrderFacts) -> bool:
    if item.address is None:
        return item.kind != "entry"
    return not (item.address.phone and item.address.postcode)


def _fill(item: OrderFacts, phones: Mapping[int, str], addresses: Mapping[int, Sequence[Address]]) -> None:
    if item.customer is None:
        return
    there = addresses.get(item.customer.id, ())
    if (here := item.address) is None:
        usual = next((row for row in there if row.kind == Address.Kind.SHIPPING), None)
        if usual is not None:
            item.customer.address_id = usual.pk
            item.customer.place = " ".join(filter(None, (usual.city or usual.region, usual.street)))
        return
    same = [row for row in there if row.city == here.city and row.street.strip() == here.street.strip()]
    item.customer.phone = phones.get(item.customer.id, "") or next((row.phone for row in there if row.phone), "")
    # Only of the very same place: another address has another postcode.
    item.customer.postcode = next((row.postcode for row in same if row.postcode and row.country == here.country), "")
