"""What must always hold of invoices, payments and the receivables ledger; `orderwell verify` recomputes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Sum

from orderwell.domains.billing.accounts import accounts_of
from orderwell.domains.billing.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    Refund,
)
from orderwell.domains.billing.services.ledger import SIGNS, Kind, document_name
from orderwell.domains.billing.settling import open_amounts
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import amounts_of_units, rounding_of, units_asked_for
from orderwell.kernel.quantities import plain
from orderwell.platform.numbering.queries import compare_with_drawn
from orderwell.platform.verify import Difference, LawResult, law

ZERO = Decimal(0)
CHUNK = 2_000


def _sums(rows: QuerySet[Any], key: str, value: str) -> dict[Any, Decimal]:
    return dict(rows.order_by().values_list(key).annotate(total=Sum(value)).values_list(key, "total"))


def _unequal(right: Mapping[Any, Decimal], kept: Mapping[Any, Decimal]) -> list[Any]:
    return sorted(key for key in right.keys() | kept.keys() if right.get(key, ZERO) != kept.get(key, ZERO))


def _document_sums(model: type[Model], kind: str, line_path: str) -> LawResult:
    field = model._meta.get_field("net_amount")
    rows = model._default_manager.annotate(
        net=Sum(f"{line_path}__net_amount", default=ZERO, output_field=field),
        tax=Sum(f"{line_path}__tax_amount", default=ZERO, output_field=field),
    )
    wrong = rows.exclude(net_amount=F("net"), tax_amount=F("tax")).order_by("pk")
    columns = ("number", "net", "tax", "net_amount", "tax_amount")
    found = [
        Difference(f"{kind} {number}", f"{net} + {tax}", f"{kept_net} + {kept_tax}")
        for number, net, tax, kept_net, kept_tax in wrong.values_list(*columns).iterator(CHUNK)
    ]
    return LawResult(model._default_manager.count(), found)


@law("billing.invoice_is_the_sum_of_its_lines")
def invoice_is_the_sum_of_its_lines() -> LawResult:
    """Net, tax and total of every invoice are the sums over its lines."""
    return _document_sums(Invoice, "invoice", "lines")


@law("billing.credit_note_is_the_sum_of_its_lines")
def credit_note_is_the_sum_of_its_lines() -> LawResult:
    """Net, tax and total of every credit note are the sums over its lines."""
    return _document_sums(CreditNote, "credit note", "lines")


@law("billing.credited_is_the_sum_of_credit_notes")
def credited_is_the_sum_of_credit_notes() -> LawResult:
    """The credited quantity of every invoice line is the sum over its credit notes."""
    right = _sums(CreditNoteLine.objects.all(), "invoice_line_id", "quantity")
    kept = dict(InvoiceLine.objects.exclude(quantity_credited=0).values_list("pk", "quantity_credited"))
    wrong = _unequal(right, kept)
    names = dict(InvoiceLine.objects.filter(pk__in=wrong).values_list("pk", "invoice__number"))
    found = [Difference(f"invoice {names.get(pk)}", right.get(pk, ZERO), kept.get(pk, ZERO)) for pk in wrong]
    return LawResult(InvoiceLine.objects.count(), found)


@law("billing.invoiced_is_the_sum_of_invoices")
def invoiced_is_the_sum_of_invoices() -> LawResult:
    """The invoiced quantity of every line is the sum of its invoices less what credit notes reversed."""
    right: dict[int, Decimal] = defaultdict(Decimal, _sums(InvoiceLine.objects.all(), "order_line_id", "quantity"))
    reversing = CreditNoteLine.objects.filter(credit_note__reverses=True)
    for line_id, quantity in _sums(reversing, "invoice_line__order_line_id", "quantity").items():
        right[line_id] -= quantity
    lines = OrderLine.objects.filter(order__history=False)
    kept = dict(lines.exclude(quantity_invoiced=0).values_list("pk", "quantity_invoiced"))
    wrong = _unequal(right, kept)
    names = dict(OrderLine.objects.filter(pk__in=wrong).values_list("pk", "order__number"))
    found = [Difference(f"order {names.get(pk)} line {pk}", right.get(pk, ZERO), kept.get(pk, ZERO)) for pk in wrong]
    return LawResult(lines.count(), found)


@law("billing.invoiced_lines_are_charged_in_full")
def invoiced_lines_are_charged_in_full() -> LawResult:
    """Every line was charged what its invoiced units are worth by price and rounding: a line that is invoiced as a whole
    exactly its amounts, one of which every invoice was reversed nothing. One that came back as a whole got them back.
    """
    reversed_ones = CreditNoteLine.objects.filter(credit_note__reverses=True).values("invoice_line__order_line_id")
    concerned = Q(quantity_invoiced__gt=0) | Q(pk__in=reversed_ones) | ~Q(rounding_net=0) | ~Q(rounding_tax=0)
    lines = OrderLine.objects.filter(concerned, order__history=False)
    checked, found = 0, []
    chunk: list[OrderLine] = []
    for line in lines.select_related("order").defer("order__ship_to").order_by("pk").iterator(CHUNK):
        chunk.append(line)
        if len(chunk) == CHUNK:
            found += _charge_differences(chunk)
            checked, chunk = checked + len(chunk), []
    return LawResult(checked + len(chunk), found + _charge_differences(chunk))


def _charge_differences(lines: Iterable[OrderLine]) -> list[Difference]:
    known = {line.pk: line for line in lines}
    found = []
    for pk, account in accounts_of(known).items():
        line = known[pk]
        own = (line.net_amount, line.tax_amount, line.gross_amount)
        name = f"order {line.order.number} line {line.position}"
        charged = (account.charged.net, account.charged.tax, account.charged.gross)
        worth = amounts_of_units(line.order, line, account.invoiced) + rounding_of(line)
        if account.charged != worth:
            found.append(Difference(name, worth, account.charged, "charged"))
        elif units_asked_for(line) == account.invoiced and charged != own:
            found.append(Difference(name, own, charged, "charged"))
        credited = (account.credited.net, account.credited.tax, account.credited.gross)
        if account.taken_back == account.invoiced and credited != charged:
            found.append(Difference(name, charged, credited, "credited"))
    return found


@law("billing.order_money_is_the_sum_of_documents")
def order_money_is_the_sum_of_documents() -> LawResult:
    """Every order's invoiced, credited and paid amounts are the sums over its documents; what was undone counts nothing."""
    invoiced: dict[int, Decimal] = defaultdict(Decimal, _sums(Invoice.objects.all(), "order_id", "gross_amount"))
    reversing, crediting = (CreditNote.objects.filter(reverses=flag) for flag in (True, False))
    for order_id, amount in _sums(reversing, "order_id", "gross_amount").items():
        invoiced[order_id] -= amount
    paid: dict[int, Decimal] = defaultdict(Decimal, _sums(Payment.objects.filter(undone_at=None), "order_id", "amount"))
    for order_id, amount in _sums(Refund.objects.filter(undone_at=None), "payment__order_id", "amount").items():
        paid[order_id] -= amount
    sums = {
        "invoiced_amount": invoiced,
        "credited_amount": _sums(crediting, "order_id", "gross_amount"),
        "paid_amount": paid,
    }
    found = []
    for column, right in sums.items():
        kept = dict(Order.objects.exclude(**{column: 0}).values_list("pk", column))
        wrong = _unequal(right, kept)
        names = dict(Order.objects.filter(pk__in=wrong).values_list("pk", "number"))
        found += [Difference(f"order {names.get(pk)}", right.get(pk, ZERO), kept.get(pk, ZERO), column) for pk in wrong]
    return LawResult(Order.objects.count(), found)


