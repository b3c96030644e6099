"""The outermost layer of the API: no session, no forms, and whatever goes wrong leaves as a problem document."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from orderwell.api.errors import (
    BodyTooLarge,
    InternalError,
    MalformedRequest,
    MethodNotAllowed,
    NoSuchResource,
)
from orderwell.api.orders.placing import place_order
from orderwell.api.problems import refuse
from orderwell.kernel.errors import DomainError, Phrase
from orderwell.platform.faults import DatabaseBusy, fault_of

log = logging.getLogger(__name__)
PREFIX = "/api/"
METHOD_NOT_ALLOWED = 405
PLACE_ORDER = ("POST", "/api/v1/orders")


class ApiBoundary:
    """Middleware that answers addresses of the API itself and leaves all others to the rest of the chain.

    The API knows no cookies, so sessions, CSRF tokens and the language of a page would only cost time: a quarter of
    a placed order. It stands behind SecurityMiddleware, whose redirect to HTTPS and headers count here too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX):
            return answer(request)
        return self.get_response(request)


def answer(request: HttpRequest) -> HttpResponseBase:
    try:
        _check(request)
        if (request.method, request.path_info) == PLACE_ORDER:
            return place_order(request)
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except Exception as error:  # noqa: BLE001  the last place that can still answer in the promised form
        return refuse(as_refusal(error, request), request)
    if response.status_code == METHOD_NOT_ALLOWED and isinstance(response, HttpResponse):
        allowed = response.get("Allow", "")
        if request.path_info == PLACE_ORDER[1]:  # placed above, so the router does not know of it
            allowed = f"{allowed}, {PLACE_ORDER[0]}"
        response = refuse(MethodNotAllowed(method=request.method, allowed=allowed), request)
        response["Allow"] = allowed
    return response


def _check(request: HttpRequest) -> None:
    """Refuse before reading: bodies beyond the limit, and addresses that no database can be asked for."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise MalformedRequest(reason=Phrase("Content-Length is no number")) from None
    if length > settings.MAX_BODY:
        raise BodyTooLarge(limit=settings.MAX_BODY)
    if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        raise MalformedRequest(reason=Phrase("the address holds a NUL character"))


def _why(error: Exception) -> Phrase:
    """Django's own texts are English, and for those who wrote it."""
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        return Phrase("it has too many parts")
    if isinstance(error, MultiPartParserError):
        return Phrase("its parts cannot be told apart")
    if isinstance(error, UnreadablePostError):
        return Phrase("it ended before it was complete")
    return Phrase("it is not built as HTTP wants it")


def as_refusal(error: Exception, request: HttpRequest) -> DomainError:
    """Every exception as a refusal; what nobody anticipated goes to the log under a number that the caller is told."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Resolver404 | Http404):
        return NoSuchResource(path=request.path_info)
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge(limit=settings.MAX_BODY)
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return MalformedRequest(reason=_why(error), technical=str(error)[:200] or type(error).__name__)
    if isinstance(error, OperationalError) or fault_of(error):
        log.warning("the machine refused %s %s", request.method, request.path, exc_info=error)
        return DatabaseBusy(error)
    incident = secrets.token_hex(4)
    log.error("defect %s in %s %s", incident, request.method, request.path, exc_info=error)
    return InternalError(incident=incident)
