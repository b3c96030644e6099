"""Money that comes in and goes back. What a reference already stands for is answered again, not booked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F

from orderwell.domains.billing.errors import (
    InvoiceOfAnotherOrder,
    MoneyUndone,
    PastOrder,
    PaymentFarAboveOrder,
    PaymentInFuture,
    RecordedForAnotherInvoice,
    RecordedForNoInvoice,
    ReferenceTaken,
    RefundAbovePayment,
    UnknownInvoice,
    UnknownMethod,
)
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.billing.methods import METHODS
from orderwell.domains.billing.models import Invoice, Payment, Refund
from orderwell.domains.billing.queries import due_amount, visible_invoices, visible_payments
from orderwell.domains.billing.services.ledger import Kind, post
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.loading import lock_order, require_state
from orderwell.domains.orders.services.progress import record_money, refresh_states
from orderwell.kernel.clock import business_day, day_bounds
from orderwell.kernel.errors import DomainError, NotFound, Refusal
from orderwell.kernel.money import MAX_AMOUNT
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import AmountOutOfRange, MissingTimeZone, UsedElsewhere, amount_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import RowConflict, Verdict, one_by_one
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import amount_value
from orderwell.platform.permissions import Permission

# How far ahead of ours the clock of a bank may be.
AHEAD = timedelta(hours=24)
# A payment of so many times what can be meant is a slip of the finger until somebody says that it is not.
ABSURD = 10


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money received for an order, in the order's currency. `received_at` is now unless said otherwise.

    `invoice` is the number of the invoice that the payer named: it is settled first. Without one the oldest are. `overpay`
    says that so much was really paid, however far it is above what was ordered.
    """

    order_id: int
    amount: Decimal
    method: str
    reference: str | None = None
    received_at: datetime | None = None
    invoice: str | None = None
    overpay: bool = False


