"""Reads of customers: filtered by the actor's teams, personal data masked unless the actor may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import F, Model, Prefetch, Q, QuerySet, prefetch_related_objects

from orderwell.domains.customers.drafts import ContactDraft, PostalAddressDraft
from orderwell.domains.customers.masking import mask_email, mask_phone, mask_street
from orderwell.domains.customers.models import Address, Consent, Contact, Customer, CustomerGroup, Tag
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import Team, User
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.crypto import email_index, normalise_phone, phone_index, phone_last4_index
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.related import prefetched
from orderwell.platform.search import found_by, nearest_first
from orderwell.platform.search.keys import normalise

MAX_HITS = 50
# So many of those found are put in order; a text that names more is too vague for a list of a few.
LOOKED_AT = 200


@dataclass(frozen=True)
class CustomerFilters:
    """`text` is a name, pinyin, number, phone, e-mail or the last four digits. `group` is a code, `owner` a user name."""

    text: str = ""
    kind: str = ""
    group: str = ""
    tag: str = ""
    owner: str = ""
    team: str = ""
    active: bool | None = True


@dataclass(frozen=True)
class CustomerHit:
    """One line of a type-ahead list; `phone` is that of the primary contact, masked where the actor may not see it."""

    id: int
    number: str
    name: str
    kind: str
    phone: str


@dataclass(frozen=True)
class CustomerDetail:
    """`masked` says that phones, e-mails and streets are shown as stars. `consents` are the ones that hold now."""

    customer: Customer
    contacts: list[ContactDraft]
    addresses: list[PostalAddressDraft]
    consents: list[Consent]
    consent_history: list[Consent] = field(default_factory=list)
    masked: bool = True


def visible_customers(actor: Actor) -> QuerySet[Customer]:
    """Customers of the actor's teams; all of them where no team limits the actor."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    return rows_within(Customer.objects.all(), actor, team="team")


def customers(actor: Actor, filters: CustomerFilters | None = None) -> QuerySet[Customer]:
    """The visible customers that pass the filters, with group, owner, team and tags at hand."""
    filters = filters or CustomerFilters()
    rows = visible_customers(actor).select_related("group", "owner", "team").prefetch_related("tags")
    equal = {
        "kind": filters.kind,
        "group": _key(CustomerGroup, code=filters.group),
        "tags__name": filters.tag,
        "owner": _key(User, username=filters.owner),
        "team": _key(Team, name=filters.team),
    }
    rows = rows.filter(**{column: value for column, value in equal.items() if value not in (None, "")})
    if filters.active is not None:
        rows = rows.filter(active=filters.active)
    return rows.filter(_matches(filters.text)) if filters.text.strip() else rows


def _key(model: type[Model], **named: str) -> int | None:
    """The key of the row with that name, 0 where there is none, None where none is named.

    PostgreSQL has counted how many customers have which key; of a name in another table it knows nothing, and looked
    through all customers by name for the few of an owner.
    """
    if not all(named.values()):
        return None
    key: int | None = model._default_manager.filter(**named).values_list("pk", flat=True).first()
    return key or 0


def customer_list(
    actor: Actor, filters: CustomerFilters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Customer]:
    """One page of customers by name."""
    return keyset_page(customers(actor, filters), order=("name", "id"), cursor=cursor, limit=limit)


def find_customers(actor: Actor, text: str, *, limit: int = 20) -> list[CustomerHit]:
    """Type-ahead over active customers: number, external id, phone, last four digits, e-mail; names, pinyin, initials.

    What is exactly the text comes first, then names of which each word begins with one of the text, then any part.
    """
    rows = visible_customers(actor).filter(active=True)
    text, limit = text.strip().replace("\x00", ""), max(1, min(limit, MAX_HITS))
    if not text:
        return []
    found: dict[int, Customer] = {}
    for condition in (_exactly(text), *nearest_first("search_key", text)):
        # No order in the database: it may stop at the first rows it finds, which keeps common names fast.
        named = rows.filter(condition)[:LOOKED_AT] if condition and len(found) < limit else []
        for customer in sorted(named, key=partial(_nearness, normalise(text))):
            found.setdefault(customer.pk, customer)
    hits = list(found.values())[:limit]
    prefetch_related_objects(hits, Prefetch("contacts", Contact.objects.order_by("-is_primary", "id")))
    return _hits(actor, hits)


def _nearness(text: str, customer: Customer) -> tuple[bool, str, int]:
    """Names that begin with the text first, then by name."""
    return not normalise(customer.name).startswith(text), customer.name, customer.pk


def customers_by_id(actor: Actor, ids: list[int]) -> list[CustomerHit]:
    """Those of the customers that the actor may know of."""
    primary = Prefetch("contacts", Contact.objects.order_by("-is_primary", "id"))
    return _hits(actor, visible_customers(actor).filter(pk__in=ids).prefetch_related(primary))


def _hits(actor: Actor, rows: Iterable[Customer]) -> list[CustomerHit]:
    shown = actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    hits = []
    for customer in rows:
        phone = next((contact.phone for contact in customer.contacts.all()), "")
        hits.append(
            CustomerHit(
                customer.pk, customer.number, customer.name, customer.kind, phone if shown else mask_phone(phone)
            )
        )
    return hits


@prepared(Actor, int)
def _customer_of_key(actor: Actor, pk: int) -> QuerySet[Customer]:
    return visible_customers(actor).select_related("group", "owner", "team").filter(pk=pk)


@prepared(int)
def _tags_of(customer: int) -> QuerySet[Tag]:
    return Tag.objects.filter(customers=customer)


