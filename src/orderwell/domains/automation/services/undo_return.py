"""Undoing a return that was booked by mistake, unless its money was settled already."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.automation.crediting import credit_note_of
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.undo_return import take_return_back
from orderwell.platform.accounts.actor import Actor


def undo_return(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """The goods are with the customer again, and stock is as it was before. Raises AlreadyCredited for a return that has
    a credit note, and what `take_return_back` raises.
    """
    return take_return_back(return_id=return_id, reason=reason, unless=_credited, actor=actor, now=now)


def _credited(document: Return) -> None:
    note = credit_note_of(document.pk)
    if note is not None:
        raise AlreadyCredited(number=document.number, credit_note=note)
