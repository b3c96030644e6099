"""Codes that a list is asked for: one that is not there is refused with those that there are, or it would look empty.

What the caller may not see is as if it were not there. What is no longer active still has its orders and its stock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from orderwell.api.errors import UnknownId
from orderwell.domains.cases.queries import find_document
from orderwell.domains.catalog.errors import UnknownCategory, UnknownChannel, UnknownSku, UnknownTaxCategory
from orderwell.domains.catalog.models import Category, Channel, Product, TaxCategory, Variant
from orderwell.domains.customers.errors import UnknownCustomer, UnknownCustomerGroup, UnknownTag, UnknownTeam
from orderwell.domains.customers.models import Customer, CustomerGroup, Tag
from orderwell.domains.customers.queries import tag_named
from orderwell.domains.inventory.errors import UnknownWarehouse
from orderwell.domains.inventory.models import StockItem, StockMovement, Warehouse
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import Code, DomainError, InvalidValue, NotFound, choices, refuse_together
from orderwell.kernel.money import COMMON, known_currency
from orderwell.kernel.refusals import UnknownCurrency
from orderwell.kernel.transitions import TransitionTable
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import UnknownUser
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.accounts.services.users import visible_teams
from orderwell.platform.events.models import Event

# A reader takes in so many words.
MOST_NAMED = 40
# Of what there are tasks, timelines and movements of stock.
TASKS_ABOUT = ("order", "customer", "case")
CAUSES = ("shipment", "return", "adjustment", "expected_receipt", "transfer")
STREAMS = (
    *("order", "customer", "case", "product", "variant", "channel", "warehouse", "adjustment", "transfer", "count"),
    *("price-list", "import", "user", "role", "team", "setting", "schedule", "template"),
)


def channel_asked(actor: Actor, code: str) -> str:
    """Raises UnknownChannel."""
    return _asked(
        code, rows_within(Channel.objects.all(), actor, pk="channel"), UnknownChannel, "/channel", active=True
    )


def warehouse_asked(actor: Actor, code: str) -> str:
    """Raises UnknownWarehouse."""
    rows = rows_within(Warehouse.objects.all(), actor, pk="warehouse")
    return _asked(code, rows, UnknownWarehouse, "/warehouse", active=True)


def category_asked(code: str) -> str:
    """Raises UnknownCategory."""
    return _asked(code, Category.objects.all(), UnknownCategory, "/category")


def tax_category_asked(code: str) -> str:
    """Raises UnknownTaxCategory."""
    return _asked(code, TaxCategory.objects.all(), UnknownTaxCategory, "/tax_category")


def group_asked(code: str) -> str:
    """Raises UnknownCustomerGroup."""
    return _asked(code, CustomerGroup.objects.all(), UnknownCustomerGroup, "/group")


def tag_asked(name: str) -> str:
    """In the spelling that is stored. Raises UnknownTag."""
    if name and (found := tag_named(name)):
        return found
    return _asked(name, Tag.objects.all(), UnknownTag, "/tag", column="name")


def team_asked(actor: Actor, name: str) -> str:
    """Raises UnknownTeam."""
    return _asked(name, visible_teams(actor), UnknownTeam, "/team", column="name")


def user_asked(actor: Actor, name: str, pointer: str) -> str:
    """Raises UnknownUser. Who left still has their customers and tasks; who sees some teams is told of their people."""
    name, rows = name.strip().lower(), User.objects.all()
    if actor.team_ids is not None:
        rows = rows.filter(Q(teams__in=actor.team_ids) | Q(pk=actor.id if actor.kind == "user" else None)).distinct()
    if name and not User.objects.filter(username=name).exists():
        known = rows.filter(is_active=True).values_list("username", flat=True)
        raise UnknownUser(pointer=pointer, value=Code(name), expected=Code(choices(known)))
    return name


def currency_asked(code: str | None) -> str | None:
    """Raises UnknownCurrency."""
    if code and not known_currency(code):
        raise UnknownCurrency(pointer="/currency", value=Code(code), expected=Code(", ".join(COMMON)))
    return code


def sku_asked(sku: str, pointer: str = "/sku") -> str:
    """Raises UnknownSku."""
    if not Variant.objects.filter(sku=sku.strip()).exists():
        raise UnknownSku(pointer=pointer, value=Code(sku[:60]))
    return sku


def skus_asked(skus: str) -> list[str]:
    """Of a text with commas between them. Raises UnknownSku."""
    wanted = [sku.strip() for sku in skus.split(",") if sku.strip()]
    known = set(Variant.objects.filter(sku__in=wanted).values_list("sku", flat=True))
    refuse_together(UnknownSku(pointer="/skus", value=Code(sku[:60])) for sku in wanted if sku not in known)
    return wanted


def customer_number_asked(actor: Actor, number: str) -> str:
    """Raises UnknownCustomer."""
    if number and not _known_customers(actor).filter(number=number).exists():
        raise UnknownCustomer(pointer="/customer", value=Code(number))
    return number


def order_asked(actor: Actor, key: int | None) -> int | None:
    """Raises UnknownId."""
    return _id_asked(key, visible_orders(actor), "order", "/order_id")


def customer_asked(actor: Actor, key: int | None) -> int | None:
    """Raises UnknownId."""
    return _id_asked(key, _known_customers(actor), "customer", "/customer_id")


def about_asked(actor: Actor, order: int | None, customer: int | None) -> dict[str, int | None]:
    """The two that documents are asked for by. Raises UnknownId."""
    return {"order_id": order_asked(actor, order), "customer_id": customer_asked(actor, customer)}


def variant_asked(key: int | None) -> int | None:
    """Raises UnknownId."""
    return _id_asked(key, Variant.objects.all(), "variant", "/variant_id")


def product_asked(key: int | None) -> int | None:
    """Raises UnknownId."""
    return _id_asked(key, Product.objects.all(), "product", "/product_id")


def stock_item_asked(actor: Actor, key: int | None) -> int | None:
    """Raises UnknownId."""
    rows = rows_within(StockItem.objects.all(), actor, warehouse="warehouse")
    return _id_asked(key, rows, "stock item", "/stock_item_id")


def _id_asked(key: int | None, rows: QuerySet[Any], kind: str, pointer: str) -> int | None:
    if key is not None and not rows.filter(pk=key).exists():
        raise UnknownId(pointer=pointer, kind=kind, value=key)
    return key


def _known_customers(actor: Actor) -> QuerySet[Customer]:
    """Those of the actor's teams, and those of the orders that the actor sees: an order keeps its team."""
    rows = Customer.objects.all()
    if actor.team_ids is None:
        return rows
    ordered = visible_orders(actor).filter(customer_id=OuterRef("pk"))
    return rows.filter(Q(team_id__in=actor.team_ids) | Exists(ordered))


