"""Documents as PDF, and the templates that say how they look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import File
from ninja.files import UploadedFile
from pydantic import Field

from orderwell.api.bodies import ApiRequest, Upload
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id, Input, Moment, Shape
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission
from orderwell.platform.printing import queries
from orderwell.platform.printing.errors import UnknownDocumentKind
from orderwell.platform.printing.kinds import kind_of, kinds, kinds_of
from orderwell.platform.printing.models import PrintTemplate
from orderwell.platform.printing.services import print_documents, reset_template, save_logo, save_template

routes = Routes("printing")
P = Permission
Language = Annotated[Literal["", "zh-hans", "en"], Field(description="Empty: the customer's own")]
PDF: Mapping[str, Any] = {
    "responses": {
        200: {
            "description": "The document",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class TemplateShape(Shape):
    """`markup` is a Typst template; empty means the built-in one."""

    id: int
    kind: str
    channel: str
    language: str
    options: dict[str, Any]
    markup: str
    version: int
    updated_at: Moment
    updated_by: str


class TemplateInput(Input):
    channel: Annotated[str, Field(max_length=40)] = ""
    language: Literal["", "zh-hans", "en"] = ""
    options: dict[str, Any] = {}
    markup: Annotated[str, Field(max_length=50_000)] = ""
    version: int | None = None


class KindShape(Shape):
    code: str
    source: str
    columns: list[str]


class Templates(Shape):
    kinds: list[KindShape]
    templates: list[TemplateShape]


def _pdf(request: ApiRequest, source: str, kind: str, document_id: int, language: str) -> HttpResponse:
    known = [found.code for found in kinds_of(source)]
    if kind not in known:
        raise UnknownDocumentKind(value=kind[:40], expected=", ".join(known))
    content = print_documents(kind=kind, ids=[document_id], language=language, actor=request.actor, now=utc_now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}-{document_id}.pdf"'
    return response


@routes.read("/orders/{order_id}/documents/{kind}", permission=P.ORDERS_ORDER_VIEW, response=None, extra={**PDF})
def get_order_document(request: ApiRequest, order_id: Id, kind: str, language: Language = "") -> HttpResponse:
    """order-confirmation (a quote while the order is a draft) or pick-list."""
    return _pdf(request, "order", kind, order_id, language)


@routes.read(
    "/shipments/{shipment_id}/documents/{kind}", permission=P.FULFILMENT_SHIPMENT_VIEW, response=None, extra={**PDF}
)
def get_shipment_document(request: ApiRequest, shipment_id: Id, kind: str, language: Language = "") -> HttpResponse:
    """packing-slip, delivery-note or address-label."""
    return _pdf(request, "shipment", kind, shipment_id, language)


@routes.read("/invoices/{invoice_id}/pdf", permission=P.BILLING_INVOICE_VIEW, response=None, extra={**PDF})
def get_invoice_pdf(request: ApiRequest, invoice_id: Id) -> HttpResponse:
    """The same bytes every time, whatever becomes of the template."""
    return _pdf(request, "invoice", "invoice", invoice_id, "")


@routes.read("/credit-notes/{credit_note_id}/pdf", permission=P.BILLING_INVOICE_VIEW, response=None, extra={**PDF})
def get_credit_note_pdf(request: ApiRequest, credit_note_id: Id) -> HttpResponse:
    """The same bytes every time, whatever becomes of the template."""
    return _pdf(request, "credit_note", "credit-note", credit_note_id, "")


@routes.read("/statements/{statement_id}/pdf", permission=P.BILLING_INVOICE_VIEW, response=None, extra={**PDF})
def get_statement_pdf(request: ApiRequest, statement_id: Id) -> HttpResponse:
    """A statement that was handed out: the same bytes every time, whatever becomes of the template."""
    return _pdf(request, "statement", "statement", statement_id, "")


@routes.read("/print-templates", permission=P.SYSTEM_TEMPLATE_CHANGE, response=Templates)
def list_print_templates(request: ApiRequest) -> dict[str, Any]:
    """Every kind of document, and the company's own templates."""
    return {
        "kinds": [{"code": kind.code, "source": kind.source, "columns": list(kind.columns)} for kind in kinds()],
        "templates": queries.templates(actor=request.actor),
    }


@routes.write("PUT", "/print-templates/{kind}", permission=P.SYSTEM_TEMPLATE_CHANGE, response=TemplateShape)
def put_print_template(request: ApiRequest, kind: str, body: TemplateInput) -> PrintTemplate:
    """Save the look of a kind of document; one that cannot be set is refused with the line that is wrong."""
    return save_template(kind=kind_of(kind).code, **body.dict(), actor=request.actor, now=utc_now())


@routes.write("DELETE", "/print-templates/{kind}", permission=P.SYSTEM_TEMPLATE_CHANGE, response=None, status=204)
def delete_print_template(
    request: ApiRequest, kind: str, channel: Annotated[str, Field(max_length=40)] = "", language: Language = ""
) -> None:
    """Back to the built-in look."""
    row = queries.template_of(kind=kind_of(kind).code, channel=channel, language=language, actor=request.actor)
    if row is None:
        raise NotFound(kind="template", reference=kind)
    reset_template(template_id=row.pk, actor=request.actor, now=utc_now())


@routes.write("POST", "/print-logo", permission=P.SYSTEM_TEMPLATE_CHANGE, response=None, status=204, body=Upload())
def post_print_logo(request: ApiRequest, file: File[UploadedFile]) -> None:
    """The picture for letterheads: PNG, JPEG or SVG; an empty file removes it."""
    save_logo(content=file.read(), actor=request.actor, now=utc_now())
