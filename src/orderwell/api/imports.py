"""Files of orders: upload, run in a worker, watch, read the verdict of every line, undo."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

from django.http import HttpResponse
from ninja import File, Form
from ninja.files import UploadedFile
from pydantic import Field

from orderwell.api.bodies import ApiRequest, Upload
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id, Input, Moment, Shape
from orderwell.domains.integrations import queries
from orderwell.domains.integrations.models import ImportBatch, ImportMapping, ImportRow
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.services.mappings import delete_mapping, save_mapping
from orderwell.domains.integrations.services.start import start_import, start_undo
from orderwell.domains.integrations.verdicts import PHRASES
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("imports")
IMPORT = Permission.ORDERS_ORDER_IMPORT


class ProgressShape(Shape):
    lines_read: int
    share: float
    rate: float | None = Field(description="Lines per second")
    seconds_left: float | None


class ImportSums(Shape):
    source_total: str
    accounted_total: str
    rounding: str


class ImportShape(Shape):
    id: int
    file_name: str
    preset: str
    mode: str
    state: str
    dry_run: bool
    lines: int
    done: int
    duplicate: int
    refused: int
    orders: int
    returns: int
    adjustments: int
    charges: int
    source_total: str | None = Field(description="Null where the file has several currencies: they have no sum")
    accounted_total: str | None
    rounding: str | None
    by_currency: dict[str, ImportSums] = Field(
        description="The totals of each currency; empty where no line has an amount, or in imports of before where it is "
        "not known which currencies there were"
    )
    seconds: float
    error: dict[str, Any]
    actor_label: str
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    undone_at: Moment | None
    progress: ProgressShape


class ImportRowShape(Shape):
    row_number: int
    verdict: str
    target: str = Field(description='The document the line went into, such as "order:12"')
    column: str
    code: str
    detail: str
    data: dict[str, Any]


class MappingShape(Shape):
    name: str
    columns: dict[str, str]
    options: dict[str, Any]


class NewMapping(Input):
    columns: dict[str, str] = Field(max_length=100, description="Field -> column")
    options: dict[str, str] = Field(default={}, max_length=20)


class StartedJob(Shape):
    job: str
    batch: ImportShape


def _show(batch: ImportBatch) -> dict[str, Any]:
    counted = queries.result(batch) | {"by_currency": queries.sums_by_currency(batch)}
    plain = (name for name in ImportShape.model_fields if name not in counted and name != "progress")
    return {
        **{name: getattr(batch, name) for name in plain},
        **counted,
        "progress": queries.progress(batch, now=utc_now()),
    }


def _row(row: ImportRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ImportRowShape.model_fields if name != "detail"}
    data = {name: value for name, value in row.data.items() if name != PHRASES}
    return {**plain, "data": data, "detail": queries.explain(row)}


@routes.read("/imports", permission=IMPORT, response=Page[ImportShape])
def list_imports(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """Newest first."""
    found = queries.import_list(request.actor, cursor=cursor, limit=limit)
    return shown(found, show=_show, request=request, response=response)


@routes.write("POST", "/imports", permission=IMPORT, response=ImportShape, status=201, body=Upload())
def upload_import(
    request: ApiRequest,
    file: File[UploadedFile],
    preset: Form[str] = "order-lines",
    mode: Form[Literal["history", "live"]] = "history",
    dry_run: Form[bool] = False,
    mapping: Form[str] = "",
) -> dict[str, Any]:
    """Hand in a file as multipart/form-data; `mapping` names a saved one. Nothing is imported before the import is run."""
    with tempfile.TemporaryDirectory(prefix="orderwell-upload-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        batch = create_batch(
            path=path,
            file_name=Path(file.name or "file").name,
            preset=preset,
            mode=mode,
            dry_run=dry_run,
            mapping_name=mapping,
            actor=request.actor,
            now=utc_now(),
        )
    return _show(batch)


@routes.read("/imports/{batch_id}", permission=IMPORT, response=ImportShape)
def get_import(request: ApiRequest, batch_id: Id) -> dict[str, Any]:
    return _show(queries.import_detail(request.actor, batch_id))


@routes.write("POST", "/imports/{batch_id}/run", permission=IMPORT, response=StartedJob, status=202)
def run_import(request: ApiRequest, batch_id: Id) -> dict[str, Any]:
    """Have a worker run it, or go on where it stopped. Watch `progress` until the state changes."""
    job = start_import(batch_id=batch_id, actor=request.actor.via("import", request.actor.address), now=utc_now())
    return {"job": job, "batch": _show(queries.import_detail(request.actor, batch_id))}


@routes.write("POST", "/imports/{batch_id}/undo", permission=IMPORT, response=StartedJob, status=202)
def undo_import(request: ApiRequest, batch_id: Id) -> dict[str, Any]:
    """Have a worker take back what it made. What something else depends on is kept."""
    job = start_undo(batch_id=batch_id, actor=request.actor.via("import", request.actor.address))
    return {"job": job, "batch": _show(queries.import_detail(request.actor, batch_id))}


@routes.read("/imports/{batch_id}/rows", permission=IMPORT, response=Page[ImportRowShape])
def list_import_rows(
    request: ApiRequest,
    response: HttpResponse,
    batch_id: Id,
    verdict: ImportRow.Verdict | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """The verdict of every line; for a refused one the column and why."""
    found = queries.import_rows(request.actor, batch_id, verdict=verdict or "", cursor=cursor, limit=limit)
    return shown(found, show=_row, request=request, response=response)


@routes.read("/import-mappings", permission=IMPORT, response=list[MappingShape])
def list_import_mappings(request: ApiRequest) -> list[ImportMapping]:
    return queries.mappings(request.actor)


@routes.write("PUT", "/import-mappings/{name}", permission=IMPORT, response=MappingShape)
def save_import_mapping(request: ApiRequest, name: str, body: NewMapping) -> ImportMapping:
    return save_mapping(name=name, columns=body.columns, options=body.options, actor=request.actor)


@routes.write("DELETE", "/import-mappings/{name}", permission=IMPORT, response=None, status=204)
def delete_import_mapping(request: ApiRequest, name: str) -> None:
    delete_mapping(name=name, actor=request.actor)
