"""The API as a whole: every router, and how its requests are parsed and its refusals answered."""

from __future__ import annotations

import importlib
import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from orderwell.api.decoding import from_pydantic, given_to
from orderwell.api.parameters import with_values
from orderwell.api.problems import refuse
from orderwell.kernel.errors import DomainError
from orderwell.kernel.quantities import plain

TITLE = "Orderwell"
VERSION = "1"
DESCRIPTION = "Everything the screen can do. See docs/develop/api.md for keys, errors, pages and repeated requests."
# One module per kind of resource; each offers `routes`.
RESOURCES = (
    "orders.bulk",
    "orders.entering",
    "orders.reading",
    "orders.changing",
    "orders.quotes",
    "orders.attaching",
    "catalog.routes",
    "price_lists",
    "catalog.substitutes",
    "merging",
    "customers",
    "customer_files",
    "stock.routes",
    "stock.transfers",
    "stock.counting",
    "fulfilment",
    "billing",
    "statements",
    "cases",
    "ratings",
    "hints",
    "imports",
    "printing",
    "system",
    "accounts",
    "own_fields",
    "lists",
    "batch",
)


class _DecodedBody(Parser):
    """The body was decoded, strictly, before the route was entered."""

    def parse_body(self, request: HttpRequest) -> Any:
        return getattr(request, "json", None)


class _Encoder(NinjaJSONEncoder):
    def default(self, o: Any) -> Any:
        return plain(o) if isinstance(o, Decimal) else super().default(o)


class _Renderer(JSONRenderer):
    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        return json.dumps(data, cls=_Encoder, ensure_ascii=False)


class Api(NinjaAPI):
    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """With what a sentence needs and django-ninja takes away."""
        left_out = given_to(error_contexts)
        found = super().validation_error_from_error_contexts(error_contexts)
        for item, more in zip(found.errors, left_out, strict=True):
            item.update(more)
        return found

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Refusals become answers here, inside the transaction of a request key; the rest is the boundary's."""
        if isinstance(exc, ValidationError):
            named = request.resolver_match.kwargs if request.resolver_match else {}
            exc = with_values(from_pydantic(exc.errors, named), exc.errors)
        if isinstance(exc, DomainError):
            return refuse(exc, request)
        raise exc


def build() -> Api:
    api = Api(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        parser=_DecodedBody(),
        renderer=_Renderer(),
        urls_namespace="api",
    )
    found = [importlib.import_module(f"orderwell.api.{name}").routes for name in RESOURCES]
    for routes in dict.fromkeys(found):  # modules of one package share theirs
        api.add_router("", routes)
    return api


api = build()
