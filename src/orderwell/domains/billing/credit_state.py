"""How the account of a customer stands when an order is typed: terms, limit, what is owed, what is late.

A limit is one for all channels and teams, so whoever may see a customer's account on the screen sees its sums whole,
though not the orders and invoices of others behind them. A program gets the sums of its own rows, as for a balance, and is
told where they are a part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from orderwell.domains.billing.open_invoices import open_invoices
from orderwell.domains.billing.queries import balances_of, customer_balance, part_of_balance, visible_invoices
from orderwell.domains.customers.lookup import known_customer
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import one_row, prepared

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CreditState:
    """Amounts are in `currency`, the customer's own. `limit` None: none was agreed; 0: pays in advance.

    `owed` is the balance of the account: what is `open` of invoices, less what was paid `ahead` on other orders. `overdue`
    is open of invoices past their due date, whatever was paid ahead elsewhere; `not_invoiced` what open orders will add.
    """

    currency: str
    payment_terms_days: int
    limit: Decimal | None
    owed: Decimal
    open: Decimal
    overdue: Decimal
    not_invoiced: Decimal
    # There is more that the actor may not know of: then nobody can say what is left of the limit.
    partial: bool = False

    @property
    def ahead(self) -> Decimal:
        return max(self.open - self.owed, ZERO)

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered within the limit; negative when it is passed."""
        return None if self.limit is None or self.partial else self.limit - self.owed - self.not_invoiced


@dataclass(frozen=True, slots=True)
class CreditUse:
    """How much of an agreed limit is used: what is owed, and what open orders will still add. In `currency`."""

    currency: str
    limit: Decimal
    owed: Decimal
    not_invoiced: Decimal

    @property
    def left(self) -> Decimal:
        """Negative when the limit is passed."""
        return self.limit - self.owed - self.not_invoiced


def credit_used(actor: Actor, customers: Iterable[Customer]) -> dict[int, CreditUse]:
    """By customer id, of those that have a limit; who pays in advance has none to use. Two queries.

    Raises PermissionDenied.
    """
    limited = {row.pk: row for row in customers if row.credit_limit}
    if not limited:
        return {}
    owed, waiting = balances_of(actor.on_every_row(), limited), not_invoiced(actor, limited)
    return {
        pk: CreditUse(row.currency, row.credit_limit or ZERO, owed.get((pk, row.currency), ZERO), waiting.get(pk, ZERO))
        for pk, row in limited.items()
    }


def not_invoiced(actor: Actor, customer_ids: Collection[int]) -> dict[int, Decimal]:
    """By customer id, what open orders in the customer's own currency will still add to the account. One query."""
    return _still_to_come(actor.on_every_row(), customer_ids)


def _still_to_come(actor: Actor, customer_ids: Collection[int]) -> dict[int, Decimal]:
    sums = _open_sums(actor, list(customer_ids))
    return {customer: max(total - invoiced, ZERO) for customer, total, invoiced in sums}


@prepared(Actor, [int])
def _open_sums(actor: Actor, customer_ids: Sequence[int]) -> QuerySet[Any, tuple[int, Decimal, Decimal]]:
    orders = visible_orders(actor).filter(
        customer__in=customer_ids,
        customer__currency=F("currency"),
        state=Order.State.PLACED,
        history=False,
    )
    return orders.order_by().values_list("customer_id").annotate(Sum("total_amount"), Sum("invoiced_amount"))


def credit_state(actor: Actor, customer_id: int, *, now: datetime, own_rows: bool = False) -> CreditState:
    """Over the whole account, or with `own_rows` over what the actor may know of. Raises NotFound, PermissionDenied."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    customer = known_customer(actor, customer_id)
    currency, whole = customer.currency, actor.on_every_row()
    seen = actor if own_rows else whole
    owed = customer_balance(seen, customer_id).get(currency, ZERO)
    ((total, late),) = _open(seen, customer_id, currency, now)
    to_come = _still_to_come(seen, [customer_id])
    partial = own_rows and (part_of_balance(actor, customer_id) or to_come != _still_to_come(whole, [customer_id]))
    return CreditState(
        currency=currency,
        payment_terms_days=customer.payment_terms_days,
        limit=customer.credit_limit,
        owed=owed,
        open=total or ZERO,
        overdue=late or ZERO,
        not_invoiced=to_come.get(customer_id, ZERO),
        partial=partial,
    )


@prepared(Actor, int, str, datetime)
def _open(actor: Actor, customer_id: int, currency: str, now: datetime) -> QuerySet[Any, tuple[Decimal | None, ...]]:
    rows = open_invoices(visible_invoices(actor).filter(customer_id=customer_id, currency=currency))
    return one_row(rows, total=Sum("open_amount"), late=Sum("open_amount", filter=Q(due_at__lt=now)))
