"""A customer's account over a period: what was owed before, every document, what is owed after, and how old that is.

All figures come from the receivables ledger, up to the last day of the period. How old what is owed is, the invoices say
that were open then (settling.py); what was paid too much for other orders stands beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from orderwell.domains.billing.models import CreditNote, Invoice, LedgerEntry, Payment, Refund, Statement
from orderwell.domains.billing.open_then import open_then
from orderwell.domains.billing.queries import visible_of
from orderwell.domains.customers.lookup import known_customer
from orderwell.domains.customers.models import Customer
from orderwell.kernel.clock import business_day, day_bounds
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.database import snapshot
from orderwell.platform.paging import keyset_page
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
Kind = LedgerEntry.Kind
# Days past due, from and to; after these "over 90".
BUCKETS = ("not_due", "to_30", "to_60", "to_90", "over_90")
ORDER = ("occurred_at", "id")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One document. `amount` is what it adds to what is owed, `balance` what is owed after it."""

    kind: str
    number: str
    pk: int
    order_id: int
    order_number: str
    occurred_at: datetime
    due_at: datetime | None
    amount: Decimal
    balance: Decimal
    # Number of the invoice that a payment names, or that a credit note takes back.
    invoice: str


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is owed at the end, by how long it is past due. `credit` is what was paid too much (negative)."""

    by_age: dict[str, Decimal]
    credit: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.by_age.values(), ZERO) + self.credit


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """From `first` to `last`, both included, in business days."""

    customer: Customer
    currency: str
    first: date
    last: date
    opening: Decimal
    charged: Decimal
    settled: Decimal
    lines: list[StatementLine]
    ageing: Ageing
    # The customer has documents that the actor may not know of: this is not what the customer owes.
    partial: bool
    # Where the lines go on, if they were asked for by pages.
    next_cursor: str | None = None

    @property
    def closing(self) -> Decimal:
        return self.opening + self.charged + self.settled


def account_statement(
    actor: Actor,
    customer_id: int,
    *,
    currency: str,
    first: date,
    last: date,
    zone: ZoneInfo,
    cursor: str | None = None,
    limit: int | None = None,
) -> AccountStatement:
    """Over the orders the actor may know of, with all its lines or, with a `limit`, a page of them.

    All of it is of one moment, and the figures are those of the whole period on every page.
    Raises PermissionDenied, NotFound, UnknownCursor.
    """
    actor.require(Permission.BILLING_INVOICE_VIEW)
    customer = known_customer(actor, customer_id)
    start, end = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    every = LedgerEntry.objects.filter(customer_id=customer_id, currency=currency)
    entries = visible_of(every, actor)
    with snapshot():
        opening, charged, settled = _figures(entries, start, end)
        within = entries.filter(occurred_at__gte=start, occurred_at__lt=end)
        lines, after = (_lines(within, opening), None) if limit is None else _page(within, opening, cursor, limit)
        closing = opening + charged + settled
        return AccountStatement(
            customer=customer,
            currency=currency,
            first=first,
            last=last,
            opening=opening,
            charged=charged,
            settled=settled,
            lines=lines,
            ageing=_ageing(entries.filter(occurred_at__lt=end), closing, last=last, zone=zone),
            partial=entries is not every and entries.count() < every.count(),
            next_cursor=after,
        )


def usual_currency(actor: Actor, customer_id: int) -> str:
    """The customer's own, unless all its accounts are in others."""
    own, known = known_customer(actor, customer_id).currency, currencies_of(actor, customer_id)
    return own if own in known or not known else known[0]


def accounts_of(actor: Actor, customer_id: int) -> list[str]:
    """Currencies of which there may be a statement: those with an account, and the customer's own."""
    return sorted({known_customer(actor, customer_id).currency, *currencies_of(actor, customer_id)})


def statements_of(actor: Actor, ids: Sequence[int]) -> list[Statement]:
    """Statements that were handed out, of customers the actor may know of."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = Statement.objects.filter(pk__in=list(ids))
    return list(rows_within(rows, actor, customer__team="team"))


def statements_of_customer(actor: Actor, customer_id: int) -> QuerySet[Statement]:
    """Those that were handed out to one customer, and to those merged into it, as they were then. Raises NotFound."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    customer = known_customer(actor, customer_id)
    return Statement.objects.filter(Q(customer=customer) | Q(customer__merged_into=customer))


def newest_statement(actor: Actor) -> Statement | None:
    rows = Statement.objects.order_by("-pk")
    return rows_within(rows, actor, customer__team="team").first()


