"""Reads of price lists. Customers whom the actor may not see are counted, never named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from orderwell.domains.catalog.models import Channel, Variant, VariantPrice
from orderwell.domains.customers.models import Customer
from orderwell.domains.prices.models import PriceAssignment, PriceChange, PriceEntry, PriceList
from orderwell.domains.prices.records import targets_of, terms_of
from orderwell.domains.prices.resolving import price_day
from orderwell.domains.prices.rule import SCOPES, Break, Buyer, Offer, applies, candidates, next_break
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.search import found_by

ENTRY_ORDER = ("variant__sku", "minimum", "id")


@dataclass(frozen=True)
class ListFilters:
    """`state` is "now" (in use on the day), "later", "over" or "archived"; `currency` and `scope` say for themselves."""

    text: str = ""
    state: str = ""
    currency: str = ""
    scope: str = ""


@dataclass(frozen=True)
class ListDetail:
    """`hidden` customers are of other teams."""

    price_list: PriceList
    assignments: list[PriceAssignment]
    hidden: int
    entries: int
    changes: list[PriceChange] = field(default_factory=list)


def price_lists(actor: Actor, filters: ListFilters | None = None, *, day: date | None = None) -> QuerySet[PriceList]:
    actor.require(Permission.PRICES_PRICE_LIST_VIEW)
    filters = filters or ListFilters()
    rows = PriceList.objects.all()
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    if filters.scope:
        rows = rows.filter(Exists(PriceAssignment.objects.filter(price_list=OuterRef("pk"), scope=filters.scope)))
    text = filters.text.strip()
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text))
    if filters.state == "archived":
        return rows.filter(active=False)
    if filters.state:
        rows = rows.filter(active=True)
    if day is not None and filters.state == "now":
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day))
    if day is not None and filters.state == "later":
        rows = rows.filter(valid_from__gt=day)
    if day is not None and filters.state == "over":
        rows = rows.filter(valid_until__lt=day)
    return rows


def state_of(row: PriceList, day: date) -> str:
    """Whether a list is in use on `day`, as a word."""
    if not row.active:
        return "archived"
    if row.valid_from is not None and day < row.valid_from:
        return "later"
    return "over" if row.valid_until is not None and day > row.valid_until else "now"


def find_price_list(actor: Actor, code: str) -> PriceList:
    """By its code. Raises NotFound."""
    found = price_lists(actor).filter(code=code).first()
    if found is None:
        raise NotFound(kind="price list", reference=code[:40])
    return found


def list_detail(actor: Actor, list_id: int) -> ListDetail:
    """A list with whom it is for. Raises NotFound."""
    found = price_lists(actor).filter(pk=list_id).first()
    if found is None:
        raise NotFound(kind="price list", reference=str(list_id))
    every = _assignments([found.pk])
    seen = [row for row in every if _visible(actor, row)]
    return ListDetail(
        found,
        sorted(seen, key=lambda row: SCOPES.index(row.scope)),
        len(every) - len(seen),
        PriceEntry.objects.filter(price_list=found).count(),
        list(PriceChange.objects.filter(price_list=found).order_by("-number")[:10]),
    )


def _assignments(lists: Collection[int]) -> list[PriceAssignment]:
    rows = PriceAssignment.objects.filter(price_list__in=lists).select_related("customer", "group", "channel")
    return list(rows.order_by("pk"))


def _visible(actor: Actor, row: PriceAssignment) -> bool:
    if row.customer is None:
        return True
    if not actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        return False
    return actor.team_ids is None or row.customer.team_id in actor.team_ids


def assignments_of(actor: Actor, lists: Collection[int]) -> dict[int, list[PriceAssignment]]:
    """Whom each list is for, as far as the actor may see it."""
    found: dict[int, list[PriceAssignment]] = {}
    for row in _assignments(lists):
        if _visible(actor, row):
            found.setdefault(row.price_list_id, []).append(row)
    return found


def entry_counts(lists: Collection[int]) -> dict[int, int]:
    rows = PriceEntry.objects.filter(price_list__in=lists).values_list("price_list_id")
    return dict(rows.order_by().annotate(count=Count("pk")))


def entry_page(
    actor: Actor, list_id: int, *, text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[PriceEntry]:
    """The prices of a list by SKU and quantity. `text`: SKU, name, pinyin."""
    actor.require(Permission.PRICES_PRICE_LIST_VIEW)
    rows = PriceEntry.objects.filter(price_list=list_id).select_related("variant")
    if text.strip():
        rows = rows.filter(found_by("variant__search_key", text))
    return keyset_page(rows, order=ENTRY_ORDER, cursor=cursor, limit=limit)


def listed_prices(variants: Collection[int], currency: str) -> dict[int, Decimal]:
    """The products' own list prices, to be seen beside those of a list."""
    rows = VariantPrice.objects.filter(variant__in=variants, currency=currency)
    return dict(rows.values_list("variant_id", "unit_price"))


