"""How the account of a customer stands when an order is typed: terms, limit, what is owed, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from orderwell.domains.billing.models import CreditNote, Invoice
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.customers.lookup import known_customer
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CreditState:
    """Amounts are in `currency`, the customer's own. `limit` None: none was agreed; 0: pays in advance.

    `owed` is the balance of the account; `overdue` the part of it that invoices past their due date account for, payments
    taken to pay the oldest first; `not_invoiced` what open orders will still add.
    """

    currency: str
    payment_terms_days: int
    limit: Decimal | None
    owed: Decimal
    overdue: Decimal
    not_invoiced: Decimal

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered within the limit; negative when it is passed."""
        return None if self.limit is None else self.limit - self.owed - self.not_invoiced


def credit_state(actor: Actor, customer_id: int, *, now: datetime) -> CreditState:
    """Raises NotFound, PermissionDenied."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    customer = known_customer(actor, customer_id)
    currency = customer.currency
    owed = customer_balance(actor, customer_id).get(currency, ZERO)
    orders = visible_orders(actor).filter(customer_id=customer_id, currency=currency)
    young = Invoice.objects.filter(order__in=orders, customer_id=customer_id, currency=currency, due_at__gte=now)
    not_due = (young.aggregate(total=Sum("gross_amount"))["total"] or ZERO) - (
        CreditNote.objects.filter(invoice__in=young).aggregate(total=Sum("gross_amount"))["total"] or ZERO
    )
    open_orders = orders.filter(state=Order.State.PLACED, history=False)
    sums = open_orders.aggregate(total=Sum("total_amount"), invoiced=Sum("invoiced_amount"))
    waiting = (sums["total"] or ZERO) - (sums["invoiced"] or ZERO)
    return CreditState(
        currency=currency,
        payment_terms_days=customer.payment_terms_days,
        limit=customer.credit_limit,
        owed=owed,
        overdue=max(owed - not_due, ZERO),
        not_invoiced=max(waiting, ZERO),
    )
