"""Cancelling what is invoiced but not delivered: the invoice is reversed and the units are cancelled, or neither."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.automation.errors import CreditNoteNeeded
from orderwell.domains.billing.models import CreditNote, InvoiceLine
from orderwell.domains.billing.services.credit import credit_units, creditable, turn_into_reversals
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.loading import lines_of, lock_order
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.kernel.errors import Refusal
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CalledOff:
    order: Order
    credit_notes: list[CreditNote]


def cancel_and_credit(
    *,
    order_id: int,
    lines: Mapping[int, Decimal] | None,
    reason: str,
    charges: bool = False,
    actor: Actor,
    now: datetime,
) -> CalledOff:
    """Cancel {line id: units}, or with None all that is not shipped, and reverse the invoices for them.

    Charges such as shipping fall away with the last goods, when nothing at all was shipped: always with None, and with
    `charges` when `lines` take what is left of the goods. Only where something is invoiced does the actor need the
    permission to credit. Raises Refusal with a CreditNoteNeeded for each line of which the
    actor may not cancel so much, and what `cancel_units` and crediting raise; then nothing of it happened.
    """
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CANCEL)
        known = lines_of(order)
        if charges and lines is not None:
            lines = _with_charges(known, lines, actor)
        if not actor.may(Permission.BILLING_CREDIT_NOTE_CREATE):
            _refuse_invoiced(known, lines, actor)
        credited, reversing = _credited_units(known, lines), _invoiced_units(known, lines)
        notes = []
        if reversing:
            notes = credit_units(
                order,
                quantities=reversing,
                cause=f"order:{order_id}",
                reason=reason,
                reverses=True,
                actor=actor,
                now=now,
            )
        # After that: then each unit invoiced is a credited one, and what is taken off the one sum fits the other.
        if credited:
            turn_into_reversals(order, quantities=credited, actor=actor, now=now)
        final = "credited" if notes or credited else ""
        order = cancel_units(order_id=order_id, lines=lines, reason=reason, actor=actor, now=now, final=final)
    return CalledOff(order, notes)


def _refuse_invoiced(known: list[OrderLine], lines: Mapping[int, Decimal] | None, actor: Actor) -> None:
    """What is invoiced is left to those who write credit notes; said of every line at once, with its invoices."""
    wanted = _to_cancel(known, lines)
    if not wanted:
        return
    actor.require(Permission.ORDERS_ORDER_CANCEL)
    rows = InvoiceLine.objects.filter(order_line_id__in=list(wanted), quantity__gt=F("quantity_credited"))
    numbers: dict[int, list[str]] = defaultdict(list)
    for line_id, number in rows.order_by("invoice_id").values_list("order_line_id", "invoice__number").distinct():
        numbers[line_id].append(number)
    raise Refusal(
        [
            CreditNoteNeeded(
                pointer=None if lines is None else f"/lines/{pk}",
                sku=line.sku,
                value=plain(quantity),
                invoices=", ".join(numbers[pk]) or "-",
                permission=str(Permission.BILLING_CREDIT_NOTE_CREATE),
            ).detail()
            for pk, (line, quantity) in wanted.items()
        ]
    )


def units_to_cancel(lines: Sequence[OrderLine], *, actor: Actor) -> dict[int, Decimal]:
    """{line id: units} that did not leave and that the actor may cancel: invoiced ones only who may also credit them."""
    units = {line.pk: max(_not_shipped(line), ZERO) for line in lines}
    if not actor.may(Permission.BILLING_CREDIT_NOTE_CREATE):
        to_credit = creditable(list(units))
        units |= {line.pk: min(units[line.pk], uninvoiced(line)) for line in lines if to_credit[line.pk] > 0}
    return units


def charges_that_go_along(lines: Sequence[OrderLine], *, actor: Actor) -> dict[int, Decimal]:
    """{line id: units} of the charges that can fall away with the last of the goods; none once something was shipped."""
    if any(line.quantity_shipped for line in lines):
        return {}
    charges = [line for line in lines if line.kind != OrderLine.Kind.GOODS]
    return {pk: units for pk, units in units_to_cancel(charges, actor=actor).items() if units > 0}


def _with_charges(known: Sequence[OrderLine], lines: Mapping[int, Decimal], actor: Actor) -> Mapping[int, Decimal]:
    goods = [line for line in known if line.kind == OrderLine.Kind.GOODS]
    if any(_not_shipped(line) > lines.get(line.pk, ZERO) for line in goods):
        return lines
    return {**charges_that_go_along(known, actor=actor), **lines}


def _not_shipped(line: OrderLine) -> Decimal:
    left: Decimal = line.quantity - line.quantity_cancelled - line.quantity_shipped
    return left


def _to_cancel(known: list[OrderLine], lines: Mapping[int, Decimal] | None) -> dict[int, tuple[OrderLine, Decimal]]:
    """Of the units to be cancelled, those that are invoiced: units not invoiced are cancelled first."""
    anything_left = any(line.quantity_shipped for line in known)
    found = {}
    for line in known:
        open_units = _not_shipped(line)
        if lines is not None:
            wanted = lines.get(line.pk, ZERO)
        else:
            wanted = open_units if line.kind == OrderLine.Kind.GOODS or not anything_left else ZERO
        # What is more than is open, or no number, is left to `cancel_units` to refuse.
        if wanted.is_finite() and (quantity := min(wanted - uninvoiced(line), open_units)) > 0:
            found[line.pk] = (line, quantity)
    return found


def _credited_units(known: list[OrderLine], lines: Mapping[int, Decimal] | None) -> dict[int, Decimal]:
    """Invoiced units to be cancelled that were credited already, though they never left."""
    possible = creditable([line.pk for line in known])
    wanted = _to_cancel(known, lines)
    return {pk: quantity - possible[pk] for pk, (_line, quantity) in wanted.items() if quantity > possible[pk]}


def _invoiced_units(known: list[OrderLine], lines: Mapping[int, Decimal] | None) -> dict[int, Decimal]:
    """Invoiced units to be cancelled whose invoice is still to be reversed."""
    possible = creditable([line.pk for line in known])
    wanted = _to_cancel(known, lines)
    return {pk: part for pk, (_line, quantity) in wanted.items() if (part := min(quantity, possible[pk])) > 0}
