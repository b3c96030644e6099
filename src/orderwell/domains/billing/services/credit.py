"""Taking back what invoices charged, never more than that.

A credit note belongs to one invoice; crediting order lines makes one for each invoice concerned. Units that came back are
credited from the oldest invoice on, units that will never be delivered are reversed from the newest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.billing.accounts import billed_of
from orderwell.domains.billing.charging import Part, credit_parts, spread_units
from orderwell.domains.billing.errors import QuantityAboveInvoiced, UnknownInvoiceLine
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from orderwell.domains.billing.queries import visible_invoices
from orderwell.domains.billing.services.ledger import Kind, came_in, post
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts
from orderwell.domains.orders.services.loading import lines_of, lock_order
from orderwell.domains.orders.services.progress import record_invoiced, record_money, refresh_states
from orderwell.kernel.errors import ErrorDetail, NotFound, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import quantity_value
from orderwell.platform.numbering.services import next_numbers
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


def issue_credit_note(
    *,
    invoice_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    reason: str,
    reverses: bool = False,
    actor: Actor,
    now: datetime,
) -> CreditNote:
    """Credit {invoice line id: units} of an invoice, or with None all that is not credited.

    With `reverses` the units become uninvoiced and can be invoiced anew; without, the customer simply owes less for them.
    Raises NotFound, or Refusal with an entry for each unusable line.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    _check_reason(reason)
    with atomic():
        order, invoice = _lock_invoice(invoice_id, actor)
        rows = {row.pk: row for row in InvoiceLine.objects.filter(invoice=invoice).order_by("pk")}
        units = _checked(invoice, rows, quantities)
        cause = f"order:{order.pk}"
        notes = _credit(order, rows, units, cause=cause, reason=reason, reverses=reverses, actor=actor, now=now)
    return notes[0]


def credit_units(
    order: Order,
    *,
    quantities: Mapping[int, Decimal],
    cause: str,
    reason: str,
    reverses: bool,
    actor: Actor,
    now: datetime,
) -> list[CreditNote]:
    """Credit {order line id: units} of a locked order, over as many invoices as charged them: a credit note for each.

    Raises Refusal when units were never invoiced or are credited already.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    invoiced = InvoiceLine.objects.filter(order_line_id__in=list(quantities), quantity__gt=F("quantity_credited"))
    rows = {row.pk: row for row in invoiced.order_by("-pk" if reverses else "pk")}
    units: dict[int, Decimal] = {}
    problems: list[ErrorDetail] = []
    for line_id, quantity in quantities.items():
        open_lines = [
            (row.pk, row.quantity - row.quantity_credited) for row in rows.values() if row.order_line_id == line_id
        ]
        taken, left = spread_units(quantity, open_lines)
        units.update(taken)
        if left:
            problems.append(_too_much(line_id, f"/lines/{line_id}", quantity, quantity - left))
    if problems:
        raise Refusal(problems)
    return _credit(order, rows, units, cause=cause, reason=reason, reverses=reverses, actor=actor, now=now)


def turn_into_reversals(order: Order, *, quantities: Mapping[int, Decimal], actor: Actor, now: datetime) -> None:
    """Credit notes over {order line id: units} that will now never be delivered reverse their invoices instead.

    Written by hand they only said that the customer owes less. Taken are whole credit notes, newest first; what no such
    note covers stays as it is.
    """
    left = dict(quantities)
    notes = CreditNote.objects.filter(order_id=order.pk, reverses=False).order_by("-pk")
    facts = []
    for note in notes.prefetch_related("lines__invoice_line"):
        units: dict[int, Decimal] = defaultdict(Decimal)
        money: dict[int, Amounts] = defaultdict(lambda: NOTHING)
        for row in note.lines.all():
            units[row.invoice_line.order_line_id] += row.quantity
            money[row.invoice_line.order_line_id] += Amounts(row.net_amount, row.tax_amount, row.gross_amount)
        if any(quantity > left.get(pk, ZERO) for pk, quantity in units.items()):
            continue
        note.reverses = True
        note.save(update_fields=["reverses"])
        record_invoiced(order, {pk: (-quantity, NOTHING - money[pk]) for pk, quantity in units.items()})
        record_money(order.pk, invoiced=-note.gross_amount, credited=-note.gross_amount)
        left = {pk: quantity - units.get(pk, ZERO) for pk, quantity in left.items()}
        facts.append(Fact(BillingEvent.TURNED, f"order:{order.pk}", f"credit_note:{note.pk}", {"number": note.number}))
    if facts:
        record(facts, actor=actor, now=now)
        refresh_states([order.pk], actor=actor, now=now, received=came_in(order.pk))


def creditable(line_ids: Sequence[int]) -> dict[int, Decimal]:
    """Units of each order line that are invoiced and not credited."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    rows = InvoiceLine.objects.filter(order_line_id__in=list(line_ids), quantity__gt=F("quantity_credited"))
    for line_id, quantity, credited in rows.values_list("order_line_id", "quantity", "quantity_credited"):
        found[line_id] += quantity - credited
    return found


def _check_reason(reason: str) -> None:
    refuse(text_problems(reason, "/reason", 240, needed=True, lines=True))


def _lock_invoice(invoice_id: int, actor: Actor) -> tuple[Order, Invoice]:
    order_id = visible_invoices(actor).filter(pk=invoice_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="invoice", reference=str(invoice_id))
    order = lock_order(order_id, actor=actor, permission=Permission.BILLING_CREDIT_NOTE_CREATE)
    return order, Invoice.objects.get(pk=invoice_id)


