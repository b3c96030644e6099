"""Customers with contacts, addresses and consent; groups and tags."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import group_asked, tag_asked, team_asked, user_asked
from orderwell.api.bodies import ApiRequest, Draft, Rows, values, without
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.preconditions import etag, expected_version, seen_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Amount, Id, InCurrency, Input, Moment, Shape
from orderwell.api.verdicts import Verdicts, save_rows
from orderwell.api.versions import Versioned, with_version, with_versions
from orderwell.domains.customers import queries
from orderwell.domains.customers.drafts import CustomerDraft, CustomerGroupDraft
from orderwell.domains.customers.models import (
    Consent,
    Customer,
    CustomerGroup,
    CustomerNote,
    CustomerRelation,
)
from orderwell.domains.customers.notes import notes_of
from orderwell.domains.customers.queries import CustomerDetail, CustomerFilters, CustomerHit
from orderwell.domains.customers.services import save_customer as saving
from orderwell.domains.customers.services.notes import add_note
from orderwell.domains.customers.services.record_consent import record_consent
from orderwell.domains.customers.services.relations import relate
from orderwell.domains.customers.services.save_group import save_group
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission

routes = Routes("customers")
VIEW, CHANGE = Permission.CUSTOMERS_CUSTOMER_VIEW, Permission.CUSTOMERS_CUSTOMER_CHANGE
CustomerChange = without(CustomerDraft, "number", "version", title="CustomerChange")
Search = Annotated[str, Field(max_length=120, description="Name, pinyin, number, phone, its last four digits, e-mail")]
Name = Annotated[str, Field(max_length=80)]


class CustomerShape(InCurrency):
    id: int
    number: str
    version: int
    external_id: str | None
    kind: str
    name: str
    tax_number: str
    group: str | None
    tags: list[str]
    owner: str | None = Field(description="User name")
    team: str | None
    language: str
    currency: str
    credit_limit: Amount | None = Field(description="Null: none was agreed. 0: pays in advance.")
    payment_terms_days: int
    active: bool
    merged_into: int | None = Field(description="Id of the customer this one became part of")
    created_at: Moment
    updated_at: Moment


class ContactShape(Shape):
    name: str
    job_title: str
    phone: str
    email: str
    is_primary: bool
    roles: list[str]
    language: str


class PostalAddressShape(Shape):
    recipient: str
    kind: str
    label: str
    phone: str
    street: str
    district: str
    city: str
    region: str
    postcode: str
    country: str
    is_default: bool


class ConsentShape(Shape):
    id: int
    purpose: str
    medium: str
    granted: bool
    source: str
    recorded_at: Moment
    recorded_by: str


class CustomerDetailShape(CustomerShape):
    preferences: dict[str, Any]
    note: str
    custom: dict[str, Any]
    masked: bool = Field(description="Phones, e-mails and streets are stars: they need their own permission")
    contacts: list[ContactShape]
    addresses: list[PostalAddressShape]
    consents: list[ConsentShape] = Field(description="What holds now")
    consent_history: list[ConsentShape]


class CustomerHitShape(Shape):
    id: int
    number: str
    name: str
    kind: str
    phone: str


class GroupShape(Versioned):
    id: int
    code: str
    name_zh: str
    name_en: str


class NewConsent(Input):
    purpose: str = Field(min_length=1, max_length=40)
    medium: str = Field(min_length=1, max_length=20)
    granted: bool
    source: str = Field(min_length=1, max_length=80)


class NewRelation(Input):
    kind: str = Field(max_length=10, description="parent or payer")
    other_id: int


class RelationShape(Shape):
    id: int
    kind: str
    customer_id: int
    other_id: int


class NewCustomerNote(Input):
    body: str = Field(min_length=1, max_length=4000)
    pinned: bool = False


class CustomerNoteShape(Shape):
    id: int
    body: str
    pinned: bool
    author_label: str
    created_at: Moment
    changed_at: Moment | None


def _show(customer: Customer) -> dict[str, Any]:
    related = {
        "group": customer.group.code if customer.group is not None else None,
        "tags": sorted(tag.name for tag in customer.tags.all()),
        "owner": customer.owner.username if customer.owner is not None else None,
        "team": customer.team.name if customer.team is not None else None,
        "merged_into": customer.merged_into_id,
    }
    return {name: getattr(customer, name) for name in CustomerShape.model_fields if name not in related} | related


def _detail(request: ApiRequest, response: HttpResponse, customer_id: int) -> dict[str, Any]:
    found: CustomerDetail = queries.customer_detail(may_also(request.actor, VIEW), customer_id)
    customer = found.customer
    response["ETag"] = etag(customer.version)
    return {
        **_show(customer),
        **{name: getattr(customer, name) for name in ("preferences", "note", "custom")},
        **{name: getattr(found, name) for name in ("masked", "contacts", "addresses", "consents", "consent_history")},
    }


@routes.read("/customers", permission=VIEW, response=Page[CustomerShape])
def list_customers(
    request: ApiRequest,
    response: HttpResponse,
    search: Search = "",
    kind: Customer.Kind | None = None,
    group: Name = "",
    tag: Name = "",
    owner: Name = "",
    team: Name = "",
    active: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """By name."""
    filters = CustomerFilters(
        text=search,
        kind=kind or "",
        group=group_asked(group),
        tag=tag_asked(tag),
        owner=user_asked(request.actor, owner, "/owner"),
        team=team_asked(request.actor, team),
        active=active,
    )
    found = queries.customer_list(request.actor, filters, cursor, limit)
    return shown(found, show=_show, request=request, response=response)


@routes.read("/customers/find", permission=VIEW, response=list[CustomerHitShape])
def find_customers(
    request: ApiRequest, search: Search, limit: Annotated[int, Field(ge=1, le=50)] = 20
) -> list[CustomerHit]:
    """Whom somebody means who types `search`; for type-ahead."""
    return queries.find_customers(request.actor, search, limit=limit)


# Before the address with an id, which would take "bulk" for one.
@routes.write("POST", "/customers/bulk", permission=CHANGE, response=Verdicts, body=Rows("customers", CustomerDraft))
def save_customers_in_bulk(request: ApiRequest) -> dict[str, Any]:
    """Create or change up to 500 customers, each with its own verdict."""
    return save_rows(
        request.rows, "customers", lambda drafts: saving.save_customers(drafts, actor=request.actor, now=utc_now())
    )


@routes.read("/customers/{customer_id}", permission=VIEW, response=CustomerDetailShape)
def get_customer(request: ApiRequest, response: HttpResponse, customer_id: Id) -> dict[str, Any]:
    return _detail(request, response, customer_id)


@routes.write("POST", "/customers", permission=CHANGE, response=CustomerDetailShape, body=Draft(CustomerDraft))
def save_customer(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """Create a customer, or change the one with this `number`, else this `external_id`. Lists replace lists."""
    customer = saving.save_customer(request.draft, actor=request.actor, now=utc_now())
    return _detail(request, response, customer.pk)


@routes.write(
    "PATCH",
    "/customers/{customer_id}",
    permission=CHANGE,
    response=CustomerDetailShape,
    versioned=True,
    body=Draft(CustomerChange),
)
def change_customer(request: ApiRequest, response: HttpResponse, customer_id: Id) -> dict[str, Any]:
    """Change a customer; what is left out stays."""
    visible = queries.visible_customers(may_also(request.actor, VIEW))
    number = visible.filter(pk=customer_id).values_list("number", flat=True).first()
    if number is None:
        raise NotFound(kind="customer", reference=customer_id)
    draft = CustomerDraft(number=number, version=expected_version(request), **values(request.draft))
    saving.save_customer(draft, actor=request.actor, now=utc_now())
    return _detail(request, response, customer_id)


@routes.write("POST", "/customers/{customer_id}/consents", permission=CHANGE, response=ConsentShape, status=201)
def record_customer_consent(request: ApiRequest, customer_id: Id, body: NewConsent) -> Consent:
    """Consent given or withdrawn. Nothing is overwritten: the newest of a purpose and medium holds."""
    actor = may_also(request.actor, VIEW)
    return record_consent(customer_id=customer_id, **body.model_dump(), actor=actor, now=utc_now())


@routes.write("POST", "/customers/{customer_id}/relations", permission=CHANGE, response=RelationShape, status=201)
def relate_customer(request: ApiRequest, customer_id: Id, body: NewRelation) -> CustomerRelation:
    """The customer is a branch of `other_id` ("parent"), or is billed to it ("payer"). One of each."""
    actor = may_also(request.actor, VIEW)
    return relate(customer_id=customer_id, **body.model_dump(), actor=actor, now=utc_now())


@routes.read("/customers/{customer_id}/notes", permission=VIEW, response=list[CustomerNoteShape])
def list_customer_notes(request: ApiRequest, customer_id: Id) -> list[CustomerNote]:
    """Pinned ones first, then the newest."""
    queries.customer_detail(request.actor, customer_id)
    return notes_of(request.actor, customer_id)


@routes.write("POST", "/customers/{customer_id}/notes", permission=CHANGE, response=CustomerNoteShape, status=201)
def add_customer_note(request: ApiRequest, customer_id: Id, body: NewCustomerNote) -> CustomerNote:
    actor = may_also(request.actor, VIEW)
    return add_note(customer_id=customer_id, **body.model_dump(), actor=actor, now=utc_now())


def _group(row: CustomerGroup) -> str:
    return f"customer-group:{row.pk}"


@routes.read("/customer-groups", permission=VIEW, response=list[GroupShape])
def list_customer_groups(request: ApiRequest) -> list[CustomerGroup]:
    return with_versions(queries.customer_groups(request.actor), _group)


@routes.write(
    "POST", "/customer-groups", permission=CHANGE, response=GroupShape, guarded=True, body=Draft(CustomerGroupDraft)
)
def save_customer_group(request: ApiRequest) -> CustomerGroup:
    """Create the group `code`, or change it when it exists."""
    version = seen_version(request)
    return with_version(save_group(request.draft, version=version, actor=request.actor, now=utc_now()), _group)


@routes.read("/customer-tags", permission=VIEW, response=list[str])
def list_customer_tags(request: ApiRequest) -> list[str]:
    return [tag.name for tag in queries.tags(request.actor)]
