"""Invoicing many orders, and recording many invoices as paid, at once from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.queries import visible_invoices
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, moment_received, record_payment
from orderwell.domains.billing.services.undo_money import undo_payment
from orderwell.domains.orders.services.loading import lock_order
from orderwell.domains.orders.services.many import each
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission
from orderwell.platform.views.sources import RowVerdict, one_at_a_time


def invoice_orders(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Invoice all that is open of each, or with the extent "shipped" what of it left the house."""
    shipped = data.get("extent") == "shipped"

    def do(pk: int) -> Mapping[str, Any]:
        return {"invoice": issue_invoice(order_id=pk, shipped=shipped, actor=actor, now=now).pk}

    return each(ids, actor=actor, do=do)


def pay_invoices(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Record what is open of each invoice as received, each by a payment of its own that names it; one of which nothing is
    open stays as it is. `received_on` is today where it isn't given."""
    given = str(data.get("received_on") or "")
    received_at = moment_received(date.fromisoformat(given) if given else None, now=now)
    known = {row.pk: row for row in visible_invoices(actor).filter(pk__in=ids)}

    def do(pk: int) -> Mapping[str, Any] | None:
        if pk not in known:
            raise NotFound(kind="invoice", reference=str(pk))
        invoice = known[pk]
        with atomic():
            # What is open is read once nobody else can pay it.
            lock_order(invoice.order_id, actor=actor, permission=Permission.BILLING_PAYMENT_CREATE)
            amount = Invoice.objects.values_list("open_amount", flat=True).get(pk=pk)
            if not amount:
                return None
            draft = PaymentDraft(
                order_id=invoice.order_id,
                amount=amount,
                method=str(data["method"]),
                received_at=received_at,
                invoice=invoice.number,
            )
            return {"payment": record_payment(payment=draft, actor=actor, now=now).pk}

    return one_at_a_time(ids, {pk: row.number for pk, row in known.items()}, do)


def take_payments_back(
    rows: Sequence[tuple[int, Mapping[str, Any]]], *, reason: str, actor: Actor, now: datetime
) -> list[RowVerdict]:
    """Undo the payments that `pay_invoices` recorded."""
    memories = dict(rows)
    names = dict(visible_invoices(actor).filter(pk__in=list(memories)).values_list("pk", "number"))

    def do(pk: int) -> Mapping[str, Any]:
        undo_payment(payment_id=int(memories[pk]["payment"]), reason=reason, actor=actor, now=now)
        return {}

    return one_at_a_time(list(memories), names, do)
