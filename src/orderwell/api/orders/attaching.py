"""Files on orders."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from ninja import File
from ninja.files import UploadedFile

from orderwell.api.bodies import ApiRequest, Upload
from orderwell.api.orders.reading import VIEW, find
from orderwell.api.orders.routes import routes
from orderwell.api.orders.shapes import AttachmentShape, show
from orderwell.api.shapes import Id
from orderwell.domains.orders.models import Attachment
from orderwell.domains.orders.services.note import add_attachment
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission


@routes.write(
    "POST",
    "/orders/{order_id}/attachments",
    permission=Permission.ORDERS_ORDER_CHANGE,
    response=AttachmentShape,
    status=201,
    body=Upload(),
)
def add_order_attachment(request: ApiRequest, order_id: Id, file: File[UploadedFile]) -> dict[str, Any]:
    """Send the file as multipart/form-data in the field `file`."""
    attachment = add_attachment(
        order_id=order_id,
        name=file.name or "file",
        content=file.read(),
        content_type=file.content_type or "application/octet-stream",
        actor=request.actor,
        now=utc_now(),
    )
    return show(AttachmentShape, attachment)


@routes.read(
    "/orders/{order_id}/attachments/{attachment_id}",
    permission=VIEW,
    response=None,
    extra={
        "responses": {
            200: {
                "description": "The file",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def get_order_attachment(request: ApiRequest, order_id: Id, attachment_id: Id) -> FileResponse:
    find(request, order_id)
    attachment = Attachment.objects.filter(pk=attachment_id, order_id=order_id).first()
    if attachment is None:
        raise NotFound(kind="attachment", reference=str(attachment_id))
    # Always a download of plain bytes: what somebody uploaded must never run as a page of ours.
    return FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type="application/octet-stream",
    )