@law("billing.refunded_is_the_sum_of_refunds")
def refunded_is_the_sum_of_refunds() -> LawResult:
    """The refunded amount of every payment is the sum of its refunds that stand."""
    right = _sums(Refund.objects.filter(undone_at=None), "payment_id", "amount")
    kept = dict(Payment.objects.exclude(refunded_amount=0).values_list("pk", "refunded_amount"))
    found = [Difference(f"payment {pk}", right.get(pk, ZERO), kept.get(pk, ZERO)) for pk in _unequal(right, kept)]
    return LawResult(Payment.objects.count(), found)


@law("billing.open_is_what_nothing_settled")
def open_is_what_nothing_settled() -> LawResult:
    """What is open of every invoice is its amount less its credit notes and the payments that settle it (settling.py)."""
    credited = _sums(CreditNote.objects.all(), "invoice_id", "gross_amount")
    standing = Payment.objects.filter(undone_at=None)
    back = Refund.objects.filter(undone_at=None)
    named = _less(_sums(standing, "invoice_id", "amount"), _sums(back, "payment__invoice_id", "amount"))
    paid = _less(_sums(standing, "order_id", "amount"), _sums(back, "payment__order_id", "amount"))
    rows = Invoice.objects.order_by("order_id", "issued_at", "pk")
    columns = ("order_id", "pk", "number", "gross_amount", "open_amount")
    again = dict(Invoice.objects.filter(takes_back__isnull=False).values_list("pk", "takes_back__invoice_id"))
    checked, found = 0, []
    for order_id, invoices in groupby(rows.values_list(*columns).iterator(CHUNK), key=itemgetter(0)):
        theirs = [tuple(rest) for _order_id, *rest in invoices]
        asked = [(pk, gross - credited.get(pk, ZERO)) for pk, _number, gross, _open in theirs]
        of = {pk: again[pk] for pk, *_rest in theirs if pk in again}
        right = open_amounts(asked, named, paid.get(order_id, ZERO), of)
        checked += len(theirs)
        found += [Difference(f"invoice {name}", right[pk], kept) for pk, name, _g, kept in theirs if right[pk] != kept]
    return LawResult(checked, found)


