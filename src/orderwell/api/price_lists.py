"""Price lists: what a product costs for whom, from which quantity, from when until when; and what somebody would pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import channel_asked, currency_asked, customer_number_asked, sku_asked
from orderwell.api.bodies import ApiRequest, Draft, Rows, values, without
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page, shown
from orderwell.api.preconditions import etag, expected_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Amount, Currency, Exact, Id, InCurrency, Moment, QuantityIn, Shape
from orderwell.api.verdicts import Verdicts, save_rows
from orderwell.domains.orders.price_reasons import reason, said
from orderwell.domains.prices import queries
from orderwell.domains.prices.drafts import CopyDraft, EntryDraft, PriceListDraft
from orderwell.domains.prices.models import PriceChange, PriceEntry, PriceList
from orderwell.domains.prices.queries import ListFilters
from orderwell.domains.prices.records import in_order, target_of
from orderwell.domains.prices.resolving import price_day
from orderwell.domains.prices.services.copy_list import copy_price_list
from orderwell.domains.prices.services.save_list import archive_price_list
from orderwell.domains.prices.services.save_list import save_price_list as save
from orderwell.domains.prices.services.set_entries import set_entries
from orderwell.domains.prices.services.undo_change import undo_price_change
from orderwell.kernel.clock import utc_now
from orderwell.platform.batches import Verdict
from orderwell.platform.permissions import Permission

routes = Routes("price lists")
VIEW, CHANGE = Permission.PRICES_PRICE_LIST_VIEW, Permission.PRICES_PRICE_LIST_CHANGE
# What an address and If-Match say is not said again in the body.
PriceListChange = without(PriceListDraft, "code", "version", title="PriceListChange")
Search = Annotated[str, Field(max_length=120)]


class TargetShape(Shape):
    scope: str
    code: str = Field(description="A customer's number, the code of a group or channel; empty for everyone")


class PriceListShape(Shape):
    id: int
    code: str
    version: int
    name_zh: str
    name_en: str
    currency: str
    valid_from: date | None
    valid_until: date | None
    priority: int
    prices_include_tax: bool | None = Field(description="Null: as the order's channel has it")
    note: str
    active: bool
    updated_at: Moment


class PriceListDetail(PriceListShape):
    entries: int
    applies_to: list[TargetShape]
    hidden_customers: int = Field(description="Customers of other teams that the list is for too")


class EntryShape(Shape):
    sku: str
    minimum: Exact = Field(description="From which quantity on; 0: any")
    unit_price: Exact


class PriceChangeShape(Shape):
    number: int = Field(description="Counts within the list")
    kind: str
    before: dict[str, Any] = Field(description="Of prices the keys are `variant id:minimum`; null: there was none")
    after: dict[str, Any]
    made_at: Moment
    actor_label: str
    undone_at: Moment | None


class ConsideredShape(Shape):
    code: str
    scope: str = Field(description="For whom the list is, of those the buyer is in; empty when in none")
    minimum: Exact
    unit_price: Amount
    why_not: str = Field(description="Empty for the one that decides; else a word such as not_for, over, narrower")


class NextBreakShape(Shape):
    minimum: Exact
    unit_price: Amount


class AskedShape(InCurrency):
    sku: str
    currency: str
    quantity: Exact
    unit_price: Amount | None = Field(description="Null: the product has no price here")
    price_list: str | None = Field(description="Null: the product's own list price")
    list_price: Amount | None
    reason: str = Field(description="In the language asked for")
    next_break: NextBreakShape | None
    considered: list[ConsideredShape]


def _detail(request: ApiRequest, response: HttpResponse, list_id: int) -> dict[str, Any]:
    # Whoever may change a list is shown what became of it, even without the permission to look around.
    found = queries.list_detail(may_also(request.actor, VIEW), list_id)
    response["ETag"] = etag(found.price_list.version)
    targets = in_order(target_of(row) for row in found.assignments)
    return {
        **_summary(found.price_list),
        "entries": found.entries,
        "applies_to": [{"scope": target.scope, "code": target.code} for target in targets],
        "hidden_customers": found.hidden,
    }


def _summary(row: PriceList) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PriceListShape.model_fields}


def _entry(row: PriceEntry) -> dict[str, Any]:
    return {"sku": row.variant.sku, "minimum": row.minimum, "unit_price": row.unit_price}


def _change(row: PriceChange) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PriceChangeShape.model_fields}


@routes.read("/price-lists", permission=VIEW, response=Page[PriceListShape])
def list_price_lists(
    request: ApiRequest,
    response: HttpResponse,
    search: Search = "",
    state: Literal["now", "later", "over", "archived"] | None = None,
    currency: Currency | None = None,
    scope: Literal["customer", "group", "channel", "everyone"] | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """By code. `state` now: those in use today."""
    filters = ListFilters(text=search, state=state or "", currency=currency_asked(currency) or "", scope=scope or "")
    rows = queries.price_lists(request.actor, filters, day=price_day(utc_now()))
    return page(rows, order=("code",), cursor=cursor, limit=limit, show=_summary, request=request, response=response)


@routes.write("POST", "/price-lists", permission=CHANGE, response=PriceListDetail, body=Draft(PriceListDraft))
def save_price_list(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """Create the list `code`, or change it when it exists. What is left out stays."""
    made = save(request.draft, actor=request.actor, now=utc_now())
    return _detail(request, response, made.pk)


@routes.write("POST", "/price-lists/copy", permission=CHANGE, response=PriceListDetail, body=Draft(CopyDraft))
def copy_price_list_of(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """A new list from another one, or from the products' list prices, with a percentage and a rounding rule."""
    made = copy_price_list(request.draft, actor=request.actor, now=utc_now())
    return _detail(request, response, made.pk)


