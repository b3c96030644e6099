"""Customers whose name, or that of a contact, begins with a character that is read in another way as a family name."""

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any

from django.db import migrations
from django.db.models import Q

from orderwell.domains.customers.searching import customer_key
from orderwell.platform.search.keys import FAMILY_NAMES

BATCH = 1_000


def renew_keys(apps: Any, schema_editor: Any) -> None:
    customers = apps.get_model("customers", "Customer").objects
    contacts = apps.get_model("customers", "Contact").objects
    named = reduce(or_, (Q(name__startswith=family) for family in FAMILY_NAMES))
    found = set(contacts.filter(named).values_list("customer_id", flat=True))
    for pk, merged_into in customers.filter(named).values_list("pk", "merged_into_id"):
        found.add(pk)
        if merged_into is not None:  # whose key has the names of those that became part of it
            found.add(merged_into)
    wanted = sorted(found)
    for start in range(0, len(wanted), BATCH):
        batch = list(customers.filter(pk__in=wanted[start : start + BATCH]).only("pk", "number", "name"))
        beside: dict[int, list[str]] = defaultdict(list)
        rows = contacts.filter(customer__in=batch).order_by("pk")
        for pk, name in rows.values_list("customer_id", "name"):
            beside[pk].append(name)
        former = customers.filter(merged_into__in=batch).order_by("pk")
        for pk, number, name in former.values_list("merged_into_id", "number", "name"):
            beside[pk] += [number, name]
        for row in batch:
            row.search_key = customer_key(row.number, row.name, beside[row.pk])
        customers.bulk_update(batch, ["search_key"])


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_tags_of_any_case"),
    ]

    operations = [
        migrations.RunPython(renew_keys, migrations.RunPython.noop, elidable=True),
    ]