def _less(amounts: Mapping[Any, Decimal], minus: Mapping[Any, Decimal]) -> dict[Any, Decimal]:
    return {key: amount - minus.get(key, ZERO) for key, amount in amounts.items()}


@law("billing.payment_names_an_invoice_of_its_order")
def payment_names_an_invoice_of_its_order() -> LawResult:
    """Every payment that names an invoice names one of its own order."""
    rows = Payment.objects.filter(invoice__isnull=False)
    wrong = rows.exclude(invoice__order=F("order")).order_by("pk")
    found = [
        Difference(f"payment {pk}", right, kept)
        for pk, right, kept in wrong.values_list("pk", "order_id", "invoice__order_id")
    ]
    return LawResult(rows.count(), found)


@law("billing.ledger_holds_every_document_once")
def ledger_holds_every_document_once() -> LawResult:
    """The receivables ledger holds one entry for each document, with its amount, order, customer and currency.

    A payment or refund that was undone has one more, that takes it back.
    """
    of_payment = ("amount", "order_id", "customer_id", "currency")
    of_refund = ("amount", "payment__order_id", "payment__customer_id", "payment__currency")
    documents: list[tuple[Kind, QuerySet[Any], tuple[str, ...]]] = [
        (Kind.INVOICE, Invoice.objects.all(), ("gross_amount", "order_id", "customer_id", "currency")),
        (Kind.CREDIT_NOTE, CreditNote.objects.all(), ("gross_amount", "order_id", "customer_id", "currency")),
        (Kind.PAYMENT, Payment.objects.all(), of_payment),
        (Kind.REFUND, Refund.objects.all(), of_refund),
        (Kind.PAYMENT_UNDO, Payment.objects.filter(undone_at__isnull=False), of_payment),
        (Kind.REFUND_UNDO, Refund.objects.filter(undone_at__isnull=False), of_refund),
    ]
    checked, found = 0, []
    for kind, rows, columns in documents:
        right = {
            document_name(kind, pk): (SIGNS[kind] * amount, *rest)
            for pk, amount, *rest in rows.values_list("pk", *columns).iterator(CHUNK)
        }
        entries = LedgerEntry.objects.filter(kind=kind)
        kept = {
            name: tuple(rest)
            for name, *rest in entries.values_list(
                "document", "amount", "order_id", "customer_id", "currency"
            ).iterator(CHUNK)
        }
        checked += len(right)
        wrong = sorted(name for name in right.keys() | kept.keys() if right.get(name) != kept.get(name))
        found += [
            Difference(name.replace(":", " "), _entry(right.get(name)), _entry(kept.get(name)), "entry in the ledger")
            for name in wrong
        ]
    return LawResult(checked, found)