@routes.read("/price-lists/{list_id}", permission=VIEW, response=PriceListDetail)
def get_price_list(request: ApiRequest, response: HttpResponse, list_id: Id) -> dict[str, Any]:
    return _detail(request, response, list_id)


@routes.write(
    "PATCH",
    "/price-lists/{list_id}",
    permission=CHANGE,
    response=PriceListDetail,
    versioned=True,
    body=Draft(PriceListChange),
)
def change_price_list(request: ApiRequest, response: HttpResponse, list_id: Id) -> dict[str, Any]:
    """Change a list; what is left out stays. Orders that exist keep their prices."""
    code = queries.list_detail(may_also(request.actor, VIEW), list_id).price_list.code
    draft = PriceListDraft(code=code, version=expected_version(request), **values(request.draft))
    save(draft, actor=request.actor, now=utc_now())
    return _detail(request, response, list_id)


@routes.write("POST", "/price-lists/{list_id}/archive", permission=CHANGE, response=PriceListDetail)
def archive_list(request: ApiRequest, response: HttpResponse, list_id: Id) -> dict[str, Any]:
    """Take a list out of use: it applies to no new order."""
    archive_price_list(list_id=list_id, archived=True, actor=request.actor, now=utc_now())
    return _detail(request, response, list_id)


@routes.write("POST", "/price-lists/{list_id}/restore", permission=CHANGE, response=PriceListDetail)
def restore_list(request: ApiRequest, response: HttpResponse, list_id: Id) -> dict[str, Any]:
    """Take a list into use again."""
    archive_price_list(list_id=list_id, archived=False, actor=request.actor, now=utc_now())
    return _detail(request, response, list_id)


@routes.read("/price-lists/{list_id}/entries", permission=VIEW, response=Page[EntryShape])
def list_price_entries(
    request: ApiRequest,
    response: HttpResponse,
    list_id: Id,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """By SKU and quantity."""
    queries.list_detail(request.actor, list_id)
    found = queries.entry_page(request.actor, list_id, text=search, cursor=cursor, limit=limit)
    return shown(found, show=_entry, request=request, response=response)


@routes.write(
    "POST", "/price-lists/{list_id}/entries", permission=CHANGE, response=Verdicts, body=Rows("entries", EntryDraft)
)
def set_price_entries(request: ApiRequest, list_id: Id) -> dict[str, Any]:
    """Set up to 500 prices, each with its own verdict; `id` is the variant's. A price of null takes the entry out."""

    def act(drafts: Sequence[EntryDraft]) -> list[Verdict]:
        return set_entries(drafts, list_id=list_id, actor=request.actor, now=utc_now())[0]

    return save_rows(request.rows, "entries", act)


@routes.read("/price-lists/{list_id}/changes", permission=VIEW, response=list[PriceChangeShape])
def list_price_changes(request: ApiRequest, list_id: Id) -> list[dict[str, Any]]:
    """The last ten changes, newest first."""
    return [_change(row) for row in queries.list_detail(request.actor, list_id).changes]


@routes.write("POST", "/price-lists/{list_id}/changes/{number}/undo", permission=CHANGE, response=PriceChangeShape)
def undo_change_of_prices(request: ApiRequest, list_id: Id, number: Id) -> dict[str, Any]:
    """Put back what a change replaced, unless something of it was changed again since."""
    return _change(undo_price_change(list_id=list_id, number=number, actor=request.actor, now=utc_now()))


@routes.read("/prices/ask", permission=VIEW, response=AskedShape)
def ask_for_a_price(
    request: ApiRequest,
    sku: Annotated[str, Field(min_length=1, max_length=60)],
    channel: Annotated[str, Field(min_length=1, max_length=40)],
    quantity: QuantityIn = Decimal(1),
    customer: Annotated[str, Field(max_length=40)] = "",
    currency: Currency | None = None,
    day: date | None = None,
) -> dict[str, Any]:
    """What an order would pay for `quantity` units on `day` (today), and what became of every list with the product."""
    asked = queries.ask_price(
        request.actor,
        sku=sku_asked(sku),
        quantity=quantity,
        day=day or price_day(utc_now()),
        channel=channel_asked(request.actor, channel),
        customer=customer_number_asked(request.actor, customer),
        currency=currency_asked(currency) or "",
    )
    why = {"price": reason(asked.offer, asked.listed, units=quantity, given=False)}
    return {
        "sku": asked.variant.sku,
        "currency": asked.currency,
        "quantity": asked.quantity,
        "unit_price": asked.price,
        "price_list": asked.offer.terms.code if asked.offer else None,
        "list_price": asked.listed,
        "reason": said(why, asked.currency) if asked.price is not None else "",
        "next_break": asked.further and {"minimum": asked.further.minimum, "unit_price": asked.further.price},
        "considered": [
            {"code": item.code, "scope": item.scope, "minimum": item.minimum, "unit_price": item.price}
            | {"why_not": item.why_not}
            for item in asked.considered
        ],
    }
