"""Doing what a handheld asks for, once per request key. What is refused stays on a list until somebody has sorted it out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from orderwell.domains.catalog.matching import match_variants
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.report_short import Shortage, report_short
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.drafts import ArrivalDraft, CountEntry, ReceiptDraft, ReceiptLineDraft
from orderwell.domains.inventory.errors import StockChanged
from orderwell.domains.inventory.services.count_stock import enter_counts
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.inventory.services.transfer_stock import receive_transfer
from orderwell.kernel.errors import DomainError, InvalidValue
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.formats import listed
from orderwell.platform.idempotency.repeating import Answer, once
from orderwell.platform.leftovers.errors import ActionTooOld
from orderwell.platform.leftovers.services import report, settle_own
from orderwell.platform.wording import sentences
from orderwell.web.handheld import actions
from orderwell.web.handheld.advice import advice_for, reason_word

# First answers are kept a little longer than this (platform/idempotency), so no action can be done twice.
LONGEST_AGE = timedelta(days=25)
KEY_LENGTH = 64
_SUBJECTS = {"ship": "order", "return": "order", "arrive": "transfer", "count": "count"}


@dataclass(frozen=True, slots=True)
class Moment:
    """`happened_at` is when somebody pressed the button, by the device's own reckoning of how long ago that was."""

    key: str
    actor: Actor
    now: datetime
    happened_at: datetime