def currencies_of(actor: Actor, customer_id: int) -> list[str]:
    """Those in which the customer has an account."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = visible_of(LedgerEntry.objects.filter(customer_id=customer_id), actor).order_by()
    return sorted(rows.values_list("currency", flat=True).distinct())


def _figures(entries: QuerySet[LedgerEntry], start: datetime, end: datetime) -> tuple[Decimal, Decimal, Decimal]:
    """What was owed before, and what the period added to it and took from it."""
    within = Q(occurred_at__gte=start)
    found = entries.filter(occurred_at__lt=end).aggregate(
        opening=Sum("amount", filter=Q(occurred_at__lt=start)),
        charged=Sum("amount", filter=within & Q(amount__gt=0)),
        settled=Sum("amount", filter=within & Q(amount__lt=0)),
    )
    return found["opening"] or ZERO, found["charged"] or ZERO, found["settled"] or ZERO


def _page(
    entries: QuerySet[LedgerEntry], opening: Decimal, cursor: str | None, limit: int
) -> tuple[list[StatementLine], str | None]:
    """Some lines, which begin with the balance of all that stand before them."""
    found = keyset_page(entries, order=ORDER, cursor=cursor, limit=limit)
    if not found.rows:
        return [], None
    at, pk = found.rows[0].occurred_at, found.rows[0].pk
    before = entries.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, pk__lt=pk)).aggregate(total=Sum("amount"))
    shown = LedgerEntry.objects.filter(pk__in=[row.pk for row in found.rows])
    return _lines(shown, opening + (before["total"] or ZERO)), found.next_cursor


def _lines(entries: QuerySet[LedgerEntry], balance: Decimal) -> list[StatementLine]:
    rows = list(
        entries.order_by(*ORDER).values_list("kind", "document", "order_id", "order__number", "occurred_at", "amount")
    )
    names = _names([(kind, int(document.partition(":")[2])) for kind, document, *_rest in rows])
    lines = []
    for kind, document, order_id, order_number, occurred_at, amount in rows:
        balance += amount
        pk = int(document.partition(":")[2])
        number, due_at, invoice = names.get((kind, pk), ("", None, ""))
        lines.append(
            StatementLine(kind, number, pk, order_id, order_number, occurred_at, due_at, amount, balance, invoice)
        )
    return lines


def _names(documents: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, datetime | None, str]]:
    """Number and due date of each document, and the invoice it is for: one query for each kind."""
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, pk in documents:
        ids[kind].append(pk)
    found: dict[tuple[str, int], tuple[str, datetime | None, str]] = {}
    for pk, number, due_at in Invoice.objects.filter(pk__in=ids[Kind.INVOICE]).values_list("pk", "number", "due_at"):
        found[Kind.INVOICE, pk] = (number, due_at, "")
    notes = CreditNote.objects.filter(pk__in=ids[Kind.CREDIT_NOTE])
    for pk, number, invoice in notes.values_list("pk", "number", "invoice__number"):
        found[Kind.CREDIT_NOTE, pk] = (number, None, invoice)
    references = (
        (Kind.PAYMENT, Payment, "invoice__number"),
        (Kind.PAYMENT_UNDO, Payment, "invoice__number"),
        (Kind.REFUND, Refund, "payment__invoice__number"),
        (Kind.REFUND_UNDO, Refund, "payment__invoice__number"),
    )
    for kind, model, named in references:
        for pk, reference, invoice in model.objects.filter(pk__in=ids[kind]).values_list("pk", "reference", named):
            found[kind, pk] = (reference or "", None, invoice or "")
    return found


def _ageing(entries: QuerySet[LedgerEntry], closing: Decimal, *, last: date, zone: ZoneInfo) -> Ageing:
    """Of `closing`, to which all the entries add up."""
    by_age = dict.fromkeys(BUCKETS, ZERO)
    for due_at, amount in open_then(entries):
        by_age[bucket_of((last - business_day(due_at, zone)).days)] += amount
    sums = entries.order_by().values("order_id").annotate(owed=Sum("amount")).filter(owed__lt=0)
    credit = sum(sums.values_list("owed", flat=True), ZERO)
    # Whatever no invoice explains has no age; the ledger has none such, and if it had, it would show as not due.
    by_age["not_due"] += closing - credit - sum(by_age.values(), ZERO)
    return Ageing(by_age, credit)


def bucket_of(days: int) -> str:
    """`days` past due; up to 0 it is not due."""
    if days <= 0:
        return "not_due"
    return "to_30" if days <= 30 else "to_60" if days <= 60 else "to_90" if days <= 90 else "over_90"
