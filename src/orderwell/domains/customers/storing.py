"""Reading and writing whole customers: a fixed handful of statements for one or for five hundred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, PostalAddressDraft
from orderwell.domains.customers.models import Address, Contact, Customer, CustomerGroup, Tag
from orderwell.domains.customers.queries import tags_meant
from orderwell.domains.customers.records import CustomerState
from orderwell.domains.customers.searching import customer_key
from orderwell.platform.accounts.models import Team, User
from orderwell.platform.batches import upsert
from orderwell.platform.crypto import email_index, phone_index, phone_last4_index
from orderwell.platform.database import bulk_insert
from orderwell.platform.search.keys import normalise

_COLUMNS = (
    "number",
    "name",
    "kind",
    "external_id",
    "tax_number",
    "language",
    "currency",
    "credit_limit",
    "payment_terms_days",
    "preferences",
    "note",
    "custom",
    "active",
)
_CONTACT_COLUMNS = ContactDraft.__struct_fields__
_ADDRESS_COLUMNS = PostalAddressDraft.__struct_fields__


@dataclass
class Loaded:
    """The customers of a batch: rows (locked) and values by number; `numbers` finds them by external id.

    `survivors` leads from the number of a customer that was merged to the one it became part of.
    """

    rows: dict[str, Customer] = field(default_factory=dict)
    states: dict[str, CustomerState] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    survivors: dict[str, str] = field(default_factory=dict)


def load(drafts: Sequence[CustomerDraft]) -> Loaded:
    numbers = {draft.number for draft in drafts if draft.number}
    external = {draft.external_id for draft in drafts if draft.external_id}
    meant = Q(number__in=numbers) | Q(external_id__in=external)
    # Whoever names a merged customer means the one it became part of.
    aliases = Customer.objects.filter(meant, merged_into__isnull=False)
    # The keys, not a sub-query: beside another condition PostgreSQL would then look at every customer.
    merged = list(aliases.values_list("merged_into", flat=True))
    rows = (
        Customer.objects.filter(meant | Q(pk__in=merged))
        .select_related("group", "owner", "team")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    found = list(rows)
    by_id = {row.pk: row for row in found}
    loaded = Loaded({row.number: row for row in found if row.merged_into_id is None})
    parts = _parts([row.pk for row in loaded.rows.values()])
    loaded.states = {number: _state(row, *parts) for number, row in loaded.rows.items()}
    for row in found:
        survivor = by_id.get(row.merged_into_id, row) if row.merged_into_id is not None else row
        if row.external_id:
            loaded.numbers[row.external_id] = survivor.number
        if survivor is not row:
            loaded.survivors[row.number] = survivor.number
    return loaded


_Parts = tuple[Mapping[int, list[ContactDraft]], Mapping[int, list[PostalAddressDraft]], Mapping[int, list[str]]]


def _parts(ids: Collection[int]) -> _Parts:
    contacts: dict[int, list[ContactDraft]] = defaultdict(list)
    addresses: dict[int, list[PostalAddressDraft]] = defaultdict(list)
    tags: dict[int, list[str]] = defaultdict(list)
    if ids:
        for contact in Contact.objects.filter(customer__in=ids).order_by("id"):
            values = {name: getattr(contact, name) for name in _CONTACT_COLUMNS} | {"roles": tuple(contact.roles)}
            contacts[contact.customer_id].append(ContactDraft(**values))
        for address in Address.objects.filter(customer__in=ids).order_by("id"):
            values = {name: getattr(address, name) for name in _ADDRESS_COLUMNS}
            addresses[address.customer_id].append(PostalAddressDraft(**values))
        for customer, tag in Customer.tags.through.objects.filter(customer__in=ids).values_list(
            "customer_id", "tag__name"
        ):
            tags[customer].append(tag)
    return contacts, addresses, tags


def _state(
    row: Customer,
    contacts: Mapping[int, list[ContactDraft]],
    addresses: Mapping[int, list[PostalAddressDraft]],
    tags: Mapping[int, list[str]],
) -> CustomerState:
    return CustomerState(
        group=row.group.code if row.group else None,
        owner=row.owner.username if row.owner else None,
        team=row.team.name if row.team else None,
        tags=tuple(sorted(tags.get(row.pk, ()))),
        contacts=tuple(contacts.get(row.pk, ())),
        addresses=tuple(addresses.get(row.pk, ())),
        **{name: getattr(row, name) for name in _COLUMNS},
    )


def store(loaded: Loaded, before: Mapping[str, CustomerState | None], ids: Mapping[str, int], now: datetime) -> None:
    """Write the customers named in `before`; `before` is what the tables hold and `ids` the keys of the new ones."""
    states = {number: loaded.states[number] for number in before}
    groups = dict(CustomerGroup.objects.values_list("code", "id"))
    owners = dict(
        User.objects.filter(username__in={s.owner for s in states.values() if s.owner}).values_list("username", "id")
    )
    teams = dict(Team.objects.filter(name__in={s.team for s in states.values() if s.team}).values_list("name", "id"))
    former = former_names([row.pk for row in loaded.rows.values()])
    for number, state in states.items():
        row = loaded.rows.get(number) or Customer(pk=ids[number], created_at=now, version=0)
        for name in _COLUMNS:
            setattr(row, name, getattr(state, name))
        row.group_id = groups[state.group] if state.group else None
        row.owner_id = owners[state.owner] if state.owner else None
        row.team_id = teams[state.team] if state.team else None
        beside = (*(contact.name for contact in state.contacts), *former.get(row.pk, ()))
        row.search_key = customer_key(state.number, state.name, beside)
        row.updated_at, row.version = now, row.version + 1
        loaded.rows[number] = row
    fresh = [loaded.rows[number] for number, old in before.items() if old is None]
    names = [column.name for column in Customer._meta.concrete_fields]
    attributes = [column.attname for column in Customer._meta.concrete_fields]
    bulk_insert(Customer, names, [tuple(getattr(row, name) for name in attributes) for row in fresh])
    upsert(Customer, [loaded.rows[number] for number, old in before.items() if old is not None])
    _store_parts(loaded, states, before)


def former_names(ids: Collection[int]) -> Mapping[int, list[str]]:
    """Numbers and names of customers that were merged into these, by which people still look for them."""
    found: dict[int, list[str]] = defaultdict(list)
    if ids:
        rows = Customer.objects.filter(merged_into__in=list(ids)).order_by("pk")
        for pk, number, name in rows.values_list("merged_into_id", "number", "name"):
            found[pk] += [number, name]
    return found


def states_of(rows: Sequence[Customer]) -> dict[int, CustomerState]:
    """The values of customers that were read with group, owner and team."""
    parts = _parts([row.pk for row in rows])
    return {row.pk: _state(row, *parts) for row in rows}


def _store_parts(
    loaded: Loaded, states: Mapping[str, CustomerState], before: Mapping[str, CustomerState | None]
) -> None:
    """Contacts, addresses and tags: each replaced as a whole where it differs."""

    def differing(part: str) -> dict[int, Any]:
        return {
            loaded.rows[number].pk: getattr(state, part)
            for number, state in states.items()
            if getattr(before[number] or CustomerState(number), part) != getattr(state, part)
        }

    contacts, addresses, tags = differing("contacts"), differing("addresses"), differing("tags")
    if contacts:
        Contact.objects.filter(customer__in=list(contacts)).delete()
        bulk_insert(
            Contact,
            ("customer", *_CONTACT_COLUMNS, "phone_index", "phone_last4_index", "email_index"),
            [_contact_row(customer, contact) for customer, given in contacts.items() for contact in given],
        )
    if addresses:
        Address.objects.filter(customer__in=list(addresses)).delete()
        bulk_insert(
            Address,
            ("customer", *_ADDRESS_COLUMNS),
            [
                (customer, *(getattr(address, name) for name in _ADDRESS_COLUMNS))
                for customer, given in addresses.items()
                for address in given
            ],
        )
    if tags:
        wanted = {name for given in tags.values() for name in given}
        # One of the same key that somebody made meanwhile stays, and is the one.
        Tag.objects.bulk_create([Tag(name=name, key=normalise(name)) for name in sorted(wanted)], ignore_conflicts=True)
        known = _known_tags(wanted)
        tag_ids = {name: known[normalise(name)].pk for name in wanted}
        through = Customer.tags.through
        through.objects.filter(customer__in=list(tags)).delete()
        through.objects.bulk_create(
            through(customer_id=customer, tag_id=tag_ids[name]) for customer, given in tags.items() for name in given
        )


def spelled(names: Iterable[str]) -> dict[str, str]:
    """Each of the names of tags as it is to be stored: in the spelling that is there, else in the first of these."""
    keys = {name: normalise(name) for name in names}
    spellings = {key: tag.name for key, tag in _known_tags(keys).items()}
    return {name: spellings.setdefault(key, name.strip()) if key else name for name, key in keys.items()}


def _known_tags(names: Collection[str]) -> dict[str, Tag]:
    """The tags that these names mean, by key."""
    wanted = sorted(names)
    found: dict[str, Tag] = {}
    for start in range(0, len(wanted), 1000):
        found |= {normalise(tag.name): tag for tag in tags_meant(wanted[start : start + 1000])}
    return found


def _contact_row(customer: int, contact: ContactDraft) -> tuple[Any, ...]:
    indexes = (phone_index(contact.phone), phone_last4_index(contact.phone), email_index(contact.email))
    values = {name: getattr(contact, name) for name in _CONTACT_COLUMNS} | {"roles": list(contact.roles)}
    return (customer, *values.values(), *indexes)
