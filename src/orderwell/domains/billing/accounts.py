"""Reading what order lines were charged and credited so far. The order must be locked by the caller."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from orderwell.domains.billing.charging import Account, Billed
from orderwell.domains.billing.models import CreditNoteLine, InvoiceLine
from orderwell.domains.orders.pricing import NOTHING, Amounts


def accounts_of(line_ids: Collection[int]) -> dict[int, Account]:
    """The account of each order line; lines never invoiced have an empty one."""
    units: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    money: dict[tuple[int, str], Amounts] = defaultdict(lambda: NOTHING)
    charges = InvoiceLine.objects.filter(order_line_id__in=list(line_ids))
    for line_id, quantity, amounts in _sums(charges, "order_line_id"):
        units[line_id, "charged"], money[line_id, "charged"] = quantity, amounts
    parts = CreditNoteLine.objects.filter(invoice_line__order_line_id__in=list(line_ids))
    for line_id, quantity, amounts in _sums(parts.filter(credit_note__reverses=True), "invoice_line__order_line_id"):
        units[line_id, "charged"] -= quantity
        money[line_id, "charged"] -= amounts
    for line_id, quantity, amounts in _sums(parts.filter(credit_note__reverses=False), "invoice_line__order_line_id"):
        units[line_id, "credited"], money[line_id, "credited"] = quantity, amounts
    return {
        pk: Account(units[pk, "charged"], money[pk, "charged"], units[pk, "credited"], money[pk, "credited"])
        for pk in line_ids
    }


def billed_of(line_ids: Collection[int]) -> dict[int, dict[int, Billed]]:
    """Of each order line its invoice lines, by their id, each with what was credited of it."""
    parts = CreditNoteLine.objects.filter(invoice_line__order_line_id__in=list(line_ids))
    credited = {pk: amounts for pk, _units, amounts in _sums(parts, "invoice_line_id")}
    found: dict[int, dict[int, Billed]] = {pk: {} for pk in line_ids}
    for row in InvoiceLine.objects.filter(order_line_id__in=list(line_ids)):
        charged = Amounts(row.net_amount, row.tax_amount, row.gross_amount)
        found[row.order_line_id][row.pk] = Billed(
            row.quantity, charged, row.quantity_credited, credited.get(row.pk, NOTHING)
        )
    return found


def _sums(rows: QuerySet[Any], key: str) -> Iterator[tuple[int, Decimal, Amounts]]:
    sums = (Sum("quantity"), Sum("net_amount"), Sum("tax_amount"), Sum("gross_amount"))
    for line_id, quantity, net, tax, gross in (
        rows.order_by()
        .values(key)
        .annotate(*sums)
        .values_list(key, "quantity__sum", "net_amount__sum", "tax_amount__sum", "gross_amount__sum")
    ):
        yield line_id, quantity, Amounts(net, tax, gross)