@dataclass(frozen=True)
class ProductPrice:
    """One price that exists for a product, with its conditions."""

    price_list: PriceList
    variant_id: int
    minimum: Decimal
    unit_price: Decimal
    state: str
    targets: list[PriceAssignment]


def prices_of_product(actor: Actor, variants: Collection[int], *, now: datetime) -> list[ProductPrice]:
    """All prices in lists that are in use or will be; the lists' own order."""
    actor.require(Permission.PRICES_PRICE_LIST_VIEW)
    day = price_day(now)
    found = _in_use(list(variants), day)
    targets = assignments_of(actor, {row.price_list_id for row in found}) if found else {}
    return [
        ProductPrice(
            row.price_list,
            row.variant_id,
            row.minimum,
            row.unit_price,
            state_of(row.price_list, day),
            targets.get(row.price_list_id, []),
        )
        for row in found
    ]


@prepared([int], date)
def _in_use(variants: Sequence[int], day: date) -> QuerySet[PriceEntry]:
    rows = PriceEntry.objects.filter(variant__in=variants, price_list__active=True).select_related("price_list")
    rows = rows.filter(Q(price_list__valid_until=None) | Q(price_list__valid_until__gte=day))
    return rows.order_by("variant__sku", "price_list__priority", "price_list__code", "minimum")


@dataclass(frozen=True)
class CustomerList:
    """A list that applies to a customer: `scope` says why, `channels` where, when that is the reason."""

    price_list: PriceList
    scope: str
    channels: tuple[Channel, ...]
    state: str


def lists_of_customer(actor: Actor, customer: Customer, *, now: datetime) -> list[CustomerList]:
    """The lists from which the customer's prices come, the one that goes first at the top; also those that begin later."""
    actor.require(Permission.PRICES_PRICE_LIST_VIEW)
    day = price_day(now)
    narrow = Q(assignments__customer=customer) | Q(assignments__scope__in=["everyone", "channel"])
    if customer.group_id is not None:
        narrow |= Q(assignments__group=customer.group_id)
    rows = PriceList.objects.filter(narrow, active=True).filter(Q(valid_until=None) | Q(valid_until__gte=day))
    rows = rows.distinct().prefetch_related("assignments__channel")
    found = []
    for row in rows:
        own = [item for item in row.assignments.all() if item.scope == "channel" and item.channel]
        buyer = Buyer(customer.pk, customer.group_id)
        scope = buyer.scope_of(targets_of(item for item in row.assignments.all() if item.scope != "channel"))
        channels = tuple(item.channel for item in own if item.channel) if scope in (None, "everyone") else ()
        found.append(CustomerList(row, scope or "channel", channels, state_of(row, day)))
    return sorted(found, key=lambda item: (SCOPES.index(item.scope), item.price_list.priority, item.price_list.code))


@dataclass(frozen=True)
class Considered:
    """A list that has the product, and why it doesn't decide ("" for the one that does).

    A word of `rule.applies`, or "not_for" (this buyer), "quantity" (begins higher), "narrower" or "priority" or "dearer"
    (another goes first).
    """

    terms_id: int
    code: str
    name_zh: str
    name_en: str
    scope: str
    minimum: Decimal
    price: Decimal
    why_not: str


