"""Making search keys and search index of all customers anew: after another way of making keys, or when the law fails."""

from __future__ import annotations

from orderwell.domains.customers.models import Contact, Customer
from orderwell.domains.customers.searching import customer_key
from orderwell.domains.customers.storing import former_names
from orderwell.platform.database import atomic
from orderwell.platform.search.index import rebuild

_BATCH = 1_000


def renew_customer_search() -> int:
    """How many customers had another search key than their names and contacts give."""
    changed, last = 0, 0
    while True:
        with atomic():
            batch = list(Customer.objects.filter(pk__gt=last).select_for_update().order_by("pk")[:_BATCH])
            people: dict[int, list[str]] = {}
            contacts = Contact.objects.filter(customer__in=[row.pk for row in batch]).order_by("id")
            for customer, name in contacts.values_list("customer_id", "name"):
                people.setdefault(customer, []).append(name)
            former = former_names([row.pk for row in batch])
            wrong = []
            for row in batch:
                key = customer_key(row.number, row.name, (*people.get(row.pk, ()), *former.get(row.pk, ())))
                if key != row.search_key:
                    row.search_key = key
                    wrong.append(row)
            Customer.objects.bulk_update(wrong, ["search_key"])
        if not batch:
            break
        last, changed = batch[-1].pk, changed + len(wrong)
    rebuild(Customer, "search_key")
    return changed
