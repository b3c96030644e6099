"""Lists by keyset: a page starts after the last row of the one before, however many rows there are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from pydantic import Field

from orderwell.api.errors import InvalidCursor
from orderwell.api.shapes import Shape

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
    """One page of `rows` in `order` (field names, `-` for descending, the last one unique), and the link to the next."""
    selected = rows.order_by(*order)
    if cursor:
        selected = selected.filter(after(order, decode_cursor(cursor, rows.model, order)))
    found = list(selected[: limit + 1])
    next_cursor = encode_cursor(found[limit - 1], order) if len(found) > limit else None
    link_next(request, response, next_cursor)
    return {"items": [show(row) for row in found[:limit]], "next_cursor": next_cursor}


def link_next(request: HttpRequest, response: HttpResponse, cursor: str | None) -> None:
    """The header `Link: <...>; rel="next"`, where there is a next page."""
    if cursor:
        query = request.GET.copy()
        query["cursor"] = cursor
        response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'


def after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """What comes after `values`. The first column is also bounded by itself, which is what an index can use."""
    condition, equal = Q(), Q()
    for field, value in zip(order, values, strict=True):
        name, beyond = field.lstrip("-"), "lt" if field.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    first = order[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return bound & condition


def encode_cursor(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, field.lstrip("-")) for field in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps([list(order), plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, model: type[Model], order: Sequence[str]) -> list[Any]:
    """The values in a cursor. Raises InvalidCursor for anything that this list did not give out."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        named, values = json.loads(text)
        if named != list(order) or len(values) != len(order):
            raise InvalidCursor
        return [
            _checked(model._meta.get_field("id" if field == "pk" else field.lstrip("-")), value)
            for field, value in zip(order, values, strict=True)
        ]
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError):
        raise InvalidCursor from None


def _checked(field: Any, value: Any) -> Any:
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise InvalidCursor
        return moment
    if "Char" in kind or "Slug" in kind or "Text" in kind:
        if not isinstance(value, str) or "\x00" in value:
            raise InvalidCursor
        return value
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        raise InvalidCursor
    return value
