"""What customers owe past its date: the calculation of `billing/credit_state.py` for many of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Min, Sum

from orderwell.domains.automation.hints.facts.values import Overdue
from orderwell.domains.billing.models import CreditNote
from orderwell.domains.billing.queries import OWING, balances_of, visible_invoices
from orderwell.domains.customers.models import Customer
from orderwell.platform.accounts.actor import Actor

ZERO = Decimal(0)


def overdue_of(actor: Actor, customers: Iterable[Customer], *, grace_days: int, now: datetime) -> dict[int, Overdue]:
    """Customer id -> what is overdue by more than `grace_days`, payments taken to pay the oldest first. Four queries."""
    known = {customer.pk: customer.currency for customer in customers}
    owed = {pk: amount for (pk, currency), amount in _balances(actor, known).items() if currency == known[pk]}
    owing = [pk for pk, amount in owed.items() if amount > 0]
    if not owing:
        return {}
    limit = now - timedelta(days=grace_days)
    invoices = visible_invoices(actor).filter(customer__in=owing, currency=F("customer__currency"))
    young = invoices.filter(due_at__gte=limit)
    not_due = dict(young.order_by().values_list("customer_id").annotate(total=Sum("gross_amount")))
    credited = CreditNote.objects.filter(invoice__in=young.values("pk")).order_by().values_list("invoice__customer_id")
    for pk, amount in credited.annotate(total=Sum("gross_amount")):
        not_due[pk] -= amount
    found = {pk: owed[pk] - not_due.get(pk, ZERO) for pk in owing}
    late = [pk for pk, amount in found.items() if amount > 0]
    unpaid = invoices.filter(customer__in=late, due_at__lt=limit, order__payment_state__in=OWING)
    since = dict(unpaid.order_by().values_list("customer_id").annotate(oldest=Min("due_at"))) if late else {}
    return {pk: Overdue(found[pk], owed[pk], known[pk], since.get(pk)) for pk in late}


def _balances(actor: Actor, known: dict[int, str]) -> dict[tuple[int, str], Decimal]:
    return balances_of(actor, list(known)) if known else {}
