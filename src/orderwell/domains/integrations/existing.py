"""What is there already for the references of a file, line by line: how a repeated import finds what it brought before.

A document that exists is never altered. When a known reference gains lines - a file was cut in the middle of an invoice -
the lines make a supplement: one more document, named after the first ("536365/2"). So a reference may have a family.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping

from django.db.models import Q

from orderwell.domains.customers.models import Customer, CustomerMerge
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.inventory.models import Adjustment, StockMovement
from orderwell.domains.orders.models import Order, OrderLine

MAX_FAMILY = 9
# Reference -> document ("order:12") -> its lines, counted by what makes them alike. Documents in the order of their making.
Families = dict[str, dict[str, Counter[Hashable]]]


def names_of(references: Iterable[str], *, supplements: bool) -> dict[str, str]:
    """Every name that a document of these references can have -> the reference."""
    names = {}
    for reference in references:
        names[reference] = reference
        if supplements:
            names.update({supplement_name(reference, number): reference for number in range(2, MAX_FAMILY + 1)})
    return names


def supplement_name(reference: str, number: int) -> str:
    return f"{reference}/{number}"


def order_families(names: Mapping[str, str], channel_ids: Collection[int]) -> Families:
    """Lines by (kind, sku, quantity, unit price)."""
    orders = Order.objects.filter(channel_id__in=channel_ids, external_id__in=list(names)).order_by("id")
    families, lines = _families("order", orders.values_list("id", "external_id"), names)
    rows = OrderLine.objects.filter(order_id__in=list(lines))
    for pk, *key in rows.values_list("order_id", "kind", "sku", "quantity", "unit_price"):
        lines[pk][tuple(key)] += 1
    return families


def other_customers(named: Mapping[int, str]) -> dict[int, str]:
    """Orders -> the number of their customer, of those that are another's than the customer `named` for them.

    An order without a customer is nobody's, so it is not another's either.
    """
    orders = Order.objects.filter(pk__in=list(named), customer__isnull=False)
    held = {pk: owner for pk, owner in orders.values_list("pk", "customer_id") if owner is not None}
    rows = list(
        # One look at both sides, so that no merge comes between them.
        Customer.objects.filter(Q(number__in={named[pk] for pk in held}) | Q(pk__in=set(held.values()))).values_list(
            "pk", "number", "merged_into_id"
        )
    )
    ids, numbers = {number: pk for pk, number, _ in rows}, {pk: number for pk, number, _ in rows}
    leads_to = {pk: merged_into or pk for pk, _, merged_into in rows}
    differing: dict[int, set[int]] = {}
    for order, owner in held.items():
        asked = ids.get(named[order])
        meant = {asked, leads_to[asked]} if asked is not None else set()
        if leads_to[owner] not in meant:
            differing[order] = meant
    if not differing:
        return {}
    # What was placed for a customer while it was part of another stays with that one when they are parted again.
    merges = CustomerMerge.objects.filter(survivor__in={held[order] for order in differing})
    once = set(merges.values_list("merged_id", "survivor_id"))
    return {
        order: numbers[held[order]]
        for order, meant in differing.items()
        if not any((pk, held[order]) in once for pk in meant)
    }


def return_families(names: Mapping[str, str], channel_id: int) -> Families:
    """Lines by (sku, quantity, amount)."""
    returns = Return.objects.filter(channel_id=channel_id, external_id__in=list(names)).order_by("id")
    families, lines = _families("return", returns.values_list("id", "external_id"), names)
    rows = ReturnLine.objects.filter(return_document_id__in=list(lines))
    for pk, *key in rows.values_list("return_document_id", "sku", "quantity", "gross_amount"):
        lines[pk][tuple(key)] += 1
    return families


def adjustment_families(names: Mapping[str, str], prefix: str) -> Families:
    """Lines by (sku, quantity). Adjustments have no channel; `prefix` stands before their references."""
    adjustments = Adjustment.objects.filter(external_id__in=[prefix + name for name in names]).order_by("id")
    found = [(pk, (name or "").removeprefix(prefix)) for pk, name in adjustments.values_list("id", "external_id")]
    families, lines = _families("adjustment", found, names)
    rows = StockMovement.objects.filter(
        cause__in=[f"adjustment:{pk}" for pk in lines], kind=StockMovement.Kind.ADJUSTMENT
    )
    for cause, *key in rows.values_list("cause", "stock_item__variant__sku", "quantity"):
        lines[int(cause.partition(":")[2])][tuple(key)] += 1
    return families


def _families(
    kind: str, found: Iterable[tuple[int, str | None]], names: Mapping[str, str]
) -> tuple[Families, dict[int, Counter[Hashable]]]:
    families: Families = defaultdict(dict)
    lines: dict[int, Counter[Hashable]] = {}
    for pk, name in found:
        lines[pk] = families[names[name or ""]][f"{kind}:{pk}"] = Counter()
    return families, lines
