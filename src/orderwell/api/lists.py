"""Lists as the screen has them: what they can show, saved views, and exports of exactly what a list shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpResponse
from django.utils.translation import get_language
from ninja import Query
from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from orderwell.api.preconditions import seen_version
from orderwell.api.routing import Routes
from orderwell.api.shapes import Amounts, Id, Input, Moment, Shape, columns
from orderwell.kernel.clock import utc_now
from orderwell.kernel.identifiers import random_token
from orderwell.platform.exporting import FORMATS, content_type
from orderwell.platform.permissions import Permission
from orderwell.platform.views.models import SavedView
from orderwell.platform.views.queries import all_views, export_of, exports_of, saved_view
from orderwell.platform.views.services.exports import ask_for_export, file_of
from orderwell.platform.views.services.keep import remove_view, save_view
from orderwell.platform.views.sources import Totals, check, source_of, sources

routes = Routes("lists")
SHARE = Permission.LISTS_VIEW_SHARE
Keys = list[str]


class ListShape(Shape):
    name: str
    columns: Keys
    filters: Keys
    sorts: Keys


class TotalsShape(Shape):
    rows: int
    more: bool = Field(description="There are more rows than were counted; nothing is added up then")
    sums: dict[str, Amounts] = Field(description="Of each amount of the list, by currency")


class ViewShape(Shape):
    id: int
    list_name: str
    name: str
    shared: bool
    columns: Keys
    filters: dict[str, str]
    sort: str
    version: int
    created_at: Moment
    updated_at: Moment


class NewView(Input):
    list_name: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=80)
    columns: Keys = Field(default=[], max_length=100)
    filters: dict[str, str] = Field(default={}, max_length=50)
    sort: str = Field(default="", max_length=40)


class ExportShape(Shape):
    id: int
    list_name: str
    format: str
    columns: Keys
    filters: dict[str, str]
    sort: str
    state: str = Field(description="waiting, running, done or failed")
    rows: int
    size: int
    file_name: str
    created_at: Moment
    finished_at: Moment | None


class NewExport(Input):
    list_name: str = Field(max_length=40)
    format: Literal["csv", "xlsx", "parquet"] = "csv"
    columns: Keys = Field(default=[], max_length=100, description="None: those that the list shows at first")
    filters: dict[str, str] = Field(default={}, max_length=50)
    sort: str = Field(default="", max_length=40)
    bom: bool = Field(default=False, description="Mark a CSV file as UTF-8, for spreadsheets")


def _show_view(view: SavedView) -> dict[str, Any]:
    return columns(ViewShape, view)


def _checked(request: ApiRequest, body: NewView) -> None:
    source = source_of(body.list_name)
    check(source, actor=request.actor, columns=body.columns, filters=body.filters, sort=body.sort)
    if request.actor.may(source.permission):
        source.refuse_unknown(request.actor, body.filters, "/filters")


@routes.read("/lists", permission=None, response=list[ListShape])
def list_lists(request: ApiRequest) -> list[dict[str, Any]]:
    """The lists that the key may read, with the columns, filters and orders each of them knows."""
    return [
        {
            "name": source.name,
            "columns": source.column_keys(request.actor),
            "filters": source.filter_keys(),
            "sorts": source.sort_keys(),
        }
        for name, source in sorted(sources().items())
        if request.actor.may(source.permission)
    ]


@routes.read("/lists/{name}/totals", permission=None, response=TotalsShape)
def get_list_totals(
    request: ApiRequest,
    name: Annotated[str, Field(max_length=40)],
    filter: Annotated[list[str], Query(max_length=50, description="`filter=late:1`, as often as need be")] = [],  # noqa: A002, B006  the address's own word
) -> Totals:
    """How many rows a list has under these filters, and what its amounts come to, as the screen says it.

    Orders, invoices, credit notes, payments and returns have amounts. At most 5,000 rows are counted and added up, so it
    never takes long. It needs the permission of the list; filters are those that `/lists` names.
    """
    source = source_of(name)
    request.actor.require(source.permission)
    wanted = dict(item.partition(":")[::2] for item in filter)
    check(source, actor=request.actor, columns=(), filters=wanted, sort="")
    return source.totals(request.actor, wanted, utc_now())


@routes.read("/views", permission=SHARE, response=Page[ViewShape])
def list_views(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """Shared views of all lists."""
    rows = all_views(request.actor)
    return page(rows, order=("id",), cursor=cursor, limit=limit, show=_show_view, request=request, response=response)


@routes.write("POST", "/views", permission=SHARE, response=ViewShape, status=201)
def create_view(request: ApiRequest, body: NewView) -> dict[str, Any]:
    """A view made through the API is shared with everyone; each person still sees only their own rows."""
    _checked(request, body)
    fields = body.dict()
    return _show_view(save_view(**fields, shared=True, actor=request.actor, now=utc_now()))


@routes.read("/views/{view_id}", permission=SHARE, response=ViewShape)
def get_view(request: ApiRequest, view_id: Id) -> dict[str, Any]:
    return _show_view(saved_view(request.actor, view_id))


@routes.write("PUT", "/views/{view_id}", permission=SHARE, response=ViewShape, guarded=True)
def change_view(request: ApiRequest, view_id: Id, body: NewView) -> dict[str, Any]:
    _checked(request, body)
    fields, version = body.dict(), seen_version(request)
    found = save_view(**fields, shared=True, view_id=view_id, version=version, actor=request.actor, now=utc_now())
    return _show_view(found)


@routes.write("DELETE", "/views/{view_id}", permission=SHARE, response=None, status=204)
def delete_view(request: ApiRequest, view_id: Id) -> None:
    """Remove a view; its rows stay."""
    remove_view(view_id=view_id, actor=request.actor, now=utc_now())


@routes.read("/exports", permission=None, response=Page[ExportShape])
def list_exports(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """Exports that this key asked for, newest first."""
    rows = exports_of(request.actor)
    show = lambda row: columns(ExportShape, row)  # noqa: E731
    return page(rows, order=("-id",), cursor=cursor, limit=limit, show=show, request=request, response=response)


@routes.write("POST", "/exports", permission=None, response=ExportShape, status=202)
def create_export(request: ApiRequest, body: NewExport) -> dict[str, Any]:
    """A file of exactly what the list shows for this key; it needs the permission of the list.

    Up to 5,000 rows are ready with the answer. A worker makes larger files: ask again until the state is `done`.
    """
    source = source_of(body.list_name)
    request.actor.require(source.permission)
    source.refuse_unknown(request.actor, body.filters, "/filters")
    made = ask_for_export(
        list_name=body.list_name,
        file_format=body.format,
        columns=body.columns,
        filters=body.filters,
        sort=body.sort,
        options={"bom": body.bom},
        language=get_language() or "en",
        token=random_token(24),
        actor=request.actor,
        now=utc_now(),
    )
    return columns(ExportShape, made)


@routes.read("/exports/{export_id}", permission=None, response=ExportShape)
def get_export(request: ApiRequest, export_id: Id) -> dict[str, Any]:
    return columns(ExportShape, export_of(request.actor, export_id))


@routes.read(
    "/exports/{export_id}/file",
    permission=None,
    response=None,
    extra={
        "responses": {
            200: {"description": "The file", "content": {kind.partition(";")[0]: {} for kind in FORMATS.values()}}
        }
    },
)
def get_export_file(request: ApiRequest, export_id: Id) -> FileResponse:
    """The file of an export that is done. It stays for a week."""
    found = export_of(request.actor, export_id)
    response = FileResponse(file_of(found).open("rb"), as_attachment=True, filename=found.file_name)
    response["Content-Type"] = content_type(found.format)
    return response