@prepared(int)
def _consents_of(customer: int) -> QuerySet[Consent]:
    return Consent.objects.filter(customer=customer).order_by("-recorded_at", "-id")


@prepared(int)
def _contacts_of(customer: int) -> QuerySet[Contact]:
    return Contact.objects.filter(customer=customer).order_by("-is_primary", "id")


@prepared(int)
def _addresses_of(customer: int) -> QuerySet[Address]:
    return Address.objects.filter(customer=customer).order_by("kind", "-is_default", "id")


def customer_detail(actor: Actor, customer_id: int) -> CustomerDetail:
    customer = next(iter(_customer_of_key(actor, customer_id)), None)
    if customer is None:
        raise NotFound(kind="customer", reference=customer_id)
    prefetched(customer, "tags", _tags_of(customer_id))
    shown = actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    history = _consents_of(customer_id)
    return CustomerDetail(
        customer=customer,
        contacts=[shown_contact(contact, shown) for contact in _contacts_of(customer_id)],
        addresses=[_address(address, shown) for address in _addresses_of(customer_id)],
        consents=_holding(history),
        consent_history=history,
        masked=not shown,
    )


def customer_groups(actor: Actor) -> list[CustomerGroup]:
    actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    return _every_group()


@prepared()
def _every_group() -> QuerySet[CustomerGroup]:
    return CustomerGroup.objects.order_by("code")


def group_names() -> dict[str, tuple[str, str]]:
    """Code -> name in Chinese and in English, of all groups: a name is no secret where its code is shown."""
    return {code: (zh, en) for code, zh, en in CustomerGroup.objects.values_list("code", "name_zh", "name_en")}


def tags(actor: Actor) -> list[Tag]:
    actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    return _every_tag()


@prepared()
def _every_tag() -> QuerySet[Tag]:
    return Tag.objects.order_by("name")


def tag_named(name: str) -> str:
    """The tag that somebody means by this name, "" where there is none. Upper and lower case are the same."""
    names = [tag.name for tag in tags_meant([name])]
    return name if name in names else next(iter(names), "")


def tags_meant(names: Collection[str]) -> list[Tag]:
    """The tags that these names mean. Of two made before there were keys the one that has it comes last."""
    meant = Q(key__in={normalise(name) for name in names}) | Q(name__in=names)
    return list(Tag.objects.filter(meant).order_by(F("key").asc(nulls_first=True)))


def tag_names(customer_ids: Sequence[int]) -> dict[int, list[str]]:
    """The tags of each customer, by name; the caller has checked that the customers may be seen."""
    found: dict[int, list[str]] = {}
    for customer, name in _names_of_tags(customer_ids):
        found.setdefault(customer, []).append(name)
    return found


@prepared([int])
def _names_of_tags(customer_ids: Sequence[int]) -> QuerySet[Any, tuple[int, str]]:
    tagged = Customer.tags.through.objects.filter(customer__in=customer_ids)
    return tagged.order_by("tag__name").values_list("customer_id", "tag__name")


def _matches(text: str) -> Q:
    """What the text may mean; each meaning is found by an index of its own."""
    text = text.strip().replace("\x00", "")
    return found_by("search_key", text) | _exactly(text)


def _exactly(text: str) -> Q:
    """Numbers as a whole. Contacts are found by blind index, so only whole numbers, addresses and last four digits."""
    found = Q(number__in={text, text.upper(), text.lower()}) | Q(external_id=text)
    people = _people(text)
    if people is not None:
        # The keys, not a sub-query: beside another condition PostgreSQL would then look at every customer.
        found |= Q(pk__in=list(Contact.objects.filter(people).values_list("customer_id", flat=True)[:LOOKED_AT]))
    return found


def _people(text: str) -> Q | None:
    if "@" in text:
        return Q(email_index=email_index(text))
    digits = normalise_phone(text).removeprefix("+")
    if len(digits) == 4 and text.isdigit():
        return Q(phone_last4_index=phone_last4_index(text))
    return Q(phone_index=phone_index(text)) if len(digits) >= 5 else None


def _holding(history: Sequence[Consent]) -> list[Consent]:
    """The newest row of each purpose and medium; `history` begins with the newest."""
    newest: dict[tuple[str, str], Consent] = {}
    for consent in history:
        newest.setdefault((consent.purpose, consent.medium), consent)
    return [newest[key] for key in sorted(newest)]


def shown_contact(contact: Contact, shown: bool) -> ContactDraft:
    return ContactDraft(
        name=contact.name,
        job_title=contact.job_title,
        phone=contact.phone if shown else mask_phone(contact.phone),
        email=contact.email if shown else mask_email(contact.email),
        is_primary=contact.is_primary,
        roles=tuple(contact.roles),
        language=contact.language,
    )


def _address(address: Address, shown: bool) -> PostalAddressDraft:
    return PostalAddressDraft(
        recipient=address.recipient,
        kind=address.kind,
        label=address.label,
        phone=address.phone if shown else mask_phone(address.phone),
        street=address.street if shown else mask_street(address.street),
        district=address.district,
        city=address.city,
        region=address.region,
        postcode=address.postcode,
        country=address.country,
        is_default=address.is_default,
    )


def primary_contacts(customer_ids: Sequence[int]) -> dict[int, Contact]:
    """{customer id: the contact to ask first}; the caller may see the customers and their personal data."""
    found: dict[int, Contact] = {}
    for contact in Contact.objects.filter(customer_id__in=customer_ids).order_by("-is_primary", "id"):
        found.setdefault(contact.customer_id, contact)
    return found
