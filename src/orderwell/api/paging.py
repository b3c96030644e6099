"""Lists: a page begins after the last row of the one before, and says how to get the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from pydantic import Field

from orderwell.api.shapes import Shape
from orderwell.platform import paging

Row = TypeVar("Row")
Cursor = Annotated[str | None, Field(max_length=400, description="`next_cursor` of the page before")]
Limit = Annotated[int, Field(ge=1, le=200, description="Rows on a page")]
DEFAULT_LIMIT = 50


class Page(Shape, Generic[Row]):
    items: list[Row]
    next_cursor: str | None


def page(
    rows: QuerySet[Any],
    *,
    order: Sequence[str],
    cursor: str | None,
    limit: int,
    show: Callable[[Any], Any],
    request: HttpRequest,
    response: HttpResponse,
) -> dict[str, Any]:
    """One page of `rows` in `order` (columns, `-` for descending, the last one unique)."""
    found = paging.keyset_page(rows, order=order, cursor=cursor, limit=limit)
    return shown(found, show=show, request=request, response=response)


def shown(
    found: paging.Page[Any], *, show: Callable[[Any], Any], request: HttpRequest, response: HttpResponse
) -> dict[str, Any]:
    """A page that a query made, as the answer, with the header `Link: <...>; rel="next"` where there is a next one."""
    link_to_next(found.next_cursor, request=request, response=response)
    return {"items": [show(row) for row in found.rows], "next_cursor": found.next_cursor or None}


def link_to_next(cursor: str | None, *, request: HttpRequest, response: HttpResponse) -> None:
    if cursor:
        query = request.GET.copy()
        query["cursor"] = cursor
        response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
