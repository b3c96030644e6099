"""Undoing a payment or a refund that was recorded by mistake: it stays, the ledger gets the entry that takes it back.

A payment can be undone as long as nothing of it was given back, a refund as long as it stands. The undoing is dated when it
is done, so that an account statement that was handed out stays true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from orderwell.domains.billing.errors import PaymentRefunded
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.billing.models import Payment, Refund
from orderwell.domains.billing.queries import visible_payments
from orderwell.domains.billing.services.ledger import Kind, came_in, post
from orderwell.domains.billing.services.pay import already_undone
from orderwell.domains.orders.services.loading import lock_order
from orderwell.domains.orders.services.progress import record_money, refresh_states
from orderwell.kernel.errors import NotFound
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import amount_value
from orderwell.platform.permissions import Permission
from orderwell.platform.views.sources import RowVerdict, one_at_a_time


def undo_payment(*, payment_id: int, reason: str, actor: Actor, now: datetime) -> Payment:
    """The money never came in. Raises NotFound, MoneyUndone, PaymentRefunded, or Refusal for the reason."""
    actor.require(Permission.BILLING_PAYMENT_CREATE)
    reason = _checked(reason)
    with atomic():
        order_id = visible_payments(actor).filter(pk=payment_id).values_list("order_id", flat=True).first()
        if order_id is None:
            raise NotFound(kind="payment", reference=str(payment_id))
        # The order first, as everywhere that money is written: two who undo at once stand in line here.
        order = lock_order(order_id, actor=actor, permission=Permission.BILLING_PAYMENT_CREATE)
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.undone_at is not None:
            raise already_undone(payment)
        if payment.refunded_amount:
            raise PaymentRefunded(amount=payment.refunded_amount, currency=payment.currency)
        _stamp(payment, reason, actor, now)
        post(order, Kind.PAYMENT_UNDO, payment.pk, payment.amount, max(now, payment.received_at))
        record_money(order.pk, paid=-payment.amount)
        data = {
            "amount": payment.amount,
            "currency": payment.currency,
            "method": payment.method,
            "reference": payment.reference,
            "reason": reason,
        }
        subject = f"payment:{payment.pk}"
        record(Fact(BillingEvent.PAYMENT_UNDONE, f"order:{order.pk}", subject, data), actor=actor, now=now)
        refresh_states([order.pk], actor=actor, now=now, received=came_in(order.pk))
    return payment


def undo_refund(*, refund_id: int, reason: str, actor: Actor, now: datetime) -> Refund:
    """The money never went back. Raises NotFound, MoneyUndone, or Refusal for the reason."""
    actor.require(Permission.BILLING_REFUND_CREATE)
    reason = _checked(reason)
    with atomic():
        known = Refund.objects.filter(pk=refund_id, payment__in=visible_payments(actor))
        order_id = known.values_list("payment__order_id", flat=True).first()
        if order_id is None:
            raise NotFound(kind="refund", reference=str(refund_id))
        order = lock_order(order_id, actor=actor, permission=Permission.BILLING_REFUND_CREATE)
        refund = Refund.objects.select_for_update().get(pk=refund_id)
        if refund.undone_at is not None:
            raise already_undone(refund)
        _stamp(refund, reason, actor, now)
        left = F("refunded_amount") - amount_value(refund.amount)
        Payment.objects.filter(pk=refund.payment_id).update(refunded_amount=left)
        post(order, Kind.REFUND_UNDO, refund.pk, refund.amount, now)
        record_money(order.pk, paid=refund.amount)
        data = {
            "amount": refund.amount,
            "currency": order.currency,
            "reason": reason,
            "payment": refund.payment_id,
        }
        subject = f"refund:{refund.pk}"
        record(Fact(BillingEvent.REFUND_UNDONE, f"order:{order.pk}", subject, data), actor=actor, now=now)
        refresh_states([order.pk], actor=actor, now=now, received={order.pk: True})
    return refund


def undo_payments(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Undo each, from a list."""
    reason = str(data["reason"])
    names = dict(visible_payments(actor).filter(pk__in=ids).values_list("pk", "order__number"))

    def do(pk: int) -> Mapping[str, Any]:
        undo_payment(payment_id=pk, reason=reason, actor=actor, now=now)
        return {}

    return one_at_a_time(ids, names, do)


def _checked(reason: str) -> str:
    refuse(text_problems(reason, "/reason", 240, needed=True, lines=True))
    return reason.strip()


def _stamp(row: Payment | Refund, reason: str, actor: Actor, now: datetime) -> None:
    row.undone_at, row.undone_by, row.undone_reason = now, actor.label, reason
    row.save(update_fields=["undone_at", "undone_by", "undone_reason"])
