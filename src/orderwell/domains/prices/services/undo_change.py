"""Taking back a change of a price list, as long as nothing of it was changed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from orderwell.domains.catalog.models import Variant
from orderwell.domains.prices.drafts import PriceListDraft, Target
from orderwell.domains.prices.errors import AlreadyUndone, ChangedSince
from orderwell.domains.prices.events import PriceEvent
from orderwell.domains.prices.models import PriceAssignment, PriceChange, PriceEntry, PriceList
from orderwell.domains.prices.records import lock_list, read_key, target_of
from orderwell.domains.prices.services.save_list import read_targets, shown_targets, store_draft
from orderwell.domains.prices.services.set_entries import write_entries
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, json_safe, record
from orderwell.platform.permissions import Permission

_DAYS = ("valid_from", "valid_until")
_WORDS = {
    "name_zh": _("the Chinese name"),
    "name_en": _("the English name"),
    "currency": _("the currency"),
    "valid_from": _("the first day"),
    "valid_until": _("the last day"),
    "priority": _("the priority"),
    "prices_include_tax": _("the tax in the prices"),
    "note": _("the note"),
    "active": _("whether it is in use"),
}


def undo_price_change(*, list_id: int, number: int, actor: Actor, now: datetime) -> PriceChange:
    """Put back what change `number` replaced. Raises NotFound, AlreadyUndone, or ChangedSince with what is in the way."""
    actor.require(Permission.PRICES_PRICE_LIST_CHANGE)
    with atomic():
        price_list = lock_list(list_id)
        change = PriceChange.objects.filter(price_list=price_list, number=number).first()
        if change is None:
            raise NotFound(kind="change", reference=str(number))
        if change.undone_at is not None:
            raise AlreadyUndone(number=number)
        if change.kind == PriceChange.Kind.ENTRIES:
            _undo_entries(price_list, change, now)
        else:
            _undo_terms(price_list, change, actor, now)
        change.undone_at = now
        change.save(update_fields=["undone_at"])
        subject = f"price-list:{list_id}"
        data = {"code": price_list.code, "number": number}
        record(Fact(PriceEvent.CHANGE_UNDONE, subject, subject, data), actor=actor, now=now)
    return change


def _undo_entries(price_list: PriceList, change: PriceChange, now: datetime) -> None:
    keys = {key: read_key(key) for key in change.after}
    variants = {variant for variant, _minimum in keys.values()}
    present = {
        (row.variant_id, row.minimum): row
        for row in PriceEntry.objects.filter(price_list=price_list, variant__in=variants)
    }
    for key, place in keys.items():
        row = present.get(place)
        if (row.unit_price if row else None) != _number(change.after[key]):
            raise ChangedSince(what=Variant.objects.get(pk=place[0]).sku)
    write_entries(price_list, present, {place: _number(change.before[key]) for key, place in keys.items()})
    price_list.version += 1
    price_list.updated_at = now
    price_list.save()


def _undo_terms(price_list: PriceList, change: PriceChange, actor: Actor, now: datetime) -> None:
    values: dict[str, Any] = dict(change.before)
    for name, value in change.after.items():
        if name != "applies_to" and json_safe(getattr(price_list, name)) != value:
            raise ChangedSince(what=_WORDS.get(name, name))
    for name in _DAYS:
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    if "applies_to" in values:
        values["applies_to"] = _targets(price_list, set(change.before["applies_to"]), set(change.after["applies_to"]))
    # Among those it is for may be customers that the actor doesn't see; they stay.
    anybody = replace(actor, team_ids=None)
    store_draft(PriceListDraft(code=price_list.code, **values), kept=False, actor=anybody, now=now)


def _targets(price_list: PriceList, before: set[str], after: set[str]) -> tuple[Target, ...]:
    """Whom the list is for with the change taken back."""
    rows = PriceAssignment.objects.filter(price_list=price_list).select_related("customer", "group", "channel")
    current = set(shown_targets(target_of(row) for row in rows))
    if not after - before <= current or (before - after) & current:
        raise ChangedSince(what=_("whom it is for"))
    return read_targets(current - (after - before) | (before - after))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
