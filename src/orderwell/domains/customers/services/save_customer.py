"""Create and change customers with their contacts and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec
from msgspec import UNSET

from orderwell.domains.customers import errors
from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import Customer, CustomerGroup
from orderwell.domains.customers.options import NUMBER_TEMPLATE
from orderwell.domains.customers.records import CustomerState, differences, merged
from orderwell.domains.customers.storing import Loaded, load, spelled, store
from orderwell.domains.customers.validation import Known, problems
from orderwell.kernel.errors import ErrorDetail, StaleVersion
from orderwell.kernel.refusals import UsedElsewhere
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import Team, User
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.batches import Verdict, refused, save_in_batches
from orderwell.platform.configuration.custom_fields import custom_fields
from orderwell.platform.database import allocate_ids
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import NEW
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission


def save_customer(draft: CustomerDraft, *, actor: Actor, now: datetime) -> Customer:
    """Create a customer, or change the one that the draft names. Raises Refusal with everything that is wrong."""
    verdict = save_customers([draft], actor=actor, now=now)[0]
    return Customer.objects.get(pk=verdict.or_raise())


def save_customers(drafts: Sequence[CustomerDraft], *, actor: Actor, now: datetime) -> list[Verdict]:
    """Create or change many customers; one verdict per draft, in their order. Later drafts see earlier ones."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    return save_in_batches(
        [_tidy(draft) for draft in drafts],
        save=partial(_save, actor=actor, now=now),
        reference=lambda draft: draft.number or draft.external_id or draft.name or "",
    )


def _tidy(draft: CustomerDraft) -> CustomerDraft:
    """Numbers without the spaces that come with copying."""
    tidied = {name: value.strip() for name in ("number", "external_id", "name") if (value := getattr(draft, name))}
    return msgspec.structs.replace(draft, **tidied)


@dataclass
class _Batch:
    """What a batch has decided so far. `touched` holds what the tables hold; `ids` the keys of new customers,
    `fresh` those that are left, by the numbers they would have."""

    loaded: Loaded
    known: Known
    actor: Actor
    fresh: dict[str, int]
    touched: dict[str, CustomerState | None] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    facts: list[tuple[CustomerEvent, str, dict[str, object]]] = field(default_factory=list)


def _save(drafts: Sequence[CustomerDraft], *, actor: Actor, now: datetime) -> list[Verdict]:
    loaded = load(drafts)
    drafts = _with_known_tags([_of_survivor(draft, loaded) for draft in drafts])
    batch = _Batch(loaded, _known(drafts, actor), actor, _fresh_numbers(drafts, loaded, now))
    verdicts = [_decide(draft, batch) for draft in drafts]
    store(loaded, batch.touched, batch.ids, now)
    subjects = {number: f"customer:{loaded.rows[number].pk}" for _, number, _ in batch.facts}
    record(
        [
            Fact(name, subjects[number], subjects[number], {"number": number, **data})
            for name, number, data in batch.facts
        ],
        actor=actor,
        now=now,
    )
    return verdicts


def _decide(draft: CustomerDraft, batch: _Batch) -> Verdict:
    loaded = batch.loaded
    number = _number_of(draft, loaded)
    before = loaded.states.get(number) if number else None
    draft = _in_own_team(draft, before, batch)
    wrong = _identity_problems(draft, before, batch) or problems(draft, before, batch.known)
    if wrong:
        return refused(draft.number or draft.external_id or draft.name or "", wrong)
    number = number or next(iter(batch.fresh))
    after = merged(before, draft, number)
    if before is None:
        customer_id = batch.ids[number] = batch.fresh.pop(next(iter(batch.fresh)))
        batch.facts.append((CustomerEvent.CREATED, number, {"kind": after.kind}))
    else:
        customer_id = loaded.rows[number].pk if number in loaded.rows else batch.ids[number]
        changes = differences(before, after)
        if not changes:
            return Verdict(number, "unchanged", customer_id)
        batch.facts.append((_what_happened(changes), number, {"changes": changes, "currency": after.currency}))
    batch.touched.setdefault(number, before)
    loaded.states[number] = after
    if before is not None and before.external_id and before.external_id != after.external_id:
        loaded.numbers.pop(before.external_id, None)
    if after.external_id:
        loaded.numbers[after.external_id] = number
    return Verdict(number, "created" if before is None else "updated", customer_id)


def _of_survivor(draft: CustomerDraft, loaded: Loaded) -> CustomerDraft:
    """A draft for a merged customer changes the one it became part of, which keeps its own external id."""
    number = draft.number or loaded.numbers.get(draft.external_id or "") if draft.external_id else draft.number
    survivor = loaded.survivors.get(number or "")
    if survivor is not None:
        return msgspec.structs.replace(draft, number=survivor, external_id=UNSET)
    holder = loaded.numbers.get(draft.external_id) if draft.external_id else None
    own = loaded.states[holder].external_id if holder in loaded.states else None
    if holder is not None and own != draft.external_id and draft.number in (UNSET, holder):
        return msgspec.structs.replace(draft, number=holder, external_id=UNSET)
    return draft


