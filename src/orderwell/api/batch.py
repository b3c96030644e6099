"""Many writes of any kind in one call, each with its own verdict: the bulk form of every write."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from pydantic import Field

from orderwell.api.bodies import ApiRequest, Rows
from orderwell.api.boundary import PLACE_ORDER, answer
from orderwell.api.errors import NotInBatch
from orderwell.api.problems import refuse
from orderwell.api.routing import Routes
from orderwell.api.shapes import Shape
from orderwell.kernel.errors import Refusal
from orderwell.platform.database import atomic

routes = Routes("batch")
ROOT, BATCH = "/api/v1", "/api/v1/batch"


class BatchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One write. `path` is what follows /api/v1, `if_match` what the header would say."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: str
    body: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    if_match: str = ""


class BatchResult(Shape):
    status: int
    body: Any = Field(description="What the request alone would have been answered; a problem where it was refused")


class BatchAnswer(Shape):
    done: int
    refused: int
    results: list[BatchResult]


@routes.write("POST", "/batch", permission=None, response=BatchAnswer, body=Rows("requests", BatchRequest))
def run_batch(request: ApiRequest) -> dict[str, Any]:
    """Up to 500 writes, one after the other. A refused one is undone by itself and never fails its neighbours.

    Each needs the permission of its own route. Orders are placed in bulk by /orders/bulk, files are uploaded alone.
    """
    results = [_run(request, row, index) for index, row in enumerate(request.rows)]
    refused = sum(result["status"] >= HTTPStatus.BAD_REQUEST for result in results)
    return {"done": len(results) - refused, "refused": refused, "results": results}


def _run(request: ApiRequest, row: Any, index: int) -> dict[str, Any]:
    if isinstance(row, tuple):
        response = refuse(Refusal([error.at(f"/requests/{index}") for error in row]), request)
    else:
        with atomic():
            response = _answer(request, row, index)
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                transaction.set_rollback(True)
    return {"status": response.status_code, "body": json.loads(response.content or b"null")}


def _answer(request: ApiRequest, row: BatchRequest, index: int) -> HttpResponse:
    inner = _as_request(request, row)
    if (row.method, inner.path_info) == PLACE_ORDER or inner.path_info.startswith(BATCH):
        return refuse(NotInBatch(path=row.path, pointer=f"/requests/{index}/path"), request)
    response = answer(inner)
    return response if isinstance(response, HttpResponse) else HttpResponse(status=response.status_code)


def _as_request(request: ApiRequest, row: BatchRequest) -> HttpRequest:
    """The request that `row` stands for, from the same caller."""
    address = urlsplit(row.path)
    inner = HttpRequest()
    inner.method, inner.path_info = row.method, ROOT + unquote(address.path)
    inner.path = inner.path_info
    inner.GET = QueryDict(address.query)
    kept = ("HTTP_AUTHORIZATION", "HTTP_ACCEPT_LANGUAGE", "REMOTE_ADDR")
    inner.META = {name: request.META[name] for name in kept if name in request.META}
    inner.META |= {"CONTENT_TYPE": "application/json", "QUERY_STRING": address.query}
    if row.if_match:
        inner.META["HTTP_IF_MATCH"] = row.if_match
    inner._body = b"" if row.body is msgspec.UNSET else bytes(row.body)  # where HttpRequest keeps what it has read
    return inner
