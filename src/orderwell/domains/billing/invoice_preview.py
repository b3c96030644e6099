"""What an invoice over units that are not invoiced yet would come to, before it is issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderwell.domains.billing.accounts import accounts_of
from orderwell.domains.billing.charging import next_charge
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts
from orderwell.domains.orders.to_invoice import uninvoiced


@dataclass(frozen=True, slots=True)
class InvoicePreview:
    """`lines` are the goods; `charges` is shipping and what else goes along whole, and in `total` too."""

    lines: dict[int, Amounts]
    charges: Amounts
    total: Amounts


def preview_invoice(order: Order, lines: Sequence[OrderLine], quantities: Mapping[int, Decimal]) -> InvoicePreview:
    """`quantities` of the order's goods by line id. Charges go with some goods, or alone where no goods are left."""
    goods = [line for line in lines if line.kind == OrderLine.Kind.GOODS]
    wanted = {line.pk: quantities[line.pk] for line in goods if quantities.get(line.pk)}
    if wanted or not any(uninvoiced(line) for line in goods):
        others = [line for line in lines if line.kind != OrderLine.Kind.GOODS]
        wanted |= {line.pk: units for line in others if (units := uninvoiced(line))}
    accounts = accounts_of(wanted)
    found = {
        line.pk: next_charge(order, line, accounts[line.pk], wanted[line.pk]) for line in lines if line.pk in wanted
    }
    of_goods = {line.pk: found[line.pk] for line in goods if line.pk in found}
    charges = sum((amounts for pk, amounts in found.items() if pk not in of_goods), NOTHING)
    return InvoicePreview(of_goods, charges, sum(found.values(), NOTHING))
