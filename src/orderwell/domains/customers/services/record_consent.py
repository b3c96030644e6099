"""Consent: what a customer agreed to and took back."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import Consent
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def record_consent(
    *, customer_id: int, purpose: str, medium: str, granted: bool, source: str, actor: Actor, now: datetime
) -> Consent:
    """Note that consent to `purpose` ("marketing") by `medium` ("email") was given or withdrawn, and where it came from.

    Rows are only ever added: the newest one of a purpose and medium holds, the older ones prove what held before.
    """
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    wrong = [
        problem.detail()
        for name, value, limit in (("purpose", purpose, 40), ("medium", medium, 20), ("source", source, 80))
        for problem in text_problems(value, f"/{name}", limit, needed=True)
    ]
    if wrong:
        raise Refusal(wrong)
    with atomic():
        if not visible_customers(actor).filter(pk=customer_id).exists():
            raise NotFound(kind="customer", reference=customer_id)
        consent = Consent.objects.create(
            customer_id=customer_id,
            purpose=purpose.strip(),
            medium=medium.strip(),
            granted=granted,
            source=source.strip(),
            recorded_at=now,
            recorded_by=actor.label[:120],
        )
        name = CustomerEvent.CONSENT_GIVEN if granted else CustomerEvent.CONSENT_WITHDRAWN
        data = {"purpose": consent.purpose, "medium": consent.medium, "origin": consent.source}
        record(Fact(name, f"customer:{customer_id}", f"consent:{consent.pk}", data), actor=actor, now=now)
    return consent
