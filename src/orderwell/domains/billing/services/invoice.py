"""Invoicing an order, whole or in parts. Numbers have no gaps and parts add up to the order, to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.billing.accounts import accounts_of
from orderwell.domains.billing.charging import next_charge
from orderwell.domains.billing.errors import AlreadyInvoiced, EverythingInvoiced, PastOrder, QuantityAboveUninvoiced
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine
from orderwell.domains.billing.recipient import kept_text, recipient_of
from orderwell.domains.billing.services.ledger import Kind, post
from orderwell.domains.catalog.models import Variant
from orderwell.domains.orders.errors import NothingToDo, UnknownLine
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts
from orderwell.domains.orders.services.loading import check_holds, lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import record_invoiced, record_money, refresh_states
from orderwell.domains.orders.to_invoice import gone_uninvoiced, uninvoiced
from orderwell.kernel.clock import business_day, day_bounds
from orderwell.kernel.errors import ErrorDetail, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import quantity_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict, one_by_one
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.numbering.services import next_number
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


def issue_invoice(
    *,
    order_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    cause: str | None = None,
    shipped: bool = False,
    actor: Actor,
    now: datetime,
) -> Invoice:
    """Invoice {line id: units} of an order, or with None everything that is not invoiced: of goods, with `shipped`, what
    left the house.

    Shipping and other charges are not divisible: they go onto the order's first invoice whole, and one that was added
    later goes onto the next. A `cause` other than the order, such as "shipment:3", is invoiced once: AlreadyInvoiced.
    Raises NotFound, PastOrder, OrderStateForbids, HeldOrder, NothingToDo, or Refusal with an entry for each unusable line.
    """
    actor.require(Permission.BILLING_INVOICE_CREATE)
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.BILLING_INVOICE_CREATE)
        check_holds(order, "invoice")
        if shipped:
            quantities = _shipped(order)
            if quantities == {}:
                raise NothingToDo(step="invoice", number=order.number)
        return write_invoice(order, quantities=quantities, cause=cause, actor=actor, now=now)


def write_invoice(
    order: Order, *, quantities: Mapping[int, Decimal] | None, cause: str | None, actor: Actor, now: datetime
) -> Invoice:
    """`issue_invoice` for use cases that have locked the order and know that no hold may stop them."""
    if order.history:
        raise PastOrder(number=order.number)
    require_state(order, Order.State.PLACED, Order.State.COMPLETED)
    lines = lines_of(order)
    if cause is not None:
        _check_cause(cause)
    wanted = _wanted(order, lines, quantities)
    if not wanted:
        raise nothing_left(order)
    return _write(order, [line for line in lines if line.pk in wanted], wanted, cause, actor, now)


def _shipped(order: Order) -> dict[int, Decimal] | None:
    """Goods that left and are not invoiced; None once all is shipped: then only charges may be left, and they go too."""
    goods = [line for line in lines_of(order) if line.kind == OrderLine.Kind.GOODS]
    gone = {line.pk: units for line in goods if (units := gone_uninvoiced(line))}
    whole = order.fulfilment_state in (Order.FulfilmentState.SHIPPED, Order.FulfilmentState.DELIVERED)
    return None if whole else gone


def nothing_left(order: Order) -> NothingToDo:
    """Why nothing can be invoiced; where somebody did it before, it names the invoices."""
    numbers = list(
        Invoice.objects.filter(order_id=order.pk).order_by("issued_at", "pk").values_list("number", flat=True)
    )
    if not numbers:
        return NothingToDo(step="invoice", number=order.number)
    return EverythingInvoiced(step="invoice", number=order.number, invoices=", ".join(numbers))


def issue_invoices(*, order_ids: Sequence[int], actor: Actor, now: datetime) -> list[Verdict]:
    """Invoice all that is open of several orders, each in a transaction of its own."""
    actor.require(Permission.BILLING_INVOICE_CREATE)
    return one_by_one(
        order_ids, do=lambda pk: issue_invoice(order_id=pk, actor=actor, now=now).pk, reference=lambda pk: str(pk)
    )


def _due(now: datetime, terms: int) -> datetime:
    """The last moment of the due day, in the business time zone: who pays on that day is not late."""
    zone = ZoneInfo(settings.TIME_ZONE)
    _first, next_day = day_bounds(business_day(now, zone) + timedelta(days=terms), zone)
    return next_day - timedelta(microseconds=1)


def _check_cause(cause: str) -> None:
    notes = CreditNote.objects.filter(invoice__cause=cause, reverses=True, undone_at=None)
    reversed_ids = notes.values("invoice_id")
    earlier = Invoice.objects.filter(cause=cause).exclude(pk__in=reversed_ids).values_list("number", flat=True).first()
    if earlier is not None:
        raise AlreadyInvoiced(number=earlier)


def _wanted(order: Order, lines: Sequence[OrderLine], quantities: Mapping[int, Decimal] | None) -> dict[int, Decimal]:
    left = {line.pk: uninvoiced(line) for line in lines}
    charges = {line.pk: left[line.pk] for line in lines if line.kind != OrderLine.Kind.GOODS and left[line.pk]}
    if quantities is None:
        return {pk: units for pk, units in left.items() if units}
    known = {line.pk: line for line in lines}
    wanted = {known[pk].variant_id or 0 for pk in quantities if pk in known}
    places = dict(Variant.objects.filter(pk__in=wanted).values_list("pk", "quantity_places"))
    problems: list[ErrorDetail] = []
    for pk, quantity in quantities.items():
        pointer = f"/lines/{pk}"
        line = known.get(pk)
        if line is None:
            problems.append(UnknownLine(pointer=pointer, number=order.number, value=pk).detail())
            continue
        fine = places.get(line.variant_id or 0, 0)
        whole = [left[pk], gone_uninvoiced(line)]
        if wrong := list(quantity_problems(quantity, pointer, sku=line.sku, places=fine, whole=whole)):
            problems.append(wrong[0].detail())
        elif quantity > left[pk]:
            problems.append(
                QuantityAboveUninvoiced(
                    pointer=pointer, sku=line.sku, value=plain(quantity), left=plain(left[pk])
                ).detail()
            )
    if problems:
        raise Refusal(problems)
    return {**quantities, **charges} if quantities else {}


def _write(
    order: Order,
    lines: Sequence[OrderLine],
    wanted: Mapping[int, Decimal],
    cause: str | None,
    actor: Actor,
    now: datetime,
) -> Invoice:
    accounts = accounts_of(wanted)
    charges = {line.pk: next_charge(order, line, accounts[line.pk], wanted[line.pk]) for line in lines}
    total = sum(charges.values(), NOTHING)
    record_invoiced(order, {pk: (wanted[pk], amounts) for pk, amounts in charges.items()})
    record_money(order.pk, invoiced=total.gross)
    refresh_states([order.pk], actor=actor, now=now)
    rows = [(line, wanted[line.pk], charges[line.pk]) for line in lines]
    bill_to = kept_text(recipient_of(order))
    return write_document(order, rows=rows, cause=cause or f"order:{order.pk}", bill_to=bill_to, actor=actor, now=now)


def write_document(
    order: Order,
    *,
    rows: Sequence[tuple[OrderLine, Decimal, Amounts]],
    cause: str,
    bill_to: str | None,
    takes_back: CreditNote | None = None,
    actor: Actor,
    now: datetime,
) -> Invoice:
    """The invoice itself over (line, units, amounts), with its number and its entry in the ledger; the order must have
    been told of them already."""
    total = sum((amounts for _line, _quantity, amounts in rows), NOTHING)
    terms = order.customer.payment_terms_days if order.customer else 0
    invoice = Invoice.objects.create(
        # From here others who need a number wait for us, so everything that could be done before is done.
        number=next_number("billing.invoice", now=now),
        order_id=order.pk,
        customer_id=order.customer_id,
        cause=cause,
        currency=order.currency,
        net_amount=total.net,
        tax_amount=total.tax,
        gross_amount=total.gross,
        issued_at=now,
        due_at=_due(now, terms),
        actor_label=actor.label,
        bill_to=bill_to,
        takes_back=takes_back,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            order_line=line,
            quantity=quantity,
            tax_rate=line.tax_rate,
            net_amount=amounts.net,
            tax_amount=amounts.tax,
            gross_amount=amounts.gross,
        )
        for line, quantity, amounts in rows
    )
    post(order, Kind.INVOICE, invoice.pk, total.gross, now)
    data = {"number": invoice.number, "amount": total.gross, "currency": order.currency, "cause": invoice.cause}
    record(Fact(BillingEvent.INVOICED, f"order:{order.pk}", f"invoice:{invoice.pk}", data), actor=actor, now=now)
    return invoice
