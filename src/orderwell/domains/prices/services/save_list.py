"""Create and change price lists: names, days, priority, and whom they are for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import UNSET

from orderwell.domains.catalog.models import Channel
from orderwell.domains.customers.models import Customer, CustomerGroup
from orderwell.domains.prices.drafts import PriceListDraft, Target
from orderwell.domains.prices.errors import UnknownTarget
from orderwell.domains.prices.events import PriceEvent
from orderwell.domains.prices.models import PriceAssignment, PriceChange, PriceEntry, PriceList
from orderwell.domains.prices.records import in_order, keep_change, lock_list, target_of
from orderwell.domains.prices.validation import list_problems
from orderwell.kernel.errors import DomainError, Refusal, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import apply, complete_names
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

FIELDS = (
    *("name_zh", "name_en", "currency", "valid_from", "valid_until", "priority", "prices_include_tax"),
    *("note", "active"),
)
_COLUMNS = {name: name for name in FIELDS}


def save_price_list(draft: PriceListDraft, *, actor: Actor, now: datetime) -> PriceList:
    """Create or change the list `draft.code`. Raises Refusal with everything that is wrong, or StaleVersion."""
    actor.require(Permission.PRICES_PRICE_LIST_CHANGE)
    return store_draft(draft, actor=actor, now=now)


@find_if_taken
def store_draft(draft: PriceListDraft, *, kept: bool = True, actor: Actor, now: datetime) -> PriceList:
    """`kept`: as a change that can be undone; undoing one is no change of its own."""
    draft = msgspec.structs.replace(draft, code=draft.code.strip())
    with atomic():
        found = PriceList.objects.select_for_update(of=("self",)).filter(code=draft.code).first()
        if found is not None and draft.version is not None and draft.version != found.version:
            raise StaleVersion(kind="price list", current=found.version, given=draft.version)
        has_entries = found is not None and PriceEntry.objects.filter(price_list=found).exists()
        problems: list[DomainError] = list(list_problems(draft, found, has_entries=has_entries))
        wanted, unknown = _targets(draft, actor)
        problems += unknown
        if problems:
            raise Refusal([problem.detail() for problem in problems])
        created = found is None
        row = found or PriceList(code=draft.code, created_at=now)
        changes = apply(row, draft, _COLUMNS)
        complete_names(row)
        row.updated_at = now
        if created:
            row.save()
        if wanted is not None:
            changes |= _assign(row, wanted, actor)
        if created or changes:
            _write(row, changes, created=created, kept=kept, actor=actor, now=now)
    return row


def _write(
    row: PriceList, changes: dict[str, list[object]], *, created: bool, kept: bool, actor: Actor, now: datetime
) -> None:
    row.version += not created
    if kept and not created:
        keep_change(
            row,
            PriceChange.Kind.TERMS,
            before={name: step[0] for name, step in changes.items()},
            after={name: step[1] for name, step in changes.items()},
            actor=actor,
            now=now,
        )
    row.save()
    name = PriceEvent.LIST_CREATED if created else _what_happened(changes)
    subject = f"price-list:{row.pk}"
    record(Fact(name, subject, subject, {"code": row.code, "changes": changes}), actor=actor, now=now)


def _what_happened(changes: dict[str, list[object]]) -> PriceEvent:
    if list(changes) == ["active"]:
        return PriceEvent.LIST_RESTORED if changes["active"][1] else PriceEvent.LIST_ARCHIVED
    return PriceEvent.LIST_CHANGED


def _targets(draft: PriceListDraft, actor: Actor) -> tuple[dict[Target, int | None] | None, list[DomainError]]:
    """Ids of what the draft names; None where it doesn't say whom the list is for. A customer one may not see is unknown."""
    if draft.applies_to is UNSET:
        return None, []
    codes: dict[str, set[str]] = {"customer": set(), "group": set(), "channel": set()}
    for target in draft.applies_to:
        if target.scope != "everyone":
            codes[target.scope].add(target.code)
    customers = rows_within(Customer.objects.filter(number__in=codes["customer"]), actor, team="team")
    known: dict[str, dict[str, int]] = {
        "customer": dict(customers.values_list("number", "pk")),
        "group": dict(CustomerGroup.objects.filter(code__in=codes["group"]).values_list("code", "pk")),
        "channel": dict(Channel.objects.filter(code__in=codes["channel"]).values_list("code", "pk")),
    }
    found: dict[Target, int | None] = {}
    wrong: list[DomainError] = []
    for index, target in enumerate(draft.applies_to):
        if target.scope == "everyone":
            found[Target("everyone")] = None
        elif (key := known[target.scope].get(target.code)) is None:
            place = f"/applies_to/{index}/code"
            wrong.append(UnknownTarget(pointer=place, scope=target.scope, value=target.code[:60]))
        else:
            found[target] = key
    return found, wrong


def _assign(row: PriceList, wanted: dict[Target, int | None], actor: Actor) -> dict[str, list[object]]:
    present = PriceAssignment.objects.filter(price_list=row).select_related("customer", "group", "channel")
    # Customers of other teams stay as they are: who can't see them can't take them away either.
    mine = {
        target_of(item): item
        for item in present
        if item.customer is None or actor.team_ids is None or item.customer.team_id in actor.team_ids
    }
    going = [item.pk for target, item in mine.items() if target not in wanted]
    PriceAssignment.objects.filter(pk__in=going).delete()
    PriceAssignment.objects.bulk_create(
        [
            PriceAssignment(price_list=row, scope=target.scope, **({f"{target.scope}_id": key} if key else {}))
            for target, key in wanted.items()
            if target not in mine
        ]
    )
    if mine.keys() == wanted.keys():
        return {}
    return {"applies_to": [shown_targets(mine), shown_targets(wanted)]}


def shown_targets(targets: Iterable[Target]) -> list[str]:
    """As they are kept in a change: "group:retail"."""
    return [f"{target.scope}:{target.code}" for target in in_order(targets)]


def read_targets(texts: Iterable[str]) -> tuple[Target, ...]:
    parts = [text.partition(":") for text in texts]
    return tuple(Target(scope, code) for scope, _colon, code in parts)  # type: ignore[arg-type]


def archive_price_list(*, list_id: int, archived: bool, actor: Actor, now: datetime) -> PriceList:
    """Take a list out of use, or into use again. Orders that exist keep their prices. Raises NotFound."""
    actor.require(Permission.PRICES_PRICE_LIST_CHANGE)
    with atomic():
        code = lock_list(list_id).code
        return save_price_list(PriceListDraft(code=code, active=not archived), actor=actor, now=now)
