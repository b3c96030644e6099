"""What customers owe past its date: the calculation of `billing/credit_state.py` for many of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Min, Q, Sum

from orderwell.domains.automation.hints.facts.values import Overdue
from orderwell.domains.billing.open_invoices import open_invoices
from orderwell.domains.billing.queries import balances_of, visible_invoices
from orderwell.domains.customers.models import Customer
from orderwell.platform.accounts.actor import Actor


def overdue_of(actor: Actor, customers: Iterable[Customer], *, grace_days: int, now: datetime) -> dict[int, Overdue]:
    """Customer id -> what is open of invoices overdue by more than `grace_days`, of those who owe. Two queries."""
    known = {customer.pk: customer.currency for customer in customers}
    balances = balances_of(actor, list(known)) if known else {}
    owed = {pk: amount for (pk, currency), amount in balances.items() if currency == known[pk] and amount > 0}
    if not owed:
        return {}
    mine = visible_invoices(actor).filter(customer__in=list(owed), currency=F("customer__currency"))
    late = Q(due_at__lt=now - timedelta(days=grace_days))
    sums = (
        open_invoices(mine)
        .order_by()
        .values_list("customer_id")
        .annotate(open=Sum("open_amount"), total=Sum("open_amount", filter=late), oldest=Min("due_at", filter=late))
        .filter(oldest__isnull=False)
    )
    return {
        pk: Overdue(total, owed[pk], known[pk], oldest, max(all_open - owed[pk], Decimal(0)))
        for pk, all_open, total, oldest in sums
    }
