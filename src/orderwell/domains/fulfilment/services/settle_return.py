"""A return that asks for no money: exchanged, repaired, or agreed otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.fulfilment.errors import ReturnNotSettled, ReturnSettledAlready
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.fulfilment.queries import unbilled_units, visible_returns
from orderwell.domains.fulfilment.services.undo_return import already_undone
from orderwell.domains.orders.services.loading import lock_order
from orderwell.kernel.errors import NotFound
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def settle_without_credit(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """Say that nothing is to be credited for a return, and why. It can be credited later all the same.

    Saying the same again changes nothing. Raises NotFound, also for one without an order, ReturnUndone,
    ReturnSettledAlready for another reason than the one given before, or Refusal for an empty reason.
    """
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    _check(reason)
    with atomic():
        document = _locked(return_id, actor)
        if document.settled_without == reason.strip():
            return document
        if document.settled_without:
            raise ReturnSettledAlready(number=document.number, reason=document.settled_without)
        _settle(document, reason.strip(), awaits_credit=False)
        _tell(FulfilmentEvent.SETTLED, document, document.settled_without, actor, now)
    return document


def reopen_return(*, return_id: int, reason: str, actor: Actor, now: datetime) -> Return:
    """Take back that nothing is to be credited. Raises ReturnNotSettled, and what `settle_without_credit` raises."""
    actor.require(Permission.BILLING_CREDIT_NOTE_CREATE)
    _check(reason)
    with atomic():
        document = _locked(return_id, actor)
        if not document.settled_without:
            raise ReturnNotSettled(number=document.number)
        _settle(document, "", awaits_credit=True)
        _tell(FulfilmentEvent.REOPENED, document, reason.strip(), actor, now)
    return document


def note_credited(document: Return) -> None:
    """It has its credit note, also where nothing was to be credited before; its order is locked."""
    _settle(document, "", awaits_credit=False)


def _settle(document: Return, settled_without: str, *, awaits_credit: bool) -> None:
    document.settled_without, document.awaits_credit = settled_without, awaits_credit
    document.save(update_fields=["settled_without", "awaits_credit"])


def keep_unbilled(document: Return, units: Mapping[int, Decimal]) -> None:
    """Note on its lines that of {order line id: units} more were left unbilled."""
    left = dict(units)
    rows = ReturnLine.objects.filter(return_document=document, order_line_id__in=list(left)).order_by("pk")
    for row in rows:
        pk = row.order_line_id or 0
        part = min(left[pk], row.quantity - row.quantity_unbilled)
        if part > 0:
            left[pk] -= part
            row.quantity_unbilled += part
            row.save(update_fields=["quantity_unbilled"])


def take_unbilled(document: Return) -> dict[int, Decimal]:
    """Order line -> units that it left unbilled; afterwards it leaves none so."""
    units = unbilled_units(document)
    ReturnLine.objects.filter(return_document=document, quantity_unbilled__gt=0).update(quantity_unbilled=0)
    return units


def _check(reason: str) -> None:
    refuse(text_problems(reason, "/reason", 240, needed=True, lines=True))


def _locked(return_id: int, actor: Actor) -> Return:
    """A standing return of an order, with the order locked."""
    document = visible_returns(actor).filter(pk=return_id, order__isnull=False).first()
    if document is None or document.order_id is None:
        raise NotFound(kind="return", reference=str(return_id))
    lock_order(document.order_id, actor=actor, permission=Permission.BILLING_CREDIT_NOTE_CREATE)
    document.refresh_from_db()
    if document.undone_at is not None:
        raise already_undone(document)
    return document


def _tell(name: FulfilmentEvent, document: Return, reason: str, actor: Actor, now: datetime) -> None:
    data = {"number": document.number, "reason": reason}
    record(Fact(name, f"order:{document.order_id}", f"return:{document.pk}", data), actor=actor, now=now)