def _with_known_tags(drafts: list[CustomerDraft]) -> list[CustomerDraft]:
    """The tags as they are spelled already: "vip" is the tag "VIP"."""
    given = [tag for draft in drafts if draft.tags is not UNSET for tag in draft.tags]
    if not given:
        return drafts
    known = spelled(given)
    return [
        draft if draft.tags is UNSET else msgspec.structs.replace(draft, tags=tuple(known[tag] for tag in draft.tags))
        for draft in drafts
    ]


def _number_of(draft: CustomerDraft, loaded: Loaded) -> str | None:
    if draft.number:
        return draft.number
    return loaded.numbers.get(draft.external_id) if draft.external_id else None


def _fresh_numbers(drafts: Sequence[CustomerDraft], loaded: Loaded, now: datetime) -> dict[str, int]:
    """{number: key} for the new customers, without those whose number somebody has given by hand to another customer."""
    wanted = sum(_number_of(draft, loaded) not in loaded.states for draft in drafts)
    given = {draft.number for draft in drafts if draft.number}
    free: dict[str, int] = {}
    count = wanted
    while len(free) < wanted:
        keys = allocate_ids({Customer: count})[Customer]
        numbers = dict(zip(numbers_of_keys(NUMBER_TEMPLATE, keys, now=now), keys, strict=True))
        taken = given | set(Customer.objects.filter(number__in=numbers).values_list("number", flat=True))
        free = {number: key for number, key in numbers.items() if number not in taken}
        count += wanted - len(free)
    return free


def _known(drafts: Sequence[CustomerDraft], actor: Actor) -> Known:
    teams = rows_within(Team.objects.all(), actor, pk="team")
    owners = {draft.owner for draft in drafts if draft.owner}
    return Known(
        groups=set(CustomerGroup.objects.values_list("code", flat=True)),
        owners=set(User.objects.filter(username__in=owners, is_active=True).values_list("username", flat=True)),
        teams=set(teams.values_list("name", flat=True)),
        team_needed=actor.team_ids is not None,
        fields=custom_fields("customer"),
    )


def _in_own_team(draft: CustomerDraft, before: CustomerState | None, batch: _Batch) -> CustomerDraft:
    """Who works for one team only makes customers of that team."""
    if before is None and draft.team is UNSET and batch.known.team_needed and len(batch.known.teams) == 1:
        return msgspec.structs.replace(draft, team=next(iter(batch.known.teams)))
    return draft


def _identity_problems(draft: CustomerDraft, before: CustomerState | None, batch: _Batch) -> list[ErrorDetail]:
    """Who is meant, whether the actor may touch them, and whether they are still as they were read."""
    loaded, actor = batch.loaded, batch.actor
    holder = loaded.numbers.get(draft.external_id) if draft.external_id else None
    held = loaded.states.get(holder or "")
    hidden = held is not None and actor.team_ids is not None and held.team not in batch.known.teams
    # Which number a customer of another team has is not told to who gives its external id.
    if hidden and holder != draft.number:
        return [UsedElsewhere(pointer="/external_id", value=draft.external_id).detail()]
    if holder is not None and draft.number and holder != draft.number:
        if before is None:
            return [
                errors.ExternalIdTaken(pointer="/external_id", external_id=draft.external_id, number=holder).detail()
            ]
        return [
            errors.TwoCustomersMeant(
                pointer="/external_id", number=draft.number, external_id=draft.external_id
            ).detail()
        ]
    if before is None:
        return []
    if actor.team_ids is not None and before.team not in batch.known.teams:
        return [errors.CustomerOfAnotherTeam(pointer="/number", number=before.number).detail()]
    if draft.version == NEW:
        pointer = "/number" if draft.number else "/external_id"
        return [errors.CustomerExists(pointer=pointer, number=before.number, name=before.name).detail()]
    row = loaded.rows.get(before.number)
    if draft.version is not None and row is not None and row.version != draft.version:
        return [StaleVersion(pointer="/version", kind="customer", current=row.version, given=draft.version).detail()]
    replaced = (draft.contacts is not UNSET and before.contacts) or (draft.addresses is not UNSET and before.addresses)
    if replaced and not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        return [errors.PersonalDataHidden(pointer="/contacts", number=before.number).detail()]
    return []


def _what_happened(changes: dict[str, list[object]]) -> CustomerEvent:
    if list(changes) == ["active"]:
        return CustomerEvent.RESTORED if changes["active"][1] else CustomerEvent.ARCHIVED
    return CustomerEvent.CHANGED
