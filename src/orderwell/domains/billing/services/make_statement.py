"""A statement as a document that was handed out: its period and its figures are kept, its file never changes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from orderwell.domains.billing.errors import StatementPartial
from orderwell.domains.billing.events import BillingEvent
from orderwell.domains.billing.models import Statement
from orderwell.domains.billing.statement import account_statement
from orderwell.kernel.errors import InvalidValue
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def make_statement(
    *, customer_id: int, currency: str, first: date, last: date, zone: ZoneInfo, actor: Actor, now: datetime
) -> Statement:
    """The same period with the same figures is the same statement.

    Raises PermissionDenied, NotFound, InvalidValue, or StatementPartial where the actor sees only a part of the account.
    """
    actor.require(Permission.BILLING_INVOICE_VIEW)
    if first > last:
        raise InvalidValue(pointer="/first", value=first.isoformat(), expected=f"<= {last.isoformat()}")
    with atomic():
        found = account_statement(actor, customer_id, currency=currency, first=first, last=last, zone=zone)
        if found.partial:
            raise StatementPartial(customer=found.customer.name)
        figures = {
            "customer_id": customer_id,
            "currency": currency,
            "first_day": first,
            "last_day": last,
            "opening": found.opening,
            "closing": found.closing,
            "documents": len(found.lines),
        }
        known = Statement.objects.filter(**figures).order_by("pk").first()
        if known is not None:
            return known
        made = Statement.objects.create(**figures, made_at=now, actor_label=actor.label[:120])
        data = {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "amount": found.closing,
            "currency": currency,
        }
        stream = f"customer:{customer_id}"
        record(Fact(BillingEvent.STATED, stream, f"statement:{made.pk}", data), actor=actor, now=now)
    return made
