"""Undoing a return that was booked by mistake, unless its money was settled already."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.automation.crediting import credit_note_of
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.queries import visible_returns
from orderwell.domains.fulfilment.services.undo_return import take_return_back
from orderwell.domains.orders.services.loading import lock_order
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission


def undo_return(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """The goods are with the customer again, and stock is as it was before. Raises AlreadyCredited for a return that has
    a credit note, and what `take_return_back` raises.
    """
    actor.require(Permission.FULFILMENT_RETURN_CREATE)
    with atomic():
        document = visible_returns(actor).filter(pk=return_id).first()
        if document is None:
            raise NotFound(kind="return", reference=str(return_id))
        if document.order_id is not None:
            # Credit notes are written with the order locked: none can come in between.
            lock_order(document.order_id, actor=actor, permission=Permission.FULFILMENT_RETURN_CREATE)
        note = credit_note_of(return_id)
        if note is not None:
            raise AlreadyCredited(number=document.number, credit_note=note)
        return take_return_back(return_id=return_id, reason=reason, actor=actor, now=now)
