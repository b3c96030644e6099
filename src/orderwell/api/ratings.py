"""What customers think, and the link by which they see their order."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import customer_asked, product_asked
from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.routing import Routes
from orderwell.api.shapes import Exact, Id, Input, Moment, Reason, Shape, columns
from orderwell.domains.cases.models import Rating
from orderwell.domains.cases.ratings import rating_list, rating_summary
from orderwell.domains.cases.services.link import order_link, revoke_links, token_of
from orderwell.domains.cases.services.moderate import hide_rating, show_rating
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("ratings")
VIEW, MODERATE, LINK = (
    Permission.CASES_RATING_VIEW,
    Permission.CASES_RATING_MODERATE,
    Permission.CASES_LINK_CREATE,
)


class RatingShape(Shape):
    id: int
    order_id: int
    customer_id: int | None
    score: int
    comment: str
    created_at: Moment
    hidden_at: Moment | None
    hidden_by: str
    hidden_reason: str


class RatingSummaryShape(Shape):
    count: int
    average: Exact | None
    by_score: dict[str, int]


class Hidden(Input):
    reason: Reason


class LinkShape(Shape):
    path: str = Field(description="What follows the address of this installation")
    created_at: Moment
    expires_at: Moment


class RevokedShape(Shape):
    revoked: int


def _rating(rating: Rating) -> dict[str, Any]:
    return columns(RatingShape, rating)


@routes.read("/ratings", permission=VIEW, response=Page[RatingShape])
def list_ratings(
    request: ApiRequest,
    response: HttpResponse,
    customer_id: Id | None = None,
    product_id: Id | None = None,
    score: Annotated[int | None, Field(ge=1, le=5)] = None,
    hidden: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first; of a product, those of orders that have it on a line."""
    found = rating_list(
        request.actor,
        customer_id=customer_asked(request.actor, customer_id),
        product_id=product_asked(product_id),
        score=score,
        hidden=hidden,
        cursor=cursor,
        limit=limit,
    )
    return shown(found, show=_rating, request=request, response=response)


@routes.read("/ratings/summary", permission=VIEW, response=RatingSummaryShape)
def summarise_ratings(
    request: ApiRequest,
    customer_id: Id | None = None,
    product_id: Id | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> dict[str, Any]:
    """How many of each score, and their mean; hidden ones count nowhere."""
    found = rating_summary(
        request.actor,
        customer_id=customer_asked(request.actor, customer_id),
        product_id=product_asked(product_id),
        since=since,
        until=until,
    )
    by_score = {str(score): count for score, count in found.by_score.items()}
    return {"count": found.count, "average": found.average, "by_score": by_score}


@routes.write("POST", "/ratings/{rating_id}/hide", permission=MODERATE, response=RatingShape)
def hide_a_rating(request: ApiRequest, rating_id: Id, body: Hidden) -> dict[str, Any]:
    return _rating(hide_rating(rating_id=rating_id, reason=body.reason, actor=request.actor, now=utc_now()))


@routes.write("POST", "/ratings/{rating_id}/show", permission=MODERATE, response=RatingShape)
def show_a_rating(request: ApiRequest, rating_id: Id) -> dict[str, Any]:
    return _rating(show_rating(rating_id=rating_id, actor=request.actor, now=utc_now()))


@routes.write("POST", "/orders/{order_id}/customer-link", permission=LINK, response=LinkShape)
def make_customer_link(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """The link by which the customer sees this order without signing in: the one that works, or a new one."""
    link = order_link(order_id=order_id, actor=request.actor, now=utc_now())
    return columns(LinkShape, link, path=f"/track/o/{token_of(link)}/")


@routes.write("DELETE", "/orders/{order_id}/customer-link", permission=LINK, response=RevokedShape)
def revoke_customer_links(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """Take back every link of the order at once."""
    return {"revoked": revoke_links(order_id=order_id, actor=request.actor, now=utc_now())}
