"""Goods on the way from one warehouse to another."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import state_asked
from orderwell.api.bodies import ApiRequest, Draft
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.preconditions import etag, expected_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id
from orderwell.api.stock.shapes import TransferShape, show_transfer
from orderwell.domains.inventory import queries
from orderwell.domains.inventory.drafts import ArrivalDraft, TransferDraft
from orderwell.domains.inventory.services import transfer_stock
from orderwell.domains.inventory.states import TRANSFER as STATES
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission

routes = Routes("transfers")
VIEW, TRANSFER = Permission.INVENTORY_STOCK_VIEW, Permission.INVENTORY_STOCK_TRANSFER


class Arrivals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without `arrivals`, all that was on the way has arrived."""

    arrivals: tuple[ArrivalDraft, ...] | None = None


def _detail(request: ApiRequest, response: HttpResponse, transfer_id: int) -> dict[str, Any]:
    transfer = queries.transfers(may_also(request.actor, VIEW)).filter(pk=transfer_id).first()
    if transfer is None:
        raise NotFound(kind="transfer", reference=transfer_id)
    response["ETag"] = etag(transfer.version)
    return show_transfer(transfer)


@routes.read("/transfers", permission=VIEW, response=Page[TransferShape])
def list_transfers(
    request: ApiRequest,
    response: HttpResponse,
    state: Annotated[str, Field(max_length=12)] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first."""
    found = queries.transfer_list(request.actor, state=state_asked(STATES, state), cursor=cursor, limit=limit)
    return shown(found, show=show_transfer, request=request, response=response)


@routes.read("/transfers/{transfer_id}", permission=VIEW, response=TransferShape)
def get_transfer(request: ApiRequest, response: HttpResponse, transfer_id: Id) -> dict[str, Any]:
    return _detail(request, response, transfer_id)


@routes.write("POST", "/transfers", permission=TRANSFER, response=TransferShape, status=201, body=Draft(TransferDraft))
def plan_transfer(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """Plan a transfer; stock is touched only when it is dispatched."""
    transfer = transfer_stock.create_transfer(request.draft, actor=request.actor, now=utc_now())
    return _detail(request, response, transfer.pk)


@routes.write(
    "PUT",
    "/transfers/{transfer_id}",
    permission=TRANSFER,
    response=TransferShape,
    versioned=True,
    body=Draft(TransferDraft),
)
def change_transfer(request: ApiRequest, response: HttpResponse, transfer_id: Id) -> dict[str, Any]:
    """Replace what a transfer that has not left says."""
    transfer_stock.change_transfer(
        transfer_id=transfer_id,
        draft=request.draft,
        version=expected_version(request),
        actor=request.actor,
        now=utc_now(),
    )
    return _detail(request, response, transfer_id)


@routes.write("POST", "/transfers/{transfer_id}/dispatch", permission=TRANSFER, response=TransferShape, versioned=True)
def dispatch_transfer(request: ApiRequest, response: HttpResponse, transfer_id: Id) -> dict[str, Any]:
    """The goods leave. Only free stock may."""
    transfer_stock.dispatch_transfer(
        transfer_id=transfer_id, version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return _detail(request, response, transfer_id)


@routes.write(
    "POST",
    "/transfers/{transfer_id}/receive",
    permission=TRANSFER,
    response=TransferShape,
    versioned=True,
    body=Draft(Arrivals),
)
def receive_transfer(request: ApiRequest, response: HttpResponse, transfer_id: Id) -> dict[str, Any]:
    """Goods arrive, some perhaps lost. The transfer stays dispatched while something is still on the way."""
    transfer_stock.receive_transfer(
        transfer_id=transfer_id,
        arrivals=request.draft.arrivals,
        version=expected_version(request),
        actor=request.actor,
        now=utc_now(),
    )
    return _detail(request, response, transfer_id)


@routes.write("POST", "/transfers/{transfer_id}/cancel", permission=TRANSFER, response=TransferShape, versioned=True)
def cancel_transfer(request: ApiRequest, response: HttpResponse, transfer_id: Id) -> dict[str, Any]:
    """Give up a transfer that has not left."""
    transfer_stock.cancel_transfer(
        transfer_id=transfer_id, version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return _detail(request, response, transfer_id)
