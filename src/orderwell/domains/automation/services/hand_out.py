"""Handing out an account statement: what is kept of it, and its file, are of one moment."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from orderwell.domains.billing.models import Statement
from orderwell.domains.billing.services.make_statement import make_statement
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.printing.services import print_documents


def hand_out_statement(
    *, customer_id: int, currency: str, first: date, last: date, zone: ZoneInfo, actor: Actor, now: datetime
) -> Statement:
    """The statement with its file stored. Raises what `make_statement` and `print_documents` raise."""
    with atomic():
        made = make_statement(
            customer_id=customer_id, currency=currency, first=first, last=last, zone=zone, actor=actor, now=now
        )
        print_documents(kind="statement", ids=[made.pk], actor=actor, now=now)
    return made