def _asked(
    code: str, rows: QuerySet[Any], error: type[DomainError], pointer: str, *, column: str = "code", **offered: bool
) -> str:
    """`offered` narrows what the refusal names."""
    if code and not rows.filter(**{column: code}).exists():
        known = rows.filter(**offered).values_list(column, flat=True)
        raise error(pointer=pointer, value=Code(code), expected=Code(choices(known)))
    return code


def one_asked(value: str, known: Iterable[str], pointer: str) -> str:
    """One of some words, named all of them where they are few, or else the nearest. Raises InvalidValue."""
    words = sorted(known)
    if value and value not in words:
        near = words if len(words) <= MOST_NAMED else get_close_matches(value, words, n=5) or words[:MOST_NAMED]
        raise InvalidValue(pointer=pointer, value=Code(value), expected=Code(" / ".join(near)))
    return value


def timeline_asked(stream: str) -> str:
    """Raises InvalidValue."""
    return _document_asked(stream, STREAMS, Event.objects.filter(stream=stream), "/stream")


def cause_asked(cause: str) -> str:
    """Raises InvalidValue."""
    return _document_asked(cause, CAUSES, StockMovement.objects.filter(cause=cause), "/cause")


def _document_asked(value: str, kinds: Collection[str], rows: QuerySet[Any], pointer: str) -> str:
    """A document by its kind and key, such as "shipment:12". One that is there may have no rows yet."""
    kind, _, key = value.partition(":")
    if value and not (kind in kinds and key) and not rows.exists():
        raise InvalidValue(
            pointer=pointer, value=Code(value), expected=Code(" / ".join(f"{kind}:..." for kind in kinds))
        )
    return value


def task_stream_asked(actor: Actor, stream: str) -> str:
    """Raises UnknownId for a document that the actor may not know of, InvalidValue for what is none."""
    kind, _, key = stream.partition(":")
    if stream and (kind not in TASKS_ABOUT or not key):
        raise InvalidValue(
            pointer="/stream", value=Code(stream), expected=Code(" / ".join(f"{kind}:..." for kind in TASKS_ABOUT))
        )
    try:
        if stream:
            find_document(actor, stream)
    except NotFound:
        raise UnknownId(pointer="/stream", kind=kind, value=Code(key)) from None
    return stream


def state_asked(table: TransitionTable, state: str, *also: str) -> str:
    """Raises InvalidValue."""
    return one_asked(state, {*table.states, *also}, "/state")
