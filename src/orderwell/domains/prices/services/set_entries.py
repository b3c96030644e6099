"""Prices of a list, many at once, each with its own verdict: from the grid, a paste from a sheet, the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import UNSET

from orderwell.domains.catalog.errors import GivenTwice
from orderwell.domains.catalog.models import Variant
from orderwell.domains.prices.drafts import EntryDraft
from orderwell.domains.prices.errors import EntryChanged, EntryGone, NoSuchEntry, TooManyEntries
from orderwell.domains.prices.events import PriceEvent
from orderwell.domains.prices.models import PriceChange, PriceEntry, PriceList
from orderwell.domains.prices.records import entry_key, keep_change, lock_list
from orderwell.domains.prices.validation import entry_problems, tidy_minimum
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict, refused, upsert
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MOST_ENTRIES = 2000
TOLD = 50

Key = tuple[int, Decimal]


def set_entries(
    drafts: Sequence[EntryDraft], *, list_id: int, version: int | None = None, actor: Actor, now: datetime
) -> tuple[list[Verdict], PriceChange | None]:
    """One verdict per row, and the change as a document (None where nothing was different). Orders keep their prices.

    Raises NotFound, StaleVersion, TooManyEntries.
    """
    actor.require(Permission.PRICES_PRICE_LIST_CHANGE)
    if len(drafts) > MOST_ENTRIES:
        raise TooManyEntries(limit=MOST_ENTRIES, count=len(drafts))
    with atomic():
        price_list = lock_list(list_id, version=version)
        skus = {draft.sku.strip() for draft in drafts}
        variants = {row.sku: row for row in Variant.objects.filter(sku__in=skus)}
        known = PriceEntry.objects.filter(price_list=price_list, variant__in=[row.pk for row in variants.values()])
        entries: dict[Key, PriceEntry] = {(row.variant_id, row.minimum): row for row in known}
        decided = Decided(price_list, variants, entries)
        verdicts = [decided.take(draft) for draft in drafts]
        return verdicts, decided.write(actor, now)


class Decided:
    """What becomes of a list's entries row by row; written at the end, in three statements."""

    def __init__(self, price_list: PriceList, variants: dict[str, Variant], entries: dict[Key, PriceEntry]) -> None:
        self.price_list, self.variants, self.entries = price_list, variants, entries
        self.before: dict[Key, Decimal | None] = {}
        self.after: dict[Key, Decimal | None] = {}

    def take(self, draft: EntryDraft) -> Verdict:
        sku = draft.sku.strip()
        variant = self.variants.get(sku)
        errors = [error.detail() for error in entry_problems(draft, variant.quantity_places if variant else None)]
        if variant is None or errors:
            return refused(sku, errors)
        key = (variant.pk, tidy_minimum(draft.minimum, variant.quantity_places))
        if key in self.after or key in self.before:
            return refused(sku, [GivenTwice(pointer="/sku", value=sku).detail()])
        entry = self.entries.get(key)
        if draft.unit_price is None and entry is None:
            return refused(sku, [self._nothing_there(sku, key)])
        old = entry.unit_price if entry else None
        if draft.was is not UNSET and draft.was != old and draft.unit_price != old:
            return refused(sku, [self._changed(sku, old)])
        self.before[key] = old
        if old == draft.unit_price:
            return Verdict(sku, "unchanged", variant.pk)
        self.after[key] = draft.unit_price
        return Verdict(sku, "created" if old is None else "updated", variant.pk)

    def _nothing_there(self, sku: str, key: Key) -> ErrorDetail:
        return NoSuchEntry(pointer="/minimum", sku=sku, minimum=key[1]).detail()

    def _changed(self, sku: str, current: Decimal | None) -> ErrorDetail:
        if current is None:
            return EntryGone(pointer="/unit_price", sku=sku).detail()
        return EntryChanged(pointer="/unit_price", sku=sku, current=current).detail()

    def write(self, actor: Actor, now: datetime) -> PriceChange | None:
        if not self.after:
            return None
        write_entries(self.price_list, self.entries, self.after)
        self.price_list.version += 1
        self.price_list.updated_at = now
        self.price_list.save()
        change = keep_change(
            self.price_list,
            PriceChange.Kind.ENTRIES,
            before={entry_key(*key): self.before[key] for key in self.after},
            after={entry_key(*key): price for key, price in self.after.items()},
            actor=actor,
            now=now,
        )
        names = {variant.pk: sku for sku, variant in self.variants.items()}
        subject = f"price-list:{self.price_list.pk}"
        data = {
            "code": self.price_list.code,
            "number": change.number,
            "count": len(self.after),
            "prices": [
                {"sku": names[key[0]], "minimum": key[1], "before": self.before[key], "after": price}
                for key, price in list(self.after.items())[:TOLD]
            ],
        }
        record(Fact(PriceEvent.ENTRIES_CHANGED, subject, subject, data), actor=actor, now=now)
        return change


def write_entries(price_list: PriceList, present: dict[Key, PriceEntry], wanted: dict[Key, Decimal | None]) -> None:
    """Set, add and remove entries of the locked list."""
    going = [present[key].pk for key, price in wanted.items() if price is None and key in present]
    rows = []
    for key, price in wanted.items():
        if price is not None:
            row = present.get(key) or PriceEntry(price_list=price_list, variant_id=key[0], minimum=key[1])
            row.unit_price = price
            rows.append(row)
    PriceEntry.objects.filter(pk__in=going).delete()
    upsert(PriceEntry, rows)
