"""What must always hold of customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from orderwell.domains.customers.models import Contact, Customer
from orderwell.domains.customers.searching import customer_key
from orderwell.domains.customers.storing import former_names
from orderwell.platform.search.laws import search_law
from orderwell.platform.verify import LawResult, law

CHUNK = 5_000


@law("customers.search_finds_every_customer")
def search_finds_every_customer() -> LawResult:
    """The search key of every customer is made of number, name, contacts and who was merged into it, and the search index has it."""
    return search_law(Customer, _texts(), "customer")


def _texts() -> Iterator[tuple[int, str, str, str]]:
    last = 0
    while rows := list(
        Customer.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "number", "name", "search_key")[:CHUNK]
    ):
        people = defaultdict(list)
        among = Contact.objects.filter(customer__gt=last, customer__lte=rows[-1][0]).order_by("id")
        for customer, name in among.values_list("customer_id", "name"):
            people[customer].append(name)
        former = former_names([pk for pk, *_rest in rows])
        for pk, number, name, key in rows:
            yield pk, number, key, customer_key(number, name, (*people[pk], *former.get(pk, ())))
        last = rows[-1][0]
