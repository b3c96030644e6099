"""The order page: state and next step, lines, money, people, files and everything that happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.credit_state import not_invoiced
from orderwell.domains.billing.overview import Money
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.orders.changing import changes_on, undoable
from orderwell.domains.orders.due import is_past_date
from orderwell.domains.orders.expected import Expectation, expected_for
from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.overview import LineView, OrderOverview, order_overview
from orderwell.domains.orders.queries import WAITING, timeline_of
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import new_token
from orderwell.web.components.serving import SAFE_TO_SHOW
from orderwell.web.components.units import units_text
from orderwell.web.orders.next_step import missing_parts, next_step, unit_of
from orderwell.web.orders.papers import FRAMING
from orderwell.web.orders.printed import papers_of
from orderwell.web.orders.steps import documents_of, next_steps
from orderwell.web.orders.told import TOPICS, days_of
from orderwell.web.pages import page
from orderwell.web.templatetags.orderwell import line_name

LINES_AT_ONCE = 100
EVENTS = 100
MORE_EVENTS = 2_000
ZERO = Decimal(0)
SHOWN = ("", "missing", "to_ship", "shipped", "cancelled")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One document that changed what is owed on the order; `open` is what is owed after it."""

    kind: str
    number: str
    when: datetime
    amount: Decimal
    open: Decimal
    note: str
    invoice_id: int | None


