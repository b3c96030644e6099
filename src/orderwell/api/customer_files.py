"""Files of customers."""

from __future__ import annotations

from django.http import FileResponse
from ninja import File
from ninja.files import UploadedFile

from orderwell.api.bodies import ApiRequest, Upload
from orderwell.api.orders.shapes import AttachmentShape
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id
from orderwell.domains.customers.files import customer_file, files_of
from orderwell.domains.customers.models import CustomerFile
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.customers.services.files import add_customer_file
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("customers")
VIEW, CHANGE = Permission.CUSTOMERS_CUSTOMER_VIEW, Permission.CUSTOMERS_CUSTOMER_CHANGE


@routes.read("/customers/{customer_id}/files", permission=VIEW, response=list[AttachmentShape])
def list_customer_files(request: ApiRequest, customer_id: Id) -> list[CustomerFile]:
    """The customer's own files, newest first; at most 100. Those of orders and cases are listed there."""
    customer_detail(request.actor, customer_id)
    return files_of(request.actor, customer_id)


@routes.write(
    "POST",
    "/customers/{customer_id}/files",
    permission=CHANGE,
    response=AttachmentShape,
    status=201,
    body=Upload(),
)
def attach_customer_file(request: ApiRequest, customer_id: Id, file: File[UploadedFile]) -> CustomerFile:
    """Send the file as multipart/form-data in the field `file`."""
    return add_customer_file(
        customer_id=customer_id,
        name=file.name or "file",
        content=file.read(),
        content_type=file.content_type or "application/octet-stream",
        actor=may_also(request.actor, VIEW),
        now=utc_now(),
    )


@routes.read(
    "/customers/{customer_id}/files/{file_id}",
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
def get_customer_file(request: ApiRequest, customer_id: Id, file_id: Id) -> FileResponse:
    found = customer_file(request.actor, customer_id, file_id)
    # Always a download of plain bytes: what somebody uploaded must never run as a page of ours.
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