def _checked(
    invoice: Invoice, rows: Mapping[int, InvoiceLine], quantities: Mapping[int, Decimal] | None
) -> dict[int, Decimal]:
    left = {pk: row.quantity - row.quantity_credited for pk, row in rows.items()}
    if quantities is None:
        quantities = {pk: units for pk, units in left.items() if units}
    kinds = InvoiceLine.objects.filter(pk__in=[pk for pk in quantities if pk in rows])
    goods = {
        row[0]: row[1:] for row in kinds.values_list("pk", "order_line__sku", "order_line__variant__quantity_places")
    }
    problems = []
    for pk, quantity in quantities.items():
        pointer = f"/lines/{pk}"
        if pk not in rows:
            problems.append(UnknownInvoiceLine(pointer=pointer, number=invoice.number, value=pk).detail())
            continue
        sku, places = goods[pk]
        if wrong := list(quantity_problems(quantity, pointer, sku=sku, places=places or 0, whole=[left[pk]])):
            problems.append(wrong[0].detail())
        elif quantity > left[pk]:
            problems.append(_too_much(rows[pk].order_line_id, pointer, quantity, left[pk]))
    if not quantities:
        problems.append(QuantityAboveInvoiced(pointer="/lines", sku=invoice.number, value="0", left="0").detail())
    if problems:
        raise Refusal(problems)
    return dict(quantities)


def _too_much(line_id: int, pointer: str, quantity: Decimal, left: Decimal) -> ErrorDetail:
    sku = OrderLine.objects.filter(pk=line_id).values_list("sku", flat=True).first() or str(line_id)
    return QuantityAboveInvoiced(pointer=pointer, sku=sku, value=plain(quantity), left=plain(left)).detail()


def parts_of(order: Order, rows: Mapping[int, InvoiceLine], units: Mapping[int, Decimal]) -> list[Part]:
    """What crediting {invoice line id: units} comes to, taken in the order of `rows`. Also for those who only ask."""
    by_line: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for pk, row in rows.items():
        if pk in units:
            by_line[row.order_line_id].append((pk, units[pk]))
    billed = billed_of(by_line)
    lines = {line.pk: line for line in lines_of(order)}
    return [
        part
        for line_id, wanted in by_line.items()
        for part in credit_parts(order, lines[line_id], billed[line_id], wanted)
    ]


def _credit(
    order: Order,
    rows: Mapping[int, InvoiceLine],
    units: Mapping[int, Decimal],
    *,
    cause: str,
    reason: str,
    reverses: bool,
    actor: Actor,
    now: datetime,
) -> list[CreditNote]:
    """Write credit notes for {invoice line id: units}, taken in the order of `rows`."""
    by_invoice: dict[int, list[Part]] = defaultdict(list)
    by_line: dict[int, tuple[Decimal, Amounts]] = defaultdict(lambda: (ZERO, NOTHING))
    total = NOTHING
    for part in parts_of(order, rows, units):
        row = rows[part.invoice_line_id]
        by_invoice[row.invoice_id].append(part)
        quantity, amounts = by_line[row.order_line_id]
        by_line[row.order_line_id] = quantity - part.quantity, amounts - part.amounts
        total += part.amounts
    for pk, quantity in units.items():
        InvoiceLine.objects.filter(pk=pk).update(quantity_credited=F("quantity_credited") + quantity_value(quantity))
    if reverses:
        record_invoiced(order, by_line)
        record_money(order.pk, invoiced=-total.gross)
    else:
        record_money(order.pk, credited=total.gross)
    refresh_states([order.pk], actor=actor, now=now, received=came_in(order.pk))
    numbers = next_numbers("billing.credit_note", count=len(by_invoice), now=now)
    notes = []
    for number, (invoice_id, parts) in zip(numbers, sorted(by_invoice.items()), strict=True):
        money = sum((part.amounts for part in parts), NOTHING)
        note = _note(order, invoice_id, number, money, cause, reason, actor, now, reverses=reverses)
        CreditNoteLine.objects.bulk_create(
            CreditNoteLine(
                credit_note=note,
                invoice_line_id=part.invoice_line_id,
                quantity=part.quantity,
                net_amount=part.amounts.net,
                tax_amount=part.amounts.tax,
                gross_amount=part.amounts.gross,
            )
            for part in parts
        )
        post(order, Kind.CREDIT_NOTE, note.pk, money.gross, now)
        notes.append(note)
    _tell(order, notes, reason, actor, now)
    return notes


def _note(
    order: Order,
    invoice_id: int,
    number: str,
    money: Amounts,
    cause: str,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    reverses: bool,
) -> CreditNote:
    return CreditNote.objects.create(
        number=number,
        invoice_id=invoice_id,
        order_id=order.pk,
        customer_id=order.customer_id,
        cause=cause,
        reverses=reverses,
        reason=reason.strip()[:240],
        currency=order.currency,
        net_amount=money.net,
        tax_amount=money.tax,
        gross_amount=money.gross,
        issued_at=now,
        actor_label=actor.label,
    )


def _tell(order: Order, notes: Sequence[CreditNote], reason: str, actor: Actor, now: datetime) -> None:
    numbers = dict(Invoice.objects.filter(order_id=order.pk).values_list("pk", "number"))
    facts = []
    for note in notes:
        data = {
            "number": note.number,
            "invoice": numbers[note.invoice_id],
            "amount": note.gross_amount,
            "currency": note.currency,
            "cause": note.cause,
            "reason": reason.strip(),
        }
        facts.append(Fact(BillingEvent.CREDITED, f"order:{order.pk}", f"credit_note:{note.pk}", data))
    record(facts, actor=actor, now=now)