@page(Permission.ORDERS_ORDER_VIEW)
def order_page(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    context = context_of(found, actor, everything="all" in request.GET)
    response = render(request, "orders/detail.html", context)
    response["Content-Security-Policy"] = FRAMING
    return response


def context_of(found: OrderOverview, actor: Actor, *, everything: bool = False) -> dict[str, Any]:
    order = found.order
    documents = documents_of(found, actor)
    expected = _expected(found)
    changes = changes_on(order)
    reversible = undoable(changes, order) if actor.may(Permission.ORDERS_ORDER_CHANGE) else set()
    events = timeline_of(order.pk, limit=MORE_EVENTS if everything else EVENTS + 1)
    return {
        "found": found,
        "order": order,
        "steps": next_steps(found, documents, actor),
        "next": next_step(found, documents, expected, actor, _cancellation(changes, reversible)),
        "documents": documents,
        "papers": papers_of(order, documents, actor),
        "days": days_of(events if everything else events[:EVENTS]),
        "more_events": not everything and len(events) > EVENTS,
        "topics": TOPICS,
        "changes": changes,
        "undoable": reversible,
        "ledger": ledger_of(documents.money),
        "credit": _credit(order, actor),
        "is_late": _is_late(order),
        "upload_token": new_token(),
        "safe_to_show": SAFE_TO_SHOW,
        "units": _units(found),
        **lines_context(found, found.lines, expected, 0),
    }


def lines_context(
    found: OrderOverview, lines: Sequence[LineView], expected: dict[int, Expectation], start: int
) -> dict[str, Any]:
    """One part of the lines; the next is fetched when the reader gets there."""
    end = start + LINES_AT_ONCE
    return {
        "lines": lines[start:end],
        "lines_after": end if len(lines) > end else None,
        "expected": expected,
        "now": utc_now(),
        "any_returned": any(view.line.quantity_returned for view in found.lines),
        "any_promised": any(view.reservations or view.backordered for view in found.lines),
    }


@page(Permission.ORDERS_ORDER_VIEW)
def order_lines(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    """Lines of a large order from `start` on, narrowed to a text or to those of one kind."""
    found = order_overview(actor, order_id)
    text, only = request.GET.get("q", "").strip().lower()[:80], request.GET.get("only", "")
    given = request.GET.get("start", "0")
    start = int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0
    lines = [view for view in found.lines if _matches(view, text) and _is(view, only)]
    context = lines_context(found, lines, _expected(found), start)
    return render(
        request, "orders/line_rows.html", {**context, "order": found.order, "found": found, "q": text, "only": only}
    )


def _matches(view: LineView, text: str) -> bool:
    return (
        not text
        or text in view.line.sku.lower()
        or text in view.line.name.lower()
        or text in line_name(view.line).lower()
    )


def _is(view: LineView, only: str) -> bool:
    match only:
        case "missing":
            return bool(view.backordered)
        case "to_ship":
            return bool(view.to_ship)
        case "shipped":
            return bool(view.line.quantity_shipped)
        case "cancelled":
            return bool(view.line.quantity_cancelled)
    return True


def _expected(found: OrderOverview) -> dict[int, Expectation]:
    missing = [view for view in found.goods if view.backordered]
    if not missing:
        return {}
    variants = {row.variant_id for view in missing for row in view.line.backorders.all()}
    return expected_for({view.line.pk for view in missing}, variants)


def _units(found: OrderOverview) -> dict[str, str]:
    """Sums over the goods, to be seen without counting lines; of each unit for itself."""

    def total(of: Callable[[LineView], Decimal]) -> str:
        return units_text((unit_of(view), of(view)) for view in found.goods)

    return {
        "ordered": total(lambda view: view.active) or "0",
        "shipped": total(lambda view: view.line.quantity_shipped) or "0",
        "invoiced": total(lambda view: view.line.quantity_invoiced) or "0",
        "returned": total(lambda view: view.line.quantity_returned),
        "missing": units_text(part for view in found.goods for part in missing_parts(view)),
    }


def _cancellation(changes: Sequence[Amendment], reversible: set[int]) -> int | None:
    """The cancellation that could be undone, if that is the last thing that happened."""
    last = changes[0] if changes else None
    return last.number if last and last.kind == Amendment.Kind.CANCEL and last.number in reversible else None


def ledger_of(money: Money) -> list[LedgerRow]:
    rows: list[tuple[datetime, str, str, Decimal, str, int | None]] = []
    rows += [(i.issued_at, "invoice", i.number, i.gross_amount, "", i.pk) for i in money.invoices]
    rows += [(n.issued_at, "credit_note", n.number, -n.gross_amount, n.reason, None) for n in money.credit_notes]
    for payment in money.payments:
        name, why = payment.reference or "", payment.undone_reason
        rows.append((payment.received_at, "payment", name, -payment.amount, payment.method, None))
        if payment.undone_at:
            rows.append((max(payment.undone_at, payment.received_at), "payment_undo", name, payment.amount, why, None))
        for refund in payment.refunds.all():
            name, why = refund.reference or "", refund.undone_reason
            rows.append((refund.refunded_at, "refund", name, refund.amount, refund.reason, None))
            if refund.undone_at:
                rows.append((refund.undone_at, "refund_undo", name, -refund.amount, why, None))
    found, balance = [], ZERO
    for when, kind, number, amount, note, invoice_id in sorted(rows, key=lambda row: row[0]):
        balance += amount
        found.append(LedgerRow(kind, number, when, amount, balance, note, invoice_id))
    return found


def _credit(order: Order, actor: Actor) -> dict[str, Any] | None:
    """How the customer's account stands; nothing where the reader may not see it."""
    if order.customer is None or not actor.may(Permission.BILLING_INVOICE_VIEW):
        return None
    if not actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        return None
    customer, owed = order.customer, customer_balance(actor.on_every_row(), order.customer.pk)
    waiting = not_invoiced(actor, [customer.pk]).get(customer.pk, ZERO)
    limit, used = customer.credit_limit, owed.get(customer.currency, ZERO) + waiting
    return {
        "owed": sorted((currency, amount) for currency, amount in owed.items() if amount > 0),
        "ahead": sorted((currency, -amount) for currency, amount in owed.items() if amount < 0),
        "waiting": waiting,
        "limit": limit,
        "left": None if limit is None else limit - used,
    }


def _is_late(order: Order) -> bool:
    return order.state == Order.State.PLACED and order.fulfilment_state in WAITING and is_past_date(order, utc_now())
