"""Everything that happened with one customer, of all domains, as one list by moment, newest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as _

from orderwell.domains.billing.models import Refund
from orderwell.domains.billing.queries import visible_credit_notes, visible_invoices, visible_payments
from orderwell.domains.cases.models import Case, Message
from orderwell.domains.cases.queries import visible_cases
from orderwell.domains.cases.ratings import visible_ratings
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.lookup import known_customer
from orderwell.domains.customers.models import Customer, CustomerNote
from orderwell.domains.fulfilment.queries import visible_returns, visible_shipments
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event
from orderwell.platform.paging import MAX_PAGE, UnknownCursor
from orderwell.platform.permissions import Permission

P = Permission
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# What the reader can narrow the list to: English texts, which are translation keys.
GROUPS = {
    "orders": _("Orders"),
    "shipments": _("Shipments"),
    "invoices": _("Invoices"),
    "payments": _("Payments"),
    "returns": _("Returns"),
    "messages": _("Messages"),
    "notes": _("Notes"),
    "changes": _("Changes of the record"),
    "tasks": _("Tasks"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """`page` is the kind and key of the document to open. `event` is given for what only the event log knows."""

    kind: str
    moment: datetime
    pk: int
    number: str = ""
    page: tuple[str, int] | None = None
    amount: Decimal | None = None
    currency: str = ""
    state: tuple[str, str] | None = None
    text: str = ""
    who: str = ""
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    rows: list[Happening] = field(default_factory=list)
    next_cursor: str | None = None


Rows = Callable[[Actor, int], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind with their `moment`, and how one of them is told."""

    kind: str
    group: str
    permission: Permission
    rows: Rows
    columns: Sequence[str]
    tell: Callable[[dict[str, Any]], dict[str, Any]]


def _unindexed(column: str) -> Coalesce:
    """The column where its index must not be walked: a customer's few rows are found first, then sorted."""
    return Coalesce(column, column)