@dataclass(frozen=True)
class Asked:
    """What a customer pays, and why. `offer` None: the list price `listed`, which may be None too."""

    variant: Variant
    currency: str
    quantity: Decimal
    offer: Offer | None
    listed: Decimal | None
    further: Break | None
    considered: list[Considered]

    @property
    def price(self) -> Decimal | None:
        return self.offer.price if self.offer is not None else self.listed


def ask_price(
    actor: Actor,
    *,
    sku: str,
    quantity: Decimal,
    day: date,
    channel: str,
    customer: str = "",
    currency: str = "",
) -> Asked:
    """What an order of `quantity` units would pay on `day`, and what became of every list that has the product.

    The same rule as placing an order, on all lists instead of those that a statement has picked out. Raises NotFound.
    """
    actor.require(Permission.PRICES_PRICE_LIST_VIEW)
    variant = Variant.objects.filter(sku=sku.strip()).first()
    if variant is None:
        raise NotFound(kind="product", reference=sku[:60])
    sold_by = Channel.objects.filter(code=channel).first()
    if sold_by is None or (actor.channel_ids is not None and sold_by.pk not in actor.channel_ids):
        raise NotFound(kind="channel", reference=channel[:40])
    buyer = _buyer(actor, customer, sold_by)
    currency = currency or sold_by.currency
    entries = list(PriceEntry.objects.filter(variant=variant).select_related("price_list"))
    every = {entry.price_list_id: entry.price_list for entry in entries}
    targets: dict[int, list[PriceAssignment]] = {}
    for row in _assignments(every):
        targets.setdefault(row.price_list_id, []).append(row)
    reasons, offers = {}, []
    for pk, price_list in every.items():
        terms = terms_of(price_list)
        scope = buyer.scope_of(targets_of(targets.get(pk, ())))
        reasons[pk] = applies(terms, buyer, day=day, currency=currency) or ("" if scope else "not_for")
        offers += [
            Offer(terms, scope or "", entry.minimum, entry.unit_price) for entry in entries if entry.price_list_id == pk
        ]
    open_ones = [offer for offer in offers if not reasons[offer.terms.id]]
    ranked = candidates(open_ones, quantity)
    listed = listed_prices([variant.pk], currency).get(variant.pk)
    price = ranked[0].price if ranked else listed
    return Asked(
        *(variant, currency, quantity, ranked[0] if ranked else None, listed),
        next_break(open_ones, quantity, price),
        _considered(offers, ranked, reasons, quantity),
    )


def _buyer(actor: Actor, number: str, channel: Channel) -> Buyer:
    if not number:
        return Buyer(None, None, channel.pk, channel.prices_include_tax)
    customer = Customer.objects.filter(number=number).first()
    if customer is None or (actor.team_ids is not None and customer.team_id not in actor.team_ids):
        raise NotFound(kind="customer", reference=number[:40])
    return Buyer(customer.pk, customer.group_id, channel.pk, channel.prices_include_tax)


def _considered(
    offers: Sequence[Offer], ranked: Sequence[Offer], reasons: dict[int, str], quantity: Decimal
) -> list[Considered]:
    """Every list once: the ranked ones in their order, then those that don't apply."""
    place = {offer.terms.id: at for at, offer in enumerate(ranked)}
    shown: dict[int, Offer] = {offer.terms.id: offer for offer in ranked}
    for offer in sorted(offers, key=lambda item: item.minimum):
        known = shown.get(offer.terms.id)
        if known is None or (offer.terms.id not in place and offer.minimum <= quantity):
            shown[offer.terms.id] = offer
    found = []
    for pk, offer in sorted(shown.items(), key=lambda item: (place.get(item[0], len(place)), item[1].terms.code)):
        why = reasons[pk] or ("quantity" if pk not in place else "" if place[pk] == 0 else _beaten(offer, ranked[0]))
        terms = offer.terms
        found.append(
            Considered(pk, terms.code, terms.name_zh, terms.name_en, offer.scope, offer.minimum, offer.price, why)
        )
    return found


def _beaten(offer: Offer, winner: Offer) -> str:
    if offer.scope != winner.scope:
        return "narrower"
    return "priority" if offer.terms.priority != winner.terms.priority else "dearer"
