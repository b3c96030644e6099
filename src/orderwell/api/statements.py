"""Account statements: what a customer's account did over a period, and those that were handed out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, link_to_next, page
from orderwell.api.routing import Routes
from orderwell.api.shapes import Amount, Amounts, Currency, Id, InCurrency, Input, Moment, Shape, columns
from orderwell.domains.automation.services.hand_out import hand_out_statement as hand_out
from orderwell.domains.billing.models import Statement
from orderwell.domains.billing.queries import customer_balance, part_of_balance
from orderwell.domains.billing.statement import (
    AccountStatement,
    StatementLine,
    account_statement,
    accounts_of,
    statements_of_customer,
    usual_currency,
)
from orderwell.domains.customers.lookup import known_customer
from orderwell.kernel.clock import business_day, utc_now
from orderwell.kernel.errors import InvalidValue
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

routes = Routes("billing")
VIEW = Permission.BILLING_INVOICE_VIEW
Day = Annotated[date, Field(ge=date(1971, 1, 1), le=date(2199, 12, 31))]


class StatementEntryShape(Shape):
    kind: str = Field(description="invoice, credit_note, payment, refund, payment_undo or refund_undo")
    document_id: int
    number: str = Field(description="Of the document; of payments and refunds their reference, which may be empty")
    order_id: int
    order: str
    invoice: str = Field(
        description="The invoice that a payment or its refund is for, or that a credit note takes back; may be empty"
    )
    occurred_at: Moment
    due_at: Moment | None
    amount: Amount = Field(description="What it adds to what is owed")
    balance: Amount = Field(description="What is owed after it")


class AgeingShape(Shape):
    not_due: Amount
    to_30: Amount = Field(description="1 to 30 days past due at the end of the period")
    to_60: Amount
    to_90: Amount
    over_90: Amount
    credit: Amount = Field(description="What was paid too much for other orders: zero or less")


class StatementShape(InCurrency):
    """The figures are those of the whole period on every page of `items`."""

    customer_id: int
    customer: str
    currency: str
    first: date
    last: date
    opening: Amount
    charged: Amount
    settled: Amount = Field(description="What was paid and credited: zero or less")
    closing: Amount
    ageing: AgeingShape
    partial: bool = Field(description="The account has documents that this key may not see; it is not all that is owed")
    items: list[StatementEntryShape]
    next_cursor: str | None


class HandedOutShape(InCurrency):
    id: int
    number: str
    customer_id: int
    currency: str
    first: date
    last: date
    opening: Amount
    closing: Amount
    documents: int
    made_at: Moment
    actor_label: str


class BalanceShape(Shape):
    balances: Amounts = Field(description="By currency; negative where too much was paid")
    partial: bool = Field(description="The account has documents that this key may not see; it is not all that is owed")


class NewStatement(Input):
    first: Day | None = Field(default=None, description="The first of the month before")
    last: Day | None = Field(default=None, description="Today")
    currency: Currency | None = Field(default=None, description="The customer's own")


def _chosen(
    actor: Actor, customer_id: int, first: date | None, last: date | None, currency: str | None
) -> dict[str, Any]:
    """Period and currency; left out, they are what the screen begins with."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    zone = ZoneInfo(settings.TIME_ZONE)
    if currency is None:
        currency = usual_currency(actor, customer_id)
    elif currency not in (known := accounts_of(actor, customer_id)):
        raise InvalidValue(pointer="/currency", value=currency, expected=", ".join(known))
    last = last or business_day(utc_now(), zone)
    first = first or (last.replace(day=1) - timedelta(days=1)).replace(day=1)
    if first > last:
        raise InvalidValue(pointer="/first", value=first.isoformat(), expected=f"<= {last.isoformat()}")
    return {"first": first, "last": last, "currency": currency, "zone": zone}


def _entry(line: StatementLine) -> dict[str, Any]:
    return columns(StatementEntryShape, line, document_id=line.pk, order=line.order_number)


def _statement(found: AccountStatement) -> dict[str, Any]:
    return columns(
        StatementShape,
        found,
        customer_id=found.customer.pk,
        customer=found.customer.number,
        ageing={**found.ageing.by_age, "credit": found.ageing.credit},
        items=[_entry(line) for line in found.lines],
    )


def _handed_out(row: Statement) -> dict[str, Any]:
    return columns(HandedOutShape, row, number=row.number, first=row.first_day, last=row.last_day)


@routes.read("/customers/{customer_id}/statement", permission=VIEW, response=StatementShape)
def get_account_statement(
    request: ApiRequest,
    response: HttpResponse,
    customer_id: Id,
    first: Day | None = None,
    last: Day | None = None,
    currency: Currency | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """What was owed before, every document of the period with the balance after it, and what is owed at its end.

    Days are those of the company, both included. Without them it is the time from the first of the month before `last`
    until today, and without a currency the customer's own. Pages go by key; while documents come in that were dated
    back, balances of later pages have them and those of earlier ones don't.
    """
    chosen = _chosen(request.actor, customer_id, first, last, currency)
    found = account_statement(request.actor, customer_id, **chosen, cursor=cursor, limit=limit)
    link_to_next(found.next_cursor, request=request, response=response)
    return _statement(found)


@routes.read("/customers/{customer_id}/statements", permission=VIEW, response=Page[HandedOutShape])
def list_statements(
    request: ApiRequest, response: HttpResponse, customer_id: Id, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """Statements that were handed out, newest first."""
    request.actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    rows = statements_of_customer(request.actor, customer_id)
    return page(rows, order=("-id",), cursor=cursor, limit=limit, show=_handed_out, request=request, response=response)


@routes.write("POST", "/customers/{customer_id}/statements", permission=VIEW, response=HandedOutShape, status=201)
def hand_out_statement(request: ApiRequest, customer_id: Id, body: NewStatement) -> dict[str, Any]:
    """Keep a statement as a document; the same period with the same figures is the same statement.

    Its PDF is made at once and never changes. Refused for a key that may see only a part of the account
    (`statement_partial`) or no personal data, which stands on it.
    """
    chosen = _chosen(request.actor, customer_id, **dict(body))
    return _handed_out(hand_out(customer_id=customer_id, **chosen, actor=request.actor, now=utc_now()))


@routes.read("/customers/{customer_id}/balance", permission=VIEW, response=BalanceShape)
def get_customer_balance(request: ApiRequest, customer_id: Id) -> dict[str, Any]:
    """What a customer owes, by currency; settled currencies are left out."""
    known_customer(request.actor, customer_id)
    return {
        "balances": customer_balance(request.actor, customer_id),
        "partial": part_of_balance(request.actor, customer_id),
    }
