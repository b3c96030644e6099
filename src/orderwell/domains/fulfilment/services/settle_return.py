"""A return that asks for no money: exchanged, repaired, or agreed otherwise."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.queries import visible_returns
from orderwell.domains.fulfilment.services.undo_return import already_undone
from orderwell.domains.orders.services.loading import lock_order
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def settle_without_credit(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """Say that nothing is to be credited for a return, and why. It can be credited later all the same.

    Saying it again changes the reason. Raises NotFound, also for one without an order, ReturnUndone, or Refusal for an
    empty reason.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    problems = list(text_problems(reason, "/reason", 240, needed=True, lines=True))
    if problems:
        raise Refusal([problem.detail() for problem in problems])
    with atomic():
        document = visible_returns(actor).filter(pk=return_id, order__isnull=False).first()
        if document is None or document.order_id is None:
            raise NotFound(kind="return", reference=str(return_id))
        lock_order(document.order_id, actor=actor, permission=Permission.BILLING_CREDIT_NOTE_CREATE)
        document.refresh_from_db()
        if document.undone_at is not None:
            raise already_undone(document)
        document.settled_without = reason.strip()
        document.save(update_fields=["settled_without"])
        data = {"number": document.number, "reason": document.settled_without}
        fact = Fact(FulfilmentEvent.SETTLED, f"order:{document.order_id}", f"return:{document.pk}", data)
        record(fact, actor=actor, now=now)
    return document
