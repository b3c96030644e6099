"""One customer becomes part of another: the records alone. What hangs on them in other domains is moved by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from orderwell.domains.customers import errors
from orderwell.domains.customers.combining import CHOSEN, MERGED, SURVIVOR, combined, separated
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import (
    Consent,
    Customer,
    CustomerFile,
    CustomerMerge,
    CustomerNote,
    CustomerRelation,
)
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.customers.records import CustomerState, differences
from orderwell.domains.customers.storing import Loaded, states_of, store
from orderwell.kernel.errors import InvalidValue, NotFound, Phrase, Refusal, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

# So long a merge can be taken back.
HOLDS_FOR = timedelta(days=30)
OWN = ("consents", "notes", "relations", "aliases")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers, locked: they are neither sold to nor changed until the transaction ends."""

    survivor: Customer
    merged: Customer
    states: Mapping[int, CustomerState]


def lock_pair(*, survivor_id: int, merged_id: int, actor: Actor) -> Pair:
    """Raises PermissionDenied, NotFound, Refusal. Contacts move along, so one must be allowed to see them."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    actor.require(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    if survivor_id == merged_id:
        raise Refusal([errors.MergedIntoItself(pointer="/merged").detail()])
    # Not the full lock: a document of an order of theirs may be written meanwhile, and is moved with its order.
    rows = (
        visible_customers(actor)
        .filter(pk__in=[survivor_id, merged_id])
        .select_related("group", "owner", "team")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    for pk in (survivor_id, merged_id):
        if pk not in found:
            raise NotFound(kind="customer", reference=pk)
    return Pair(found[survivor_id], found[merged_id], states_of(list(found.values())))


def merge_records(
    pair: Pair, *, choices: Mapping[str, str], versions: tuple[int, int] | None, actor: Actor, now: datetime
) -> CustomerMerge:
    """`versions` are those of survivor and merged that were looked at. Raises Refusal, StaleVersion."""
    survivor, merged = pair.survivor, pair.merged
    for row in (survivor, merged):
        if row.merged_into_id is not None:
            raise Refusal([errors.AlreadyMerged(number=row.number).detail()])
    for row, seen in zip((survivor, merged), versions or (), strict=False):
        if row.version != seen:
            raise StaleVersion(kind="customer", current=row.version, given=seen)
    wrong = [name for name, side in choices.items() if name not in CHOSEN or side not in (SURVIVOR, MERGED)]
    if wrong:
        expected = f"{SURVIVOR}, {MERGED}"
        raise Refusal(
            [
                InvalidValue(pointer=f"/choices/{name}", value=choices[name][:20], expected=expected).detail()
                for name in wrong
            ]
        )
    before, other = pair.states[survivor.pk], pair.states[merged.pk]
    after = combined(before, other, choices)
    # First the alias: the survivor is found by its number and name from now on.
    Customer.objects.filter(pk=merged.pk).update(
        active=False, merged_into=survivor, version=merged.version + 1, updated_at=now
    )
    moved = _move_own(survivor.pk, merged.pk)
    _write(survivor, before, after, now)
    made = CustomerMerge.objects.create(
        survivor=survivor,
        merged=merged,
        choices=dict(choices),
        moved=moved,
        records=_packed(before=before, after=after, merged=other),
        version_after=survivor.version,
        made_at=now,
        actor_label=actor.label[:120],
    )
    changes = {name: change for name, change in differences(before, after).items() if name != "note"}
    _tell(CustomerEvent.MERGED, made, {"changes": changes}, actor=actor, now=now)
    return made


def keep_moved(merge: CustomerMerge, moved: Mapping[str, Sequence[int]]) -> None:
    """Remember which documents of other domains went along, for the way back."""
    merge.moved = {**merge.moved, **{name: list(ids) for name, ids in moved.items()}}
    merge.save(update_fields=["moved"])


def take_apart(merge_id: int, *, actor: Actor, now: datetime) -> CustomerMerge:
    """Undo a merge: the merged customer is there again, the survivor is without what it got. Raises NotFound, Refusal."""
    merge = CustomerMerge.objects.select_for_update(of=("self",)).filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(kind="merge", reference=merge_id)
    pair = lock_pair(survivor_id=merge.survivor_id, merged_id=merge.merged_id, actor=actor)
    reason = why_not(merge, pair.survivor, now)
    if reason is not None:
        raise Refusal([reason.detail()])
    before, after, merged = (_unpacked(merge)[name] for name in ("before", "after", "merged"))
    current = pair.states[pair.survivor.pk]
    Customer.objects.filter(pk=pair.merged.pk).update(
        active=merged.active, merged_into=None, version=pair.merged.version + 1, updated_at=now
    )
    _move_own_back(merge)
    _write(pair.survivor, current, separated(before, after, current), now)
    merge.undone_at, merge.undone_by = now, actor.label[:120]
    merge.save(update_fields=["undone_at", "undone_by"])
    _tell(CustomerEvent.UNMERGED, merge, {}, actor=actor, now=now)
    return merge


def why_not(merge: CustomerMerge, survivor: Customer, now: datetime) -> errors.MergeFinal | None:
    """Why a merge can't be taken back any more, if it can't."""
    if merge.undone_at is not None:
        return errors.MergeFinal(reason=Phrase("it was undone already"))
    if survivor.merged_into_id is not None:
        return errors.MergeFinal(reason=Phrase("the survivor was merged into another customer since"))
    if now - merge.made_at > HOLDS_FOR:
        return errors.MergeFinal(reason=Phrase("it is too long ago"))
    return None


def _write(row: Customer, before: CustomerState, after: CustomerState, now: datetime) -> None:
    loaded = Loaded({row.number: row}, {row.number: after}, {})
    store(loaded, {row.number: before}, {}, now)


def _move_own(survivor: int, merged: int) -> dict[str, list[int]]:
    """What hangs on the record itself. A relation that the survivor has already, or to itself, stays behind."""
    consents = _moved(Consent, {"customer_id": merged}, survivor)
    notes = _moved(CustomerNote, {"customer_id": merged}, survivor)
    files = _moved(CustomerFile, {"customer_id": merged}, survivor)
    kinds = set(CustomerRelation.objects.filter(customer_id=survivor).values_list("kind", flat=True))
    up = CustomerRelation.objects.filter(customer_id=merged).exclude(other_id=survivor).exclude(kind__in=kinds)
    down = CustomerRelation.objects.filter(other_id=merged).exclude(customer_id=survivor)
    above = {row.other_id for row in CustomerRelation.objects.filter(customer_id=survivor)}
    ids_up = list(up.values_list("pk", flat=True))
    # Who stands above the survivor would stand below it as well: such a circle is left out.
    ids_down = list(down.exclude(customer_id__in=above).values_list("pk", flat=True))
    below = set(CustomerRelation.objects.filter(pk__in=ids_down).values_list("customer_id", flat=True))
    ids_up = [
        pk
        for pk, other in CustomerRelation.objects.filter(pk__in=ids_up).values_list("pk", "other_id")
        if other not in below and not CustomerRelation.objects.filter(customer_id=other, other_id=survivor).exists()
    ]
    CustomerRelation.objects.filter(pk__in=ids_up).update(customer_id=survivor)
    CustomerRelation.objects.filter(pk__in=ids_down).update(other_id=survivor)
    aliases = list(Customer.objects.filter(merged_into_id=merged).order_by("pk").values_list("pk", flat=True))
    Customer.objects.filter(pk__in=aliases).update(merged_into_id=survivor)
    return {
        "consents": consents,
        "notes": notes,
        "files": files,
        "relations_up": ids_up,
        "relations_down": ids_down,
        "aliases": aliases,
    }


def _moved(model: Any, where: Mapping[str, int], survivor: int) -> list[int]:
    ids = list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))
    model.objects.filter(pk__in=ids).update(customer_id=survivor)
    return ids


def _move_own_back(merge: CustomerMerge) -> None:
    moved, back = merge.moved, merge.merged_id
    for model, name in (
        (Consent, "consents"),
        (CustomerNote, "notes"),
        (CustomerFile, "files"),
        (CustomerRelation, "relations_up"),
    ):
        rows = model.objects.filter(pk__in=moved.get(name, []), customer_id=merge.survivor_id)
        rows.update(customer_id=back)
    CustomerRelation.objects.filter(pk__in=moved.get("relations_down", []), other_id=merge.survivor_id).update(
        other_id=back
    )
    Customer.objects.filter(pk__in=moved.get("aliases", []), merged_into_id=merge.survivor_id).update(
        merged_into_id=back
    )


def _packed(**states: CustomerState) -> str:
    return msgspec.json.encode({name: asdict(state) for name, state in states.items()}, enc_hook=str).decode()


def _unpacked(merge: CustomerMerge) -> dict[str, CustomerState]:
    found: dict[str, CustomerState] = msgspec.json.decode(merge.records, type=dict[str, CustomerState], strict=False)
    return found


def _tell(name: CustomerEvent, merge: CustomerMerge, data: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """On the survivor's timeline; the merged customer's leads there."""
    told = {"merged": merge.merged.number, "survivor": merge.survivor.number, "merge_id": merge.pk}
    record(
        [
            Fact(name, f"customer:{merge.survivor_id}", f"merge:{merge.pk}", {**told, **data}),
            Fact(name, f"customer:{merge.merged_id}", f"merge:{merge.pk}", told),
        ],
        actor=actor,
        now=now,
    )