def moment_received(day: date | None, *, now: datetime) -> datetime | None:
    """Of a day that somebody named: its beginning; None, which is now, for today and where none was named."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return day_bounds(day, zone)[0] if day and day != business_day(now, zone) else None


def record_payment(*, payment: PaymentDraft, actor: Actor, now: datetime) -> Payment:
    """Record money received. A reference told twice for the same method gives the first payment again.

    Money can come in for a cancelled order too; the order is then overpaid. Raises NotFound, PastOrder,
    OrderStateForbids, ReferenceTaken, UnknownInvoice, InvoiceOfAnotherOrder, PaymentFarAboveOrder, or Refusal with all
    problems.
    """
    actor.require(Permission.BILLING_PAYMENT_CREATE)
    reference = (payment.reference or "").strip() or None
    _check_payment(payment, reference, now)
    for _attempt in range(2):
        try:
            with atomic():
                return _record_payment(payment, reference, actor, now)
        except IntegrityError:
            continue  # somebody was faster with this reference: the second time it is found
    raise RowConflict(reference=reference)


def record_payments(*, payments: Sequence[PaymentDraft], actor: Actor, now: datetime) -> list[Verdict]:
    """Record several payments, each in a transaction of its own."""
    actor.require(Permission.BILLING_PAYMENT_CREATE)
    return one_by_one(
        payments,
        do=lambda payment: record_payment(payment=payment, actor=actor, now=now).pk,
        reference=lambda payment: payment.reference or str(payment.order_id),
    )


def record_refund(
    *,
    payment_id: int,
    amount: Decimal,
    reason: str,
    reference: str | None = None,
    cause: str = "",
    actor: Actor,
    now: datetime,
) -> Refund:
    """Give back part or all of a payment. A reference told twice gives the first refund again; `cause` names what it is
    made along with, such as "return:4".

    Raises NotFound, RefundAbovePayment, ReferenceTaken, or Refusal with all problems.
    """
    actor.require(Permission.BILLING_REFUND_CREATE)
    reference = (reference or "").strip() or None
    problems = [
        *text_problems(reason, "/reason", 240, needed=True, lines=True),
        *text_problems(reference or "", "/reference", 120),
    ]
    if problems:
        raise Refusal([problem.detail() for problem in problems])
    for _attempt in range(2):
        try:
            with atomic():
                return _record_refund(payment_id, amount, reason.strip(), reference, cause, actor, now)
        except IntegrityError:
            continue
    raise RowConflict(reference=reference)


def already_undone(row: Payment | Refund) -> MoneyUndone:
    return MoneyUndone(who=row.undone_by, moment=row.undone_at, reason=row.undone_reason)


def _check_payment(payment: PaymentDraft, reference: str | None, now: datetime) -> None:
    problems: list[DomainError] = list(text_problems(reference or "", "/reference", 120))
    problems += text_problems(payment.invoice or "", "/invoice", 40)
    if payment.method not in METHODS:
        problems.append(UnknownMethod(pointer="/method", value=payment.method[:20], expected=", ".join(METHODS)))
    if payment.received_at is not None and payment.received_at.tzinfo is None:
        problems.append(MissingTimeZone(pointer="/received_at", value=payment.received_at.isoformat()))
    elif payment.received_at is not None and payment.received_at > now + AHEAD:
        day = business_day(payment.received_at, ZoneInfo(settings.TIME_ZONE))
        problems.append(PaymentInFuture(pointer="/received_at", value=day.isoformat()))
    if problems:
        raise Refusal([problem.detail() for problem in problems])


def _check_amount(amount: Decimal, currency: str) -> None:
    problems = list(amount_problems(amount, "/amount", currency))
    if not problems and amount == 0:
        problems = [AmountOutOfRange(pointer="/amount", value=plain(amount), low="0.01", high=MAX_AMOUNT)]
    if problems:
        raise Refusal([problem.detail() for problem in problems])


def _check_size(amount: Decimal, order: Order) -> None:
    """Too much may come in, even for an order that was cancelled: what counts is what was once ordered."""
    due = due_amount(order)
    if amount <= due:
        return
    lines = OrderLine.objects.filter(order=order).values_list("quantity", "unit_price")
    ordered = sum((quantity * price for quantity, price in lines), Decimal(0))
    worth = max(due, order.total_amount, ordered)
    if amount >= ABSURD * worth:
        raise PaymentFarAboveOrder(pointer="/amount", amount=amount, worth=worth, currency=order.currency)


def _record_payment(draft: PaymentDraft, reference: str | None, actor: Actor, now: datetime) -> Payment:
    order = lock_order(draft.order_id, actor=actor, permission=Permission.BILLING_PAYMENT_CREATE)
    if order.history:
        raise PastOrder(number=order.number)
    require_state(order, Order.State.PLACED, Order.State.COMPLETED, Order.State.CANCELLED)
    _check_amount(draft.amount, order.currency)
    invoice = _named_invoice(draft.invoice, order, actor)
    if reference is not None:
        told = Payment.objects.select_related("order", "invoice")
        earlier = told.filter(method=draft.method, reference=reference, undone_at=None).first()
        if earlier is not None:
            return _same_payment(earlier, order, draft.amount, invoice, reference, actor)
    if not draft.overpay:
        _check_size(draft.amount, order)
    payment = Payment.objects.create(
        order_id=order.pk,
        customer_id=order.customer_id,
        invoice=invoice,
        method=draft.method,
        reference=reference,
        currency=order.currency,
        amount=draft.amount,
        received_at=draft.received_at or now,
        actor_label=actor.label,
    )
    post(order, Kind.PAYMENT, payment.pk, draft.amount, payment.received_at)
    record_money(order.pk, paid=draft.amount)
    data = {
        "amount": draft.amount,
        "currency": order.currency,
        "method": draft.method,
        "reference": reference,
        "invoice": invoice.number if invoice else None,
    }
    record(Fact(BillingEvent.PAID, f"order:{order.pk}", f"payment:{payment.pk}", data), actor=actor, now=now)
    refresh_states([order.pk], actor=actor, now=now, received={order.pk: True})
    return payment


def _named_invoice(given: str | None, order: Order, actor: Actor) -> Invoice | None:
    number = (given or "").strip()
    if not number:
        return None
    found = visible_invoices(actor).select_related("order").filter(number=number).first()
    if found is None:
        raise UnknownInvoice(pointer="/invoice", value=number)
    if found.order_id != order.pk:
        raise InvoiceOfAnotherOrder(pointer="/invoice", value=number, other=found.order.number, number=order.number)
    return found


def _same_payment(
    earlier: Payment, order: Order, amount: Decimal, invoice: Invoice | None, reference: str, actor: Actor
) -> Payment:
    if earlier.order_id == order.pk and earlier.amount == amount:
        if invoice is None or earlier.invoice == invoice:
            return earlier
        if earlier.invoice is None:
            raise RecordedForNoInvoice(pointer="/reference", reference=reference)
        raise RecordedForAnotherInvoice(pointer="/reference", reference=reference, invoice=earlier.invoice.number)
    raise _taken(reference, earlier, earlier.amount, actor)


def _taken(reference: str, payment: Payment, amount: Decimal, actor: Actor) -> DomainError:
    """The reference names another payment or its refund, of which not everybody may know."""
    if not visible_payments(actor).filter(pk=payment.pk).exists():
        return UsedElsewhere(pointer="/reference", value=reference)
    return ReferenceTaken(
        pointer="/reference",
        reference=reference,
        amount=amount,
        currency=payment.currency,
        number=payment.order.number,
    )


def _record_refund(
    payment_id: int, amount: Decimal, reason: str, reference: str | None, cause: str, actor: Actor, now: datetime
) -> Refund:
    order_id = visible_payments(actor).filter(pk=payment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="payment", reference=str(payment_id))
    order = lock_order(order_id, actor=actor, permission=Permission.BILLING_REFUND_CREATE)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    _check_amount(amount, payment.currency)
    if reference is not None:
        told = Refund.objects.select_related("payment__order").filter(reference=reference, undone_at=None)
        earlier = told.first()
        if earlier is not None:
            return _same_refund(earlier, payment, amount, reference, actor)
    if payment.undone_at is not None:
        raise already_undone(payment)
    left = payment.amount - payment.refunded_amount
    if amount > left:
        raise RefundAbovePayment(pointer="/amount", left=left, currency=payment.currency, value=plain(amount))
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason,
        cause=cause,
        reference=reference,
        refunded_at=now,
        actor_label=actor.label,
    )
    Payment.objects.filter(pk=payment.pk).update(refunded_amount=F("refunded_amount") + amount_value(amount))
    post(order, Kind.REFUND, refund.pk, amount, now)
    record_money(order.pk, paid=-amount)
    data = {"amount": amount, "currency": payment.currency, "reason": reason, "payment": payment.pk}
    record(Fact(BillingEvent.REFUNDED, f"order:{order.pk}", f"refund:{refund.pk}", data), actor=actor, now=now)
    refresh_states([order.pk], actor=actor, now=now, received={order.pk: True})
    return refund


def _same_refund(earlier: Refund, payment: Payment, amount: Decimal, reference: str, actor: Actor) -> Refund:
    if earlier.payment_id == payment.pk and earlier.amount == amount:
        return earlier
    raise _taken(reference, earlier.payment, earlier.amount, actor)