def _orders(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = visible_orders(actor).filter(customer_id=customer_id, placed_at__isnull=False)
    return rows.annotate(moment=F("placed_at"))


def _quotes(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = visible_orders(actor).filter(customer_id=customer_id, placed_at__isnull=True)
    return rows.annotate(moment=F("created_at"))


def _shipments(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = visible_shipments(actor).filter(order__customer_id=customer_id)
    return rows.annotate(moment=_unindexed("shipped_at"))


def _invoices(actor: Actor, customer_id: int) -> QuerySet[Any]:
    return visible_invoices(actor).filter(customer_id=customer_id).annotate(moment=F("issued_at"))


def _credit_notes(actor: Actor, customer_id: int) -> QuerySet[Any]:
    return visible_credit_notes(actor).filter(customer_id=customer_id).annotate(moment=_unindexed("issued_at"))


def _payments(actor: Actor, customer_id: int) -> QuerySet[Any]:
    return visible_payments(actor).filter(customer_id=customer_id).annotate(moment=F("received_at"))


def _refunds(actor: Actor, customer_id: int) -> QuerySet[Any]:
    payments = visible_payments(actor).filter(customer_id=customer_id)
    return Refund.objects.filter(payment__in=payments).annotate(moment=_unindexed("refunded_at"))


def _returns(actor: Actor, customer_id: int) -> QuerySet[Any]:
    return visible_returns(actor).filter(customer_id=customer_id).annotate(moment=_unindexed("received_at"))


def _cases(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = visible_cases(actor).filter(customer_id=customer_id).exclude(kind=Case.Kind.STAFF_QUESTION)
    return rows.annotate(moment=_unindexed("created_at"))


def _messages(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = Message.objects.filter(case__in=_cases(actor, customer_id).values("pk"))
    return rows.annotate(moment=_unindexed("created_at"))


def _ratings(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = visible_ratings(actor).filter(customer_id=customer_id, hidden_at=None)
    return rows.annotate(moment=_unindexed("created_at"))


def _notes(actor: Actor, customer_id: int) -> QuerySet[Any]:
    rows = CustomerNote.objects.filter(customer_id=customer_id, removed_at=None)
    return rows.annotate(moment=_unindexed("created_at"))


def _events(words: str) -> Rows:
    def rows(actor: Actor, customer_id: int) -> QuerySet[Any]:
        # What happened to those who became part of this customer is its history too.
        merged = Customer.objects.filter(merged_into=customer_id).values_list("pk", flat=True)
        streams = [f"customer:{pk}" for pk in (customer_id, *merged)]
        found = Event.objects.filter(stream__in=streams, name__startswith=words)
        # Notes stand in the list themselves, and a merge once: on the side of the customer that stays.
        found = found.exclude(name__startswith="customers.note.")
        found = found.exclude(name=CustomerEvent.MERGED, stream__in=streams[1:])
        return found.annotate(moment=_unindexed("occurred_at"))

    return rows


def _order(row: dict[str, Any]) -> dict[str, Any]:
    waits = row["state"] == "placed"
    state = ("fulfilment", row["fulfilment_state"]) if waits else ("order", row["state"])
    return {"page": ("order", row["pk"]), "amount": row["total_amount"], "state": state}


def _document(page: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def tell(row: dict[str, Any]) -> dict[str, Any]:
        key = row["order_id"] if page == "order" else row["pk"]
        return {"page": (page, key), "amount": row["gross_amount"], "who": row["actor_label"]}

    return tell


def _of_order(row: dict[str, Any]) -> dict[str, Any]:
    return {"page": ("order", row["order_id"])}


def _placed(kind: str, rows: Rows) -> Source:
    columns = ("number", "state", "fulfilment_state", "total_amount", "currency")
    return Source(kind, "orders", P.ORDERS_ORDER_VIEW, rows, columns, _order)


def _money(kind: str, page: str, permission: Permission, rows: Rows) -> Source:
    columns = ("number", "gross_amount", "currency", "actor_label", *(("order_id",) if page == "order" else ()))
    return Source(kind, "invoices", permission, rows, columns, _document(page))


# The order breaks ties of one moment: what comes first here stands above.
SOURCES = (
    _placed("order", _orders),
    _placed("quote", _quotes),
    Source(
        "shipment",
        "shipments",
        P.FULFILMENT_SHIPMENT_VIEW,
        _shipments,
        ("number", "state", "carrier", "tracking_number", "order_id", "actor_label"),
        lambda row: {
            **_of_order(row),
            "state": ("shipment", row["state"]),
            "text": " ".join(part for part in (row["carrier"], row["tracking_number"]) if part),
            "who": row["actor_label"],
        },
    ),
    _money("invoice", "invoice", P.BILLING_INVOICE_VIEW, _invoices),
    _money("credit_note", "order", P.BILLING_INVOICE_VIEW, _credit_notes),
    Source(
        "payment",
        "payments",
        P.BILLING_PAYMENT_VIEW,
        _payments,
        ("reference", "method", "amount", "currency", "order_id", "actor_label", "undone_reason"),
        lambda row: {
            **_of_order(row),
            "number": row["reference"] or "",
            "amount": row["amount"],
            "state": ("ledger", "payment_undo") if row["undone_reason"] else ("method", row["method"]),
            "text": row["undone_reason"],
            "who": row["actor_label"],
        },
    ),
    Source(
        "refund",
        "payments",
        P.BILLING_PAYMENT_VIEW,
        _refunds,
        ("reference", "amount", "payment__currency", "payment__order_id", "reason", "actor_label", "undone_reason"),
        lambda row: {
            "page": ("order", row["payment__order_id"]),
            "number": row["reference"] or "",
            "amount": row["amount"],
            "currency": row["payment__currency"],
            "state": ("ledger", "refund_undo") if row["undone_reason"] else None,
            "text": " · ".join(part for part in (row["reason"], row["undone_reason"]) if part),
            "who": row["actor_label"],
        },
    ),
    Source(
        "return",
        "returns",
        P.FULFILMENT_RETURN_VIEW,
        _returns,
        ("number", "gross_amount", "currency", "actor_label", "undone_reason"),
        lambda row: {
            **_document("return")(row),
            "state": ("return", "undone") if row["undone_reason"] else None,
            "text": row["undone_reason"],
        },
    ),
    Source(
        "case",
        "messages",
        P.CASES_CASE_VIEW,
        _cases,
        ("number", "kind", "subject", "state", "opener_label"),
        lambda row: {
            "page": ("case", row["pk"]),
            "state": ("case", row["state"]),
            "text": row["subject"],
            "who": row["opener_label"],
        },
    ),
    Source(
        "message",
        "messages",
        P.CASES_CASE_VIEW,
        _messages,
        ("case_id", "case__number", "direction", "body", "author_label"),
        lambda row: {
            "page": ("case", row["case_id"]),
            "number": row["case__number"],
            "state": ("message", row["direction"]),
            "text": row["body"],
            "who": row["author_label"],
        },
    ),
    Source(
        "rating",
        "messages",
        P.CASES_RATING_VIEW,
        _ratings,
        ("order_id", "score", "comment"),
        lambda row: {**_of_order(row), "number": str(row["score"]), "text": row["comment"]},
    ),
    Source(
        "note",
        "notes",
        P.CUSTOMERS_CUSTOMER_VIEW,
        _notes,
        ("body", "author_label"),
        lambda row: {"text": row["body"], "who": row["author_label"]},
    ),
    Source("change", "changes", P.CUSTOMERS_CUSTOMER_VIEW, _events("customers."), (), lambda row: {}),
    Source("task", "tasks", P.CASES_CASE_VIEW, _events("cases.task"), (), lambda row: {}),
)


def customer_timeline(
    actor: Actor, customer_id: int, *, groups: Collection[str] = (), cursor: str | None = None, limit: int = 30
) -> Timeline:
    """One page of it, at most one statement for each kind. Raises PermissionDenied, NotFound, UnknownCursor.

    `groups` are names of GROUPS; without any, everything the actor may see.
    """
    actor.require(P.CUSTOMERS_CUSTOMER_VIEW)
    known_customer(actor, customer_id)
    after = _decoded(cursor) if cursor else None
    limit = max(1, min(limit, MAX_PAGE))
    found: list[tuple[datetime, int, Happening]] = []
    for rank, source in enumerate(SOURCES):
        if (not groups or source.group in groups) and actor.may(source.permission):
            found += [
                (item.moment, rank, item) for item in _page(source, rank, actor, customer_id, after, most=limit + 1)
            ]
    # Newest first; of one moment by kind, then the later row first.
    found.sort(key=lambda one: (EPOCH - one[0], one[1], -one[2].pk))
    shown = found[:limit]
    more = len(found) > limit
    return Timeline([item for _moment, _rank, item in shown], _encoded(*shown[-1]) if more else None)


def _page(
    source: Source, rank: int, actor: Actor, customer_id: int, after: tuple[datetime, int, int] | None, *, most: int
) -> list[Happening]:
    rows = source.rows(actor, customer_id)
    if after is not None:
        moment, kind, pk = after
        older = Q(moment__lt=moment)
        if rank > kind:
            older |= Q(moment=moment)
        elif rank == kind:
            older |= Q(moment=moment, pk__lt=pk)
        rows = rows.filter(Q(moment__lte=moment) & older)
    rows = rows.order_by("-moment", "-pk")
    if not source.columns:
        return [
            Happening(source.kind, event.occurred_at, event.pk, who=event.actor_label, event=event)
            for event in rows[:most]
        ]
    return [
        Happening(
            **{
                "kind": source.kind,
                "moment": row["moment"],
                "pk": row["pk"],
                "number": row.get("number") or "",
                "currency": row.get("currency") or "",
                **source.tell(row),
            }
        )
        for row in rows.values("pk", "moment", *source.columns)[:most]
    ]


def _encoded(moment: datetime, rank: int, item: Happening) -> str:
    return f"{(moment - EPOCH) // MICROSECOND}.{rank}.{item.pk}"


def _decoded(cursor: str) -> tuple[datetime, int, int]:
    parts = cursor.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        raise UnknownCursor
    micros, rank, pk = (int(part) for part in parts)
    try:
        return EPOCH + timedelta(microseconds=micros), rank, pk
    except OverflowError:
        raise UnknownCursor from None