def _entry(values: tuple[Any, ...] | None) -> str:
    if values is None:
        return "none"
    amount, order, customer, currency = values
    return f"{plain(amount)} {currency} for order {order or '-'} and customer {customer or '-'} by their ids"


@law("billing.undone_credit_notes_are_invoiced_anew")
def undone_credit_notes_are_invoiced_anew() -> LawResult:
    """Every credit note that was undone reverses its units, and one invoice charges exactly those again, to the cent."""
    undone = dict(CreditNote.objects.filter(undone_at__isnull=False).values_list("pk", "number"))
    papers = Invoice.objects.filter(takes_back__isnull=False)
    right = _papers(CreditNoteLine.objects.filter(credit_note__in=undone, credit_note__reverses=True), _OF_NOTE)
    kept = _papers(InvoiceLine.objects.filter(invoice__in=papers), _OF_INVOICE)
    # One without lines that reverse anything is wrong as well.
    right = {**{pk: set() for pk in undone}, **right}
    wrong = sorted(pk for pk in right.keys() | kept.keys() if not right.get(pk) or right.get(pk) != kept.get(pk))
    names = dict(CreditNote.objects.filter(pk__in=wrong).values_list("pk", "number"))
    found = [Difference(f"credit note {names.get(pk)}", right.get(pk), kept.get(pk)) for pk in wrong]
    return LawResult(len(undone), found)


_MONEY = ("quantity", "net_amount", "tax_amount", "gross_amount")
_OF_NOTE = (
    *("credit_note_id", "credit_note__order_id", "credit_note__currency", "invoice_line__order_line_id"),
    *_MONEY,
)
_OF_INVOICE = ("invoice__takes_back_id", "invoice__order_id", "invoice__currency", "order_line_id", *_MONEY)


def _papers(rows: QuerySet[Any], columns: tuple[str, ...]) -> dict[int, set[tuple[Any, ...]]]:
    """Credit note -> its lines, as the one paper or the other has them."""
    found: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for pk, *rest in rows.values_list(*columns).iterator(CHUNK):
        found[pk].add(tuple(rest))
    return found


@law("billing.numbers_have_no_gap")
def numbers_have_no_gap() -> LawResult:
    """Every number that was drawn stands on an invoice or credit note, and none stands there that was not drawn."""
    found, checked = [], 0
    sequences: list[tuple[str, str, type[Model]]] = [
        ("billing.invoice", "invoice", Invoice),
        ("billing.credit_note", "credit note", CreditNote),
    ]
    for name, kind, model in sequences:
        written = set(model._default_manager.values_list("number", flat=True).iterator(CHUNK))
        checked += len(written)
        comparison = compare_with_drawn(name, written)
        found += [Difference(f"{kind} {number}", "to exist", "missing") for number in comparison.missing]
        found += [Difference(f"{kind} {number}", "no such number", "exists") for number in comparison.foreign]
        if comparison.unnamed:
            found.append(Difference(f"numbers of {name}", "to exist", f"{comparison.unnamed} more are missing"))
    return LawResult(checked, found)