def take(body: bytes, *, age: timedelta, actor: Actor, now: datetime) -> Answer:
    """Do what `body` says unless its key was answered before. Raises DomainError for a body that is no message at all."""
    try:
        envelope = msgspec.json.decode(body, type=actions.Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidValue(pointer="/", value="?", expected="JSON") from None
    if not 16 <= len(envelope.key) <= KEY_LENGTH:
        raise InvalidValue(pointer="/key", value=envelope.key[:20], expected=f"16-{KEY_LENGTH}")
    age = max(timedelta(0), age)
    moment = Moment(envelope.key, actor, now, now - min(age, LONGEST_AGE * 100))
    return once(
        scope=f"handheld:{actor.id}",
        key=envelope.key,
        fingerprint=hashlib.sha256(msgspec.json.encode(envelope.action, order="sorted")).digest(),
        now=now,
        act=lambda: _act(body, envelope, moment),
    )


def _act(body: bytes, envelope: actions.Envelope, moment: Moment) -> Answer:
    action: actions.Action | None = None
    try:
        with atomic():
            if moment.now - moment.happened_at > LONGEST_AGE:
                raise ActionTooOld(days=(moment.now - moment.happened_at).days)
            try:
                action = msgspec.json.decode(body, type=actions.Message).action
            except msgspec.ValidationError as error:
                raise InvalidValue(pointer="/action", value=str(error)[:120], expected="1") from None
            said = _DO[type(action)](action, moment)
    except StockChanged:
        raise  # nothing is wrong with the action: the device asks again
    except DomainError as error:
        return _answer(_refused(error, action, envelope, moment))
    return _answer({"state": "done", "sentences": [said]})


def _answer(content: Mapping[str, Any]) -> Answer:
    return Answer(200, msgspec.json.encode(content))


def _refused(
    error: DomainError, action: actions.Action | None, envelope: actions.Envelope, moment: Moment
) -> dict[str, Any]:
    kind = str(envelope.action.get("kind", "?"))[:20]
    code = error.details[0].code
    report(
        key=moment.key,
        kind=kind,
        **_about(action, kind, moment.actor),
        code=code,
        said=in_every_language(lambda: sentences(error)),
        wanted=envelope.action,
        happened_at=moment.happened_at,
        actor=moment.actor,
        now=moment.now,
    )
    return {"state": "refused", "sentences": sentences(error), "advice": advice_for(kind, code)}


def _about(action: actions.Action | None, kind: str, actor: Actor) -> dict[str, Any]:
    """What the leftover is about: its title, its document, its warehouse."""
    if action is None:
        return {"title": ""}
    document = _SUBJECTS.get(kind, "")
    return {
        "title": action.title,
        "subject": f"{document}:{getattr(action, document)}" if document else "",
        "warehouse_id": next((row.pk for row in visible_warehouses(actor) if row.code == action.warehouse), 0),
    }


def in_every_language(say: Callable[[], list[str]]) -> dict[str, list[str]]:
    """Whoever sorts it out may read another language than whoever met it."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = say()
    return said


def _ship(action: actions.Ship, moment: Moment) -> str:
    picked = {(item.line, item.variant): item.quantity for item in action.picked if item.quantity}
    if action.shorts:
        _short(action, moment)
    if not picked and action.shorts:
        return _("Order %(number)s: nothing was found, and that is written down.") % {"number": action.title}
    shipments = ship(
        order_id=action.order,
        picked=picked,
        warehouse=action.warehouse,
        carrier=action.carrier,
        tracking_number=action.tracking_number,
        actor=moment.actor,
        now=moment.now,
    )
    numbers = listed(shipment.number for shipment in shipments)
    return _("Order %(order)s has left: %(numbers)s.") % {"order": action.title, "numbers": numbers}


def _short(action: actions.Ship, moment: Moment) -> None:
    shortages = [Shortage(item.line, item.sku, item.wanted, item.found, item.reason) for item in action.shorts]
    report_short(
        order_id=action.order, warehouse=action.warehouse, shortages=shortages, actor=moment.actor, now=moment.now
    )

    def say() -> list[str]:
        text = _("%(sku)s: %(found)s of %(wanted)s found (%(reason)s)")
        return [
            text
            % {
                "sku": item.sku,
                "found": plain(item.found),
                "wanted": plain(item.wanted),
                "reason": reason_word(item.reason),
            }
            for item in action.shorts
        ]

    report(
        key=moment.key,
        kind="short",
        **_about(action, "ship", moment.actor),
        said=in_every_language(say),
        wanted={"shorts": [msgspec.to_builtins(item) for item in action.shorts]},
        happened_at=moment.happened_at,
        actor=moment.actor,
        now=moment.now,
    )


def _receive(action: actions.Receive, moment: Moment) -> str:
    known = match_variants(moment.actor, [line.code for line in action.lines])
    lines = []
    for line in action.lines:
        found = known.get(line.code.strip()) or []
        # An unknown code goes on as it is: the service refuses it by name.
        sku, pack = (found[0].sku, found[0].pack) if len(found) == 1 else (line.code, None)
        lines.append(ReceiptLineDraft(sku=sku, quantity=line.quantity * (pack or 1), expected_receipt=line.expected))
    draft = ReceiptDraft(warehouse=action.warehouse, lines=tuple(lines), reference=action.reference.strip())
    receive_stock(draft, actor=moment.actor, now=moment.now)
    return _("Received: %(title)s.") % {"title": action.title}


def _arrive(action: actions.Arrive, moment: Moment) -> str:
    arrivals = [ArrivalDraft(line=line.line, received=line.received, lost=line.lost) for line in action.lines]
    transfer = receive_transfer(transfer_id=action.transfer, arrivals=arrivals, actor=moment.actor, now=moment.now)
    return _("Received: %(title)s.") % {"title": transfer.number}


def _count(action: actions.Count, moment: Moment) -> str:
    enter_counts(
        count_id=action.count,
        entries=[CountEntry(code=action.code.strip(), quantity=action.quantity, add=action.add)],
        counted_at=moment.happened_at,
        actor=moment.actor,
        now=moment.now,
    )
    said = {"code": action.code, "quantity": plain(action.quantity)}
    return _("%(code)s: %(quantity)s written down.") % said


def _return(action: actions.Return, moment: Moment) -> str:
    lines = [
        ReturnedUnits(
            line_id=line.line,
            quantity=line.quantity,
            disposition=line.disposition,
            warehouse=action.warehouse if line.disposition == "restock" else None,
        )
        for line in action.lines
    ]
    found = record_return(order_id=action.order, lines=lines, reason=action.reason, actor=moment.actor, now=moment.now)
    return _("Return %(number)s is recorded.") % {"number": found.number}


def _settle(action: actions.Settle, moment: Moment) -> str:
    settle_own(key=action.of, actor=moment.actor, now=moment.now)
    return _("Sorted out.")


_DO: dict[type, Callable[[Any, Moment], str]] = {
    actions.Ship: _ship,
    actions.Receive: _receive,
    actions.Arrive: _arrive,
    actions.Count: _count,
    actions.Return: _return,
    actions.Settle: _settle,
}
